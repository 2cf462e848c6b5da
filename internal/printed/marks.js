// Marks both ends of each element that has to stay whole, in letters too small to move anything, and a length of 100 pixels.
const small = (text, style) => {
  const span = document.createElement('span');
  span.style = 'all: initial; position: absolute; display: block; font: 1px monospace; white-space: nowrap; color: #fefefe; ' + style;
  span.textContent = text;
  return span;
};
document.body.prepend(small('@@from@@', 'left: 0; top: 0'), small('@@to@@', 'left: 100px; top: 0'));
document.querySelectorAll(whole).forEach((element, number) => {
  const name = element.tagName.toLowerCase() + (element.className.baseVal ?? element.className ? '.' + (element.className.baseVal ?? element.className) : '');
  const mark = () => small(`@@${number}@${name}@@`, '');
  const parts = element.tagName === 'TR' ? [...element.cells] : [element];
  for (const part of parts) {
    if (part.tagName === 'svg') { // what is in it is drawn; it ends where what follows begins
      part.before(mark());
      part.after(mark());
      continue;
    }
    part.prepend(mark());
    part.append(mark());
  }
});
