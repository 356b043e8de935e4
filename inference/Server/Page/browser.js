// The model in this browser, by onnxruntime-web. The server serves its files; nothing is asked of anyone else.
import { addressOf, call } from "./api.js";
import { toFeeds } from "./pixels.js";

const folder = "/runtime/";
let runtime = null;

async function startRuntime() {
  const ort = await import(`${folder}ort.wasm.bundle.min.mjs`);
  // More threads would need memory shared between them, which browsers grant only to isolated pages.
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = folder;
  return ort;
}

/** onnxruntime-web, loaded when it is first wanted. */
export const loadRuntime = () => runtime ??= startRuntime();

function answerOf(card, probabilities) {
  const best = probabilities.reduce((top, value, i) => value > probabilities[top] ? i : top, 0);
  const top = card.threshold === undefined ? best : Number(probabilities[1] >= card.threshold);
  return { label: card.labels[top], probability: probabilities[top], probabilities: Object.fromEntries(card.labels.map((label, i) => [label, probabilities[i]])) };
}

/** The model of a card, fetched and loaded when it is first asked: it may be large, and not be wanted. */
export function browserModel(card) {
  let loading = null;

  async function load() {
    const [ort, response] = await Promise.all([loadRuntime(), call(`${addressOf(card)}/file`)]);
    return { ort, session: await ort.InferenceSession.create(new Uint8Array(await response.arrayBuffer()), { executionProviders: ["wasm"] }) };
  }

  return async image => {
    loading ??= load();
    const { ort, session } = await loading;
    const start = performance.now();
    const results = await session.run(await toFeeds(ort, card.image, image), [card.browser.output]);
    return { ...answerOf(card, [...results[card.browser.output].data]), milliseconds: performance.now() - start };
  };
}
