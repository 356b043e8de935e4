// Live figures of the model, from /metrics: what happened between two looks, and how it went lately.
import { call } from "./api.js";
import { byId, make } from "./dom.js";
import { quantile, readMetrics } from "./histogram.js";
import { sparkline } from "./sparkline.js";

const interval = 2000;
const kept = 60;
const durations = "inference_request_duration_seconds_bucket";

const time = seconds => seconds === null ? "–" : seconds < 1 ? `${(1000 * seconds).toPrecision(3)} ms` : `${seconds.toPrecision(3)} s`;
const number = value => value === null ? "–" : value.toLocaleString("en", { maximumFractionDigits: 1 });
const ratio = (a, b) => b > 0 ? a / b : null;

// Each tells a figure from the readings before and after, and how it is written.
const figures = [
  { name: "Requests a second", of: (a, b, seconds) => (b.nv_inference_request_success - a.nv_inference_request_success) / seconds, write: number },
  { name: "Latency, median", of: (a, b) => quantile(a[durations], b[durations], 0.5), write: time },
  { name: "Latency, p99", of: (a, b) => quantile(a[durations], b[durations], 0.99), write: time },
  { name: "Waiting in the queue", of: (a, b) => b.nv_inference_pending_request_count, write: number },
  { name: "Images or rows a run", of: (a, b) => ratio(b.inference_batch_size_sum - a.inference_batch_size_sum, b.inference_batch_size_count - a.inference_batch_size_count), write: number },
  { name: "Failed since the start", of: (a, b) => b.nv_inference_request_failure, write: number },
];

let watched = null;
let last = null;
let history = [];

function show() {
  byId("figures").replaceChildren(...figures.map((figure, i) => make("div", {},
    make("dt", { textContent: figure.name }),
    make("dd", {}, make("span", { className: "figure", textContent: history[i].length > 0 ? figure.write(history[i].at(-1)) : "–" }), sparkline(history[i])))));
}

async function look() {
  const asked = watched;
  const text = await (await call("/metrics")).text();
  if (asked !== watched) return;
  const now = { at: performance.now(), values: readMetrics(text, asked) };
  if (last) figures.forEach((figure, i) => { history[i] = [...history[i], figure.of(last.values, now.values, (now.at - last.at) / 1000)].slice(-kept); });
  last = now;
  show();
}

async function tick() {
  try {
    if (watched && !document.hidden && byId("pause").ariaPressed !== "true") await look();
    byId("metrics").classList.remove("lost");
  } catch {
    // The server may be away for a moment; the figures show that they are old.
    byId("metrics").classList.add("lost");
  }
  setTimeout(tick, interval);
}

/** Shows the figures of this version of a model from now on. */
export function showMetrics(card) {
  watched = { model: card.model, version: card.version };
  last = null;
  history = figures.map(() => []);
  show();
  byId("metrics").hidden = false;
}

export function watchMetrics() {
  byId("pause").addEventListener("click", () => {
    const paused = byId("pause").ariaPressed !== "true";
    byId("pause").ariaPressed = String(paused);
    last = null;
  });
  tick();
}
