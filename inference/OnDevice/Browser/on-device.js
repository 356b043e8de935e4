// Goes on training a model in a browser, or in Node.js, by onnxruntime-web: what the C# library OnnxPipeline.OnDevice does, on the same
// bundles and states. It depends on nothing but the runtime, which is handed to it:
//
//   const trainer = await OnDeviceTrainer.open(ort, async name => new Uint8Array(await (await fetch(`bundle/${name}`)).arrayBuffer()));
//   const { loss, correct } = await trainer.trainStep({ image: pixels }, labels);
//   const model = trainer.exportModel();
//
// A trainer does one thing at a time: await each call before the next.

const format = 1;
const noSum = "0".repeat(64);
const arrays = { float32: Float32Array, int64: BigInt64Array, int32: Int32Array, uint8: Uint8Array };
const codes = { float32: "F32", int64: "I64" };
const lengthOf = shape => shape.reduce((product, size) => product * size, 1);
const [encoder, decoder] = [new TextEncoder(), new TextDecoder()];

/** A trainer of a bundle. */
export class OnDeviceTrainer {
  #ort; #manifest; #original; #sessions; #state; #samples = 0;

  /** Names of the classes in use, by class index. */
  classes = [];

  /**
   * Opens a bundle.
   * @param ort onnxruntime-web.
   * @param read gives a file of the bundle by its name: a promise of a Uint8Array.
   * @param options of the sessions, as onnxruntime-web takes them.
   */
  static async open(ort, read, options = { executionProviders: ["wasm"] }) {
    const manifest = JSON.parse(decoder.decode(await read("manifest.json")));
    if (manifest.format !== format) throw new Error(`The bundle is of format ${manifest.format}, and this version reads format ${format}.`);
    const files = {};
    for (const [name, sum] of Object.entries(manifest.files)) {
      files[name] = await read(name);
      if (sha256(files[name]) !== sum) throw new Error(`The bundle is damaged: the SHA-256 of ${name} is not the one that its manifest names.`);
    }
    const trainer = new OnDeviceTrainer();
    trainer.#ort = ort;
    trainer.#manifest = manifest;
    trainer.#original = files[manifest.model.file];
    trainer.#sessions = {};
    for (const [use, graph] of [["train", manifest.train], ["accumulate", manifest.accumulateGraph], ["evaluate", manifest.evaluate]]) {
      if (graph) trainer.#sessions[use] = { graph, session: await ort.InferenceSession.create(files[graph.file], options) };
    }
    trainer.loadState(files[manifest.initialState]);
    return trainer;
  }

