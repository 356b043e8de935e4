// Trains on a person's examples, a little at a time, so that the page goes on answering its user.
const batchSize = 16;
const measured = 64;

const yieldToPage = () => new Promise(done => setTimeout(done));

function shuffled(items) {
  const mixed = [...items];
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [mixed[i], mixed[j]] = [mixed[j], mixed[i]];
  }
  return mixed;
}

function batchOf(trainer, examples) {
  const pixels = new Uint8Array(examples.reduce((sum, example) => sum + example.pixels.length, 0));
  examples.forEach((example, i) => pixels.set(example.pixels, i * example.pixels.length));
  return [{ [trainer.image.name]: pixels }, examples.map(example => example.label)];
}

/** What the model says of each image: { label, probability }, in their order. */
export async function answers(trainer, examples) {
  const said = [];
  for (let first = 0; first < examples.length; first += measured) {
    const some = examples.slice(first, first + measured);
    const { probabilities } = await trainer.evaluate(...batchOf(trainer, some));
    const width = probabilities.length / some.length;
    for (let i = 0; i < some.length; i++) {
      const row = probabilities.subarray(i * width, (i + 1) * width);
      const label = row.reduce((top, value, k) => value > row[top] ? k : top, 0);
      said.push({ label, probability: row[label] });
    }
    await yieldToPage();
  }
  return said;
}

/**
 * Goes through the examples so many times.
 * @param told is told after each step: the share that is done, and the step's loss; it says whether to go on.
 * @returns whether it went to the end.
 */
export async function train(trainer, examples, passes, rate, told) {
  const steps = passes * Math.ceil(examples.length / batchSize);
  for (let pass = 0, step = 0; pass < passes; pass++) {
    const order = shuffled(examples);
    for (let first = 0; first < order.length; first += batchSize) {
      const { loss } = await trainer.trainStep(...batchOf(trainer, order.slice(first, first + batchSize)), rate);
      if (!told(++step / steps, loss)) return false;
      await yieldToPage();
    }
  }
  return true;
}
