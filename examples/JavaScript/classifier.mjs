// An exported image classifier in JavaScript, the same in Node.js and in a browser; `ort` is onnxruntime-node or onnxruntime-web.

/** Opens a model from its bytes. `classify` takes the RGBA pixels of an image of `input.width` x `input.height`, and gives the classes, best first. */
export async function openClassifier(ort, bytes) {
  const { input, labels, probabilities } = readMetadata(bytes);
  if (!input || input.layout === "Encoded") throw new Error("The model takes no raw pixels: export it with export.input: chw or hwc.");
  const session = await ort.InferenceSession.create(bytes);
  const { channels, height, width } = input;
  const shape = input.layout === "Hwc" ? [1, height, width, channels] : [1, channels, height, width];
  return {
    input,
    async classify(rgba) {
      const feeds = { [input.name]: new ort.Tensor("uint8", toPixels(rgba, input), shape) };
      const results = await session.run(feeds, [probabilities]);
      return labels
        .map((label, i) => ({ label, probability: results[probabilities].data[i] }))
        .sort((a, b) => b.probability - a.probability);
    },
  };
}

/** Bytes as the model takes them, which normalises them itself: grey is the luma of ITU-R BT.601, colour three planes or three bytes a pixel. */
function toPixels(rgba, { channels, height, width, layout }) {
  const plane = height * width;
  const pixels = new Uint8Array(channels * plane);
  for (let i = 0; i < plane; i++) {
    const [r, g, b] = rgba.subarray(4 * i, 4 * i + 3);
    if (channels === 1) pixels[i] = Math.floor((299 * r + 587 * g + 114 * b + 500) / 1000);
    else [r, g, b].forEach((value, c) => { pixels[layout === "Hwc" ? 3 * i + c : c * plane + i] = value; });
  }
  return pixels;
}

// What the export wrote into the model: ONNX Runtime for JavaScript does not give it out, so it is read off the file. A ModelProto keeps
// it in field 14, metadata_props, as messages of a key (1) and a value (2), here JSON. Source: onnx.proto, and protobuf's wire format.
function readMetadata(model) {
  const metadata = {};
  for (const [number, entry] of fields(model)) {
    if (number !== 14) continue;
    const pair = new Map(fields(entry));
    const [key, value] = [1, 2].map(field => new TextDecoder().decode(pair.get(field)));
    if (key.startsWith("pipeline.")) metadata[key.slice("pipeline.".length)] = JSON.parse(value);
  }
  return metadata;
}

/** Numbers and bytes of a message's length-delimited fields; the others are passed over. */
function* fields(bytes) {
  let at = 0;
  const varint = () => {
    for (let value = 0, scale = 1; at < bytes.length; scale *= 128) {
      const byte = bytes[at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw new Error("The file is cut short.");
  };
  while (at < bytes.length) {
    const tag = varint();
    const kind = tag % 8;
    if (kind === 0) varint();
    else if (kind === 1) at += 8;
    else if (kind === 5) at += 4;
    else if (kind === 2) {
      const length = varint();
      yield [Math.floor(tag / 8), bytes.subarray(at, at += length)];
    } else throw new Error("The file is no ONNX model.");
  }
}