  /** Classes that addClass can still add. */
  get spareClasses() { return this.#width - this.classes.length; }

  /** The image that goes in, where the model says that it takes one: { name, channels, height, width, layout }. */
  get image() { return this.#manifest.image ?? null; }

  /** The learning rate that the bundle was made for. */
  get learningRate() { return this.#manifest.learningRate; }

  /** Steps so far. */
  get step() { return Number(this.#state.step.data[0]); }

  /**
   * Trains on a batch; where the bundle accumulates gradients, only every so many calls change the weights.
   * @param inputs values by input's name, one sample after the other.
   * @param labels the class index of each sample.
   * @param learningRate left out for the bundle's.
   * @returns the batch's mean loss and right answers before the step: { loss, correct, count }.
   */
  async trainStep(inputs, labels, learningRate = this.learningRate) {
    const manifest = this.#manifest;
    const completes = !manifest.accumulateGraph || Number(this.#state.part.data[0]) >= (manifest.accumulate ?? 1) - 1;
    const next = tensor => completes ? tensor.trained : tensor.accumulated;
    const { results, ...result } = await this.#run(completes ? "train" : "accumulate", inputs, labels, learningRate, manifest.state.map(next).filter(Boolean));
    if (!Number.isFinite(result.loss)) throw new Error(`The loss became ${result.loss} after ${this.step} steps; the state is left as it was. Take a lower learning rate than ${learningRate}.`);
    for (const tensor of manifest.state) {
      if (next(tensor)) this.#state[tensor.name] = results[next(tensor)];
    }
    this.#samples += labels.length;
    return result;
  }

  /** Loss, right answers and probabilities of a batch, as the exported model gives them: { loss, correct, count, probabilities }, the last [count, classes, spare ones included]. */
  async evaluate(inputs, labels) {
    const name = this.#manifest.evaluate.probabilities;
    const { results, ...result } = await this.#run("evaluate", inputs, labels, 0, [name]);
    return { ...result, probabilities: results[name].data };
  }

  /** Takes a spare class into use, with the mean of the other classes' weights; gives its index. */
  addClass(name) {
    if (!name.trim()) throw new Error("A class needs a name.");
    if (this.classes.includes(name)) throw new Error(`There is a class “${name}” already.`);
    if (this.spareClasses === 0) throw new Error(`All ${this.#width} classes are in use; the bundle has no spare one left.`);
    const { weight, bias, axis } = this.#manifest.head;
    const [weights, biases, index, width] = [this.#state[weight].data, this.#state[bias].data, this.classes.length, this.#width];
    const features = weights.length / width;
    const [ofClass, ofFeature] = axis === 0 ? [features, 1] : [1, width];
    for (let feature = 0; feature < features; feature++) {
      let sum = 0;
      for (let other = 0; other < index; other++) sum += weights[other * ofClass + feature * ofFeature];
      weights[index * ofClass + feature * ofFeature] = sum / index;
    }
    biases[index] = biases.subarray(0, index).reduce((sum, value) => sum + value, 0) / index;
    this.classes.push(name);
    return index;
  }

  /** The state as a safetensors file, which every library of such bundles takes up. */
  saveState() {
    const { id, state } = this.#manifest;
    return writeState({
      bundle: id,
      classes: this.classes,
      model: state.filter(t => t.role === "Weight" || t.role === "Statistic").map(t => t.name),
      samples: this.#samples,
      tensors: state.map(({ name, type, shape }) => ({ name, type, shape, data: this.#state[name].data })),
    });
  }

  /** Goes on from a state. One that was changed, or is another bundle's, is refused, and nothing changes. */
  loadState(bytes) {
    const [state, manifest] = [readState(bytes), this.#manifest];
    if (state.bundle !== manifest.id) throw new Error("This is a state of another bundle; it is taken up only by the one that it comes from.");
    if (state.classes.length < manifest.classes.length || state.classes.length > this.#width) throw new Error(`The state names ${state.classes.length} classes; expected ${manifest.classes.length} to ${this.#width}.`);
    const held = {};
    for (const { name, type, shape } of manifest.state) {
      const tensor = state.tensors.find(t => t.name === name);
      if (!tensor || tensor.type !== type || tensor.shape.join() !== shape.join() || tensor.data.length !== lengthOf(shape)) throw new Error(`The state does not hold the bundle's tensor ${name}.`);
      held[name] = new this.#ort.Tensor(type, tensor.data, shape);
    }
    [this.#state, this.classes, this.#samples] = [held, state.classes, state.samples];
  }

  /** The model as it is now, an ONNX file, to be run by any ONNX Runtime. */
  exportModel() {
    const { model, state } = this.#manifest;
    const unused = Array.from({ length: this.spareClasses }, (_, i) => `unused ${i + 1}`);
    const labels = model.labelsKey ? labelsEntry(model.labelsKey, [...this.classes, ...unused]) : new Uint8Array();
    const file = new Uint8Array(model.labelsOffset + labels.length);
    file.set(this.#original.subarray(0, model.labelsOffset));
    file.set(labels, model.labelsOffset);
    for (const { name, offset } of state) {
      if (offset !== undefined) file.set(bytesOf(this.#state[name].data), offset);
    }
    return file;
  }

  /** The mean of states of one bundle, weighted by their samples or by the numbers that are given; the optimizer begins anew. */
  static average(states, weights) {
    const read = states.map(readState);
    const numbers = weights ?? read.map(state => state.samples);
    const sum = numbers.reduce((a, b) => a + b, 0);
    if (numbers.length !== read.length || !numbers.every(w => w >= 0) || !(sum > 0)) throw new Error("States are weighted by numbers of 0 or more, one for each, that are not all 0.");
    const [first, ...others] = read;
    for (const other of others) {
      if (other.bundle !== first.bundle) throw new Error("Only states of one bundle can be averaged.");
      if (other.classes.join("\0") !== first.classes.join("\0")) throw new Error("Only states of the same classes can be averaged.");
    }
    const mean = index => first.tensors[index].data.map((_, i) => read.reduce((total, state, k) => total + numbers[k] / sum * state.tensors[index].data[i], 0));
    return writeState({ ...first, samples: 0, tensors: first.tensors.map((t, i) => ({ ...t, data: first.model.includes(t.name) ? mean(i) : new arrays[t.type](t.data.length) })) });
  }

  /** Gives the runtime's memory back; the trainer is of no use then. */
  async release() {
    for (const { session } of Object.values(this.#sessions)) await session.release();
  }

  get #width() { return this.#manifest.classes.length + (this.#manifest.spareClasses ?? 0); }

  async #run(use, inputs, labels, learningRate, outputs) {
    const [{ graph, session }, manifest, count] = [this.#sessions[use], this.#manifest, labels.length];
    const wrong = [...labels].find(label => !(label >= 0 && label < this.classes.length));
    if (count === 0 || wrong !== undefined) throw new Error(`A batch has a label for each sample, from 0 to ${this.classes.length - 1}, but ${count === 0 ? "this one is empty" : `one is ${wrong}`}.`);
    const feeds = {
      [manifest.labels]: new this.#ort.Tensor("int64", BigInt64Array.from(labels, BigInt), [count]),
      [manifest.learningRateInput]: new this.#ort.Tensor("float32", Float32Array.of(learningRate), []),
      ...this.#state,
    };
    for (const { name, type, shape } of manifest.inputs) {
      const values = inputs[name];
      if (!(values instanceof arrays[type]) || values.length !== count * lengthOf(shape)) throw new Error(`The input ${name} takes ${count * lengthOf(shape)} values of ${type} for ${count} samples.`);
      feeds[name] = new this.#ort.Tensor(type, values, [count, ...shape]);
    }
    const results = await session.run(Object.fromEntries(session.inputNames.map(name => [name, feeds[name]])), [graph.loss, graph.correct, ...outputs]);
    return { results, loss: results[graph.loss].data[0], correct: Number(results[graph.correct].data[0]), count };
  }
}

const bytesOf = array => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** A state file: see StateFile.cs for the format. JSON is put together by hand where the order of names counts, which objects do not keep for numbers. */
function writeState({ bundle, classes, model, samples, tensors }) {
  const metadata = { sha256: noSum, bundle, classes: JSON.stringify(classes), model: JSON.stringify(model), samples: String(samples) };
  const entries = [`"__metadata__":${JSON.stringify(metadata)}`];
  let end = 0;
  for (const { name, type, shape, data } of tensors) entries.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype: codes[type], shape, data_offsets: [end, end += data.byteLength] })}`);
  let header = encoder.encode(`{${entries.join()}}`);
  const padded = new Uint8Array(Math.ceil(header.length / 8) * 8).fill(0x20);
  padded.set(header);
  header = padded;
  const file = new Uint8Array(8 + header.length + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, 8);
  let at = 8 + header.length;
  for (const { data } of tensors) {
    file.set(bytesOf(data), at);
    at += data.byteLength;
  }
  file.set(encoder.encode(sha256(file)), 8 + indexOf(header, encoder.encode(noSum)));
  return file;
}

function readState(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length >= 8 ? Number(view.getBigUint64(0, true)) : Infinity;
  if (length > bytes.length - 8) throw new Error("This is no state: expected a safetensors file.");
  let header;
  try {
    header = JSON.parse(decoder.decode(bytes.subarray(8, 8 + length)));
  } catch {
    throw new Error("This is no state, or a damaged one: its header cannot be read.");
  }
  const { sha256: sum, bundle, classes, model, samples } = header.__metadata__ ?? {};
  const plain = bytes.slice();
  const at = typeof sum === "string" && sum.length === noSum.length ? indexOf(plain.subarray(8, 8 + length), encoder.encode(sum)) : -1;
  if (at >= 0) plain.set(encoder.encode(noSum), 8 + at);
  if (at < 0 || sha256(plain) !== sum) throw new Error("The state was changed or damaged since it was written.");
  const types = Object.fromEntries(Object.entries(codes).map(([type, code]) => [code, type]));
  const tensors = Object.entries(header).filter(([name]) => name !== "__metadata__").map(([name, { dtype, shape, data_offsets: [begin, end] }]) => ({
    name, type: types[dtype], shape, begin, data: new arrays[types[dtype]](bytes.slice(8 + length + begin, 8 + length + end).buffer),
  }));
  return { bundle, classes: JSON.parse(classes), model: JSON.parse(model), samples: Number(samples), tensors: tensors.sort((a, b) => a.begin - b.begin || a.data.length - b.data.length) };
}

function indexOf(bytes, part) {
  for (let at = 0; at + part.length <= bytes.length; at++) {
    if (part.every((value, i) => bytes[at + i] === value)) return at;
  }
  return -1;
}

/** Class names as an entry of ModelProto.metadata_props, field 14, which may end the file: key and value are its fields 1 and 2. */
function labelsEntry(key, labels) {
  const field = (number, content) => {
    const head = [number << 3 | 2];
    let length = content.length;
    for (; length >= 0x80; length >>>= 7) head.push(length & 0x7f | 0x80);
    return [...head, length, ...content];
  };
  return Uint8Array.from(field(14, [...field(1, encoder.encode(key)), ...field(2, encoder.encode(JSON.stringify(labels)))]));
}

/** SHA-256 (FIPS 180-4) in hexadecimal. Browsers offer their own to secure pages only, and a server in the same house has no certificate. */
export function sha256(bytes) {
  const [state, round] = [new Int32Array(8), new Int32Array(64)];
  for (let n = 2, found = 0; found < 64; n++) {
    let prime = true;
    for (let d = 2; d * d <= n; d++) prime &&= n % d !== 0;
    if (!prime) continue;
    // The first 32 bits after the point of the roots of the first primes.
    if (found < 8) state[found] = (n ** 0.5 % 1) * 2 ** 32;
    round[found++] = (n ** (1 / 3) % 1) * 2 ** 32;
  }
  const padded = new Uint8Array((bytes.length + 72 >> 6) << 6);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, BigInt(bytes.length) * 8n);
  const turn = (x, n) => x >>> n | x << 32 - n;
  const w = new Int32Array(64);
  for (let block = 0; block < padded.length; block += 64) {
    for (let i = 0; i < 64; i++) {
      const [a, b] = [w[i - 15], w[i - 2]];
      w[i] = i < 16 ? view.getInt32(block + 4 * i) : w[i - 16] + w[i - 7] + (turn(a, 7) ^ turn(a, 18) ^ a >>> 3) + (turn(b, 17) ^ turn(b, 19) ^ b >>> 10);
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i++) {
      const first = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + (e & f ^ ~e & g) + round[i] + w[i] | 0;
      const second = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + (a & b ^ a & c ^ b & c) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, d + first | 0, c, b, a, first + second | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((value, i) => { state[i] += value; });
  }
  return [...state].map(value => (value >>> 0).toString(16).padStart(8, "0")).join("");
}
