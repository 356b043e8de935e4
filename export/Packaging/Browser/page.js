// Loads the model and what it says of itself (model.json), shows the form that fits, and runs the model on what is given.
import * as ort from "./ort.wasm.bundle.min.mjs";
import { watchImages } from "./image.js";
import { showRow } from "./row.js";

ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmPaths = new URL("./", import.meta.url).href;

const byId = id => document.getElementById(id);

function say(text, isError) {
  byId("status").textContent = text;
  byId("status").classList.toggle("error", Boolean(isError));
}

function showClasses(model, probabilities) {
  const classes = model.labels.map((label, i) => ({ label, probability: probabilities[i] }));
  const top = model.threshold === undefined ? classes.reduce((a, b) => b.probability > a.probability ? b : a) : classes[probabilities[1] >= model.threshold ? 1 : 0];
  const best = classes.toSorted((a, b) => b.probability - a.probability).slice(0, 10);
  byId("bars").replaceChildren(...best.map(({ label, probability }) => {
    const row = document.createElement("li");
    const name = Object.assign(document.createElement("span"), { className: "label", textContent: label });
    const percent = `${(probability * 100).toFixed(1)} %`;
    const bar = Object.assign(document.createElement("progress"), { max: 1, value: probability });
    bar.setAttribute("aria-label", `${label}: ${percent}`);
    row.append(name, bar, Object.assign(document.createElement("span"), { textContent: percent }));
    return row;
  }));
  say(`${top.label}, ${(top.probability * 100).toFixed(1)} %`);
}

async function answer(model, session, feeds) {
  byId("bars").replaceChildren();
  const output = model.prediction ?? model.probabilities;
  const results = await session.run(feeds, [output]);
  const values = results[output].data;
  if (model.prediction === undefined) showClasses(model, values);
  else say(`${model.target ?? model.prediction}: ${values[0]}`);
}

// An error is told, never swallowed: the page has no other place for it.
function guarded(work) {
  return async (...given) => {
    try {
      await work(...given);
    } catch (error) {
      say(error.message, true);
    }
  };
}

async function start() {
  const model = await (await fetch("model.json")).json();
  document.title = model.name;
  byId("name").textContent = model.name;
  byId("about").textContent = model.description;
  const session = await ort.InferenceSession.create("model.onnx", { executionProviders: ["wasm"] });
  const ask = guarded(feeds => answer(model, session, feeds));
  if (model.input) watchImages(ort, model.input, guarded(async feeds => ask(await feeds)));
  else showRow(ort, model.columns, ask);
  say("Ready");
}

guarded(start)();
