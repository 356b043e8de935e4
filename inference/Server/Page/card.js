// What the model says of itself.
import { byId, make, percent } from "./dom.js";

const shares = /accuracy|precision|recall|f1|auc|agreement/i;

function size(bytes) {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function image({ channels, height, width, layout }) {
  return `${width} × ${height}, ${channels === 1 ? "grey" : "colour"}${layout === "Encoded" ? ", as PNG or JPEG" : ""}`;
}

function classes(labels) {
  const most = 20;
  return `${labels.length}: ${labels.slice(0, most).join(", ")}${labels.length > most ? ", …" : ""}`;
}

function measured([name, value]) {
  return [name, shares.test(name) && value >= 0 && value <= 1 ? percent(value) : value.toLocaleString("en", { maximumSignificantDigits: 4 })];
}

const words = { image: "images", table: "rows of a table", tensors: "tensors" };

function factsOf(card) {
  return [
    ["Takes", words[card.kind]],
    ["Image", card.image && image(card.image)],
    ["Predicts", card.target],
    ["Classes", card.labels?.length > 0 && classes(card.labels)],
    ["Threshold", card.threshold],
    ["Trained on", card.dataset],
    ["Quantised", card.quantization],
    ["File", card.bytes && size(card.bytes)],
    ["Runs on", card.device],
    ["Largest batch", card.max_batch ?? "1, alone"],
    ["Made by", card.tool_version],
    ...Object.entries(card.metrics ?? {}).map(measured),
  ].filter(([, value]) => value !== undefined && value !== false && value !== "");
}

export function showCard(card) {
  byId("description").textContent = card.description ?? "";
  byId("description").hidden = !card.description;
  byId("facts").replaceChildren(...factsOf(card).map(([name, value]) => make("div", {}, make("dt", { textContent: name }), make("dd", { textContent: value }))));
  byId("card").hidden = false;
}
