// Probabilities as a table with bars: a row a class, a column for each who answered.
import { byId, make, percent } from "./dom.js";

const most = 12;
const sides = ["server", "browser"];
let shown = {};
let rows = new Map();

function bar(side) {
  return make("td", { className: side }, make("span", { className: "track", ariaHidden: "true" }, make("span", { className: "fill" })), make("span", { className: "value" }));
}

function ensureRows(labels) {
  if (labels.length === rows.size && labels.every(label => rows.has(label))) return;
  rows = new Map(labels.map(label => [label, make("tr", {}, make("th", { scope: "row", textContent: label }), ...sides.map(bar))]));
  byId("bars").tBodies[0].replaceChildren(...rows.values());
}

// Few classes stay where they are, so that nothing jumps while one draws; of many, the most probable are shown.
function labelsOf(answer) {
  const labels = Object.keys(answer.probabilities);
  return labels.length <= most ? labels : labels.sort((a, b) => answer.probabilities[b] - answer.probabilities[a]).slice(0, most);
}

function fill(side) {
  const answer = shown[side];
  byId(`${side}-time`).textContent = answer ? `${answer.milliseconds.toFixed(answer.milliseconds < 10 ? 1 : 0)} ms` : "…";
  for (const [label, row] of rows) {
    const cell = row.querySelector(`td.${side}`);
    const share = answer?.probabilities[label];
    cell.querySelector(".fill").style.width = `${100 * (share ?? 0)}%`;
    cell.querySelector(".value").textContent = share === undefined ? "" : percent(share);
    if (side === "server" || !shown.server) row.classList.toggle("top", label === answer?.label);
  }
}

function compare({ server, browser }) {
  // While one draws, one of the two may be ahead.
  if (!server || !browser || server.question !== browser.question) return "";
  const largest = Math.max(...Object.entries(server.probabilities).map(([label, share]) => Math.abs(share - browser.probabilities[label])));
  const difference = largest < 1e-6 ? "less than 0.000001" : `at most ${largest.toPrecision(1)}`;
  return server.label === browser.label
    ? `Server and browser agree; their probabilities differ by ${difference}.`
    : `Server and browser disagree: ${server.label} and ${browser.label}.`;
}

/** Shows an answer: {label, probabilities, milliseconds, question}. */
export function showBars(side, answer) {
  shown[side] = answer;
  ensureRows(labelsOf(shown.server ?? answer));
  for (const each of sides) fill(each);
  byId("bars").hidden = false;
  byId("agreement").textContent = compare(shown);
}

export function clearBars() {
  shown = {};
  rows = new Map();
  byId("bars").tBodies[0].replaceChildren();
  byId("bars").hidden = true;
  byId("agreement").textContent = "";
}

/** Says why the browser gives no answer. */
export function showTrouble(why) {
  shown.browser = undefined;
  fill("browser");
  byId("agreement").textContent = `This browser cannot answer: ${why}`;
}

/** Whether there is a column for the browser. */
export function setBrowserColumn(there) {
  byId("bars").classList.toggle("alone", !there);
  if (there || !shown.browser) return;
  shown.browser = undefined;
  fill("browser");
  byId("agreement").textContent = "";
}
