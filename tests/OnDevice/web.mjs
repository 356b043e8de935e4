// Trains a bundle in onnxruntime-web, with on-device.mjs beside this file: node web.mjs REQUEST.json. WebTests.cs writes the request and reads what comes of it.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { OnDeviceTrainer } from "./on-device.mjs";

const request = JSON.parse(await readFile(process.argv[2], "utf8"));
const ort = await import(pathToFileURL(join(request.runtime, "ort.wasm.bundle.min.mjs")));
ort.env.wasm.numThreads = 1;
ort.env.logLevel = "error";
const bytes = async path => new Uint8Array(await readFile(path));

try {
  const trainer = await OnDeviceTrainer.open(ort, name => bytes(join(request.bundle, name)));
  if (request.state) trainer.loadState(await bytes(request.state));
  for (const name of request.newClasses) trainer.addClass(name);
  const [pixels, size] = [await bytes(request.pixels), request.labels.length];
  const losses = [];
  for (let i = 0; i < request.steps; i++) losses.push((await trainer.trainStep({ image: pixels }, request.labels)).loss);
  const { probabilities, loss } = await trainer.evaluate({ image: pixels }, request.labels);
  const state = trainer.saveState();
  await writeFile(join(request.out, "state"), state);
  await writeFile(join(request.out, "model.onnx"), trainer.exportModel());
  if (request.steps > 0) await writeFile(join(request.out, "average"), OnDeviceTrainer.average([state, await bytes(request.other)]));
  await writeFile(join(request.out, "result.json"), JSON.stringify({ losses, loss, step: trainer.step, classes: trainer.classes, rows: probabilities.length / size }));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
