// Evaluates JSONata for start.py: a line with an expression as a JSON text in, a line with its value or its error out.
const jsonata = require('jsonata');
const lines = require('readline').createInterface({ input: process.stdin });

async function evaluate(expression) {
  try {
    const value = await jsonata(expression).evaluate(undefined);
    if (typeof value === 'function' || (value && value._jsonata_function)) return { error: 'the value is a function' };
    return value === undefined ? {} : { value: JSON.parse(JSON.stringify(value)) };
  } catch (failure) {
    return { error: `${failure.code || ''} ${failure.message}` };
  }
}

lines.on('line', async (line) => process.stdout.write(JSON.stringify(await evaluate(JSON.parse(line))) + '\n'));
