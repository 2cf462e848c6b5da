// Writes the width of the screen, and a line for each text that begins or ends beside it, to the end of the page.
const scrolls = element => element && (getComputedStyle(element).overflowX === 'auto' || scrolls(element.parentElement));
const width = document.documentElement.clientWidth;
const wide = [...document.body.querySelectorAll('*')].filter(element => {
  const at = element.getBoundingClientRect();
  return at.width > 0 && (at.left < -1 || at.right > width + 1) && !scrolls(element) && element.tagName !== 'SCRIPT';
});
const said = document.createElement('wide-1');
said.textContent = width + '\n' + wide.map(element => element.tagName + ' ' + element.textContent.trim().slice(0, 60).replaceAll('\n', ' ')).join('\n');
document.body.append(said);
