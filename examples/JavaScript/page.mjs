// Classifies images in the browser; nothing leaves it. Any web server of static files will do: npm install --ignore-scripts, a
// model.onnx beside this file, and npx http-server.
import * as ort from "./node_modules/onnxruntime-web/dist/ort.wasm.bundle.min.mjs";
import { openClassifier } from "./classifier.mjs";

ort.env.wasm.numThreads = 1; // more ask for a page that is isolated from other origins

const byId = id => document.getElementById(id);

const { input, classify } = await openClassifier(ort, new Uint8Array(await (await fetch("model.onnx")).arrayBuffer()));
byId("status").textContent = "Ready";
byId("file").addEventListener("change", async () => {
  const image = await createImageBitmap(byId("file").files[0]);
  const context = new OffscreenCanvas(input.width, input.height).getContext("2d");
  context.drawImage(image, 0, 0, input.width, input.height);
  const rgba = context.getImageData(0, 0, input.width, input.height).data;
  const classes = await classify(rgba);
  byId("status").textContent = `${classes[0].label}, ${(classes[0].probability * 100).toFixed(1)} %`;
  byId("classes").replaceChildren(...classes.slice(0, 5).map(({ label, probability }) => {
    const line = document.createElement("li");
    line.append(label, ` ${(probability * 100).toFixed(1)} %`);
    return line;
  }));
});
