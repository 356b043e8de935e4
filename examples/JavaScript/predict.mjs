// Classifies image files in Node.js: npm install --ignore-scripts && node predict.mjs MODEL.onnx IMAGE…
import { readFile } from "node:fs/promises";
import * as ort from "onnxruntime-node";
import sharp from "sharp";
import { openClassifier } from "./classifier.mjs";

const [modelPath, ...images] = process.argv.slice(2);
if (images.length === 0) {
  console.error("Expected a model and one or more images: MODEL.onnx IMAGE…");
  process.exit(2);
}

const { input, classify } = await openClassifier(ort, await readFile(modelPath));
for (const path of images) {
  const rgba = await sharp(path).resize(input.width, input.height, { fit: "fill" }).toColourspace("srgb").ensureAlpha().raw().toBuffer();
  const [best] = await classify(rgba);
  console.log(`${path}: ${best.label} ${(best.probability * 100).toFixed(1)} %`);
}
