// Runs a model on samples in onnxruntime-web: node run.mjs REQUEST.json. The request is written, and the result read, by WebRuntime.cs.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

async function read(input) {
  const bytes = await readFile(input.file);
  if (input.type === "string") return JSON.parse(bytes.toString("utf8"));
  return input.type === "float32" ? new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4) : new Uint8Array(bytes);
}

async function run(request) {
  const ort = await import(pathToFileURL(join(request.runtime, "ort.wasm.bundle.min.mjs")));
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = "error";
  const session = await ort.InferenceSession.create(await readFile(request.model), { executionProviders: ["wasm"] });
  const inputs = await Promise.all(request.inputs.map(async input => ({ ...input, values: await read(input), length: input.shape.reduce((a, b) => a * b, 1) })));
  const rows = [];
  for (let start = 0; start < request.count; start += request.batch) {
    const count = Math.min(request.batch, request.count - start);
    const feeds = Object.fromEntries(inputs.map(input =>
      [input.name, new ort.Tensor(input.type, input.values.slice(start * input.length, (start + count) * input.length), [count, ...input.shape])]));
    const results = await session.run(feeds, [request.output]);
    rows.push(Buffer.from(results[request.output].data.slice().buffer));
  }
  await writeFile(request.result, Buffer.concat(rows));
}

// The runtime's code is one long line, which Node.js would print with an error.
try {
  await run(JSON.parse(await readFile(process.argv[2], "utf8")));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
