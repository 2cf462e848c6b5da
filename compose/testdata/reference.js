// Evaluates an expression for many inputs with the reference implementation of JSONata: {expression, inputs} in,
// a list of {value} or {error} out. An input is $states.input, or, if it has the member states, all of $states.
const jsonata = require('jsonata');

async function main() {
  const { expression, inputs } = JSON.parse(require('fs').readFileSync(0, 'utf8'));
  const compiled = jsonata(expression);
  const answers = [];
  for (const input of inputs) {
    try {
      answers.push({ value: await compiled.evaluate({}, { states: input.states || { input } }) });
    } catch (failure) {
      answers.push({ error: `${failure.code} ${failure.message}` });
    }
  }
  process.stdout.write(JSON.stringify(answers));
}

main();
