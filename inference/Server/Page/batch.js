// Many images at once: a tile each, in the order given, and the answers as CSV.
import { predict } from "./api.js";
import { toCsv } from "./csv.js";
import { byId, download, make, percent } from "./dom.js";

const atOnce = 4;
let current = null;

function tile(file) {
  const thumbnail = make("img", { src: URL.createObjectURL(file), alt: "", loading: "lazy" });
  // What is no image has no picture; the tile says why.
  thumbnail.addEventListener("error", () => thumbnail.removeAttribute("src"));
  const answer = make("strong", { textContent: "…" });
  return { file, answer, result: null, element: make("li", {}, thumbnail, answer, make("span", { className: "name", textContent: file.name, title: file.name })) };
}

async function ask(batch, item) {
  try {
    item.result = await predict(batch.card, item.file, "application/octet-stream");
    item.answer.textContent = item.result.label;
    item.element.insertBefore(make("span", { className: "share", textContent: percent(item.result.probability) }), item.element.lastChild);
  } catch (error) {
    item.result = { error: error.message };
    item.answer.textContent = "no answer";
    item.element.classList.add("failed");
    item.element.append(make("span", { className: "error", textContent: error.message }));
  }
}

function report(batch) {
  const done = batch.items.filter(item => item.result).length;
  const failed = batch.items.filter(item => item.result?.error).length;
  byId("batch-progress").value = done;
  if (done < batch.items.length) return;
  byId("batch-progress").hidden = true;
  byId("batch-csv").disabled = false;
  byId("batch-status").textContent = `${done - failed} of ${done} images answered.`;
}

async function work(batch) {
  for (let item; current === batch && (item = batch.items[batch.next++]);) {
    await ask(batch, item);
    if (current === batch) report(batch);
  }
}

function save() {
  const labels = current.card.labels;
  const rows = current.items.map(({ file, result }) => [file.name, result.label, result.probability, ...labels.map(label => result.probabilities?.[label]), result.error]);
  download("answers.csv", toCsv([["file", "label", "probability", ...labels, "error"], ...rows]), "text/csv");
}

export function closeBatch() {
  for (const image of byId("tiles").querySelectorAll("img")) URL.revokeObjectURL(image.src);
  byId("tiles").replaceChildren();
  byId("batch").hidden = true;
  current = null;
}

export function answerBatch(card, files) {
  closeBatch();
  const batch = current = { card, items: files.map(tile), next: 0 };
  byId("tiles").replaceChildren(...batch.items.map(item => item.element));
  Object.assign(byId("batch-progress"), { max: files.length, value: 0, hidden: false });
  byId("batch-csv").disabled = true;
  byId("batch-status").textContent = `Asking about ${files.length} images…`;
  byId("batch").hidden = false;
  byId("batch").focus();
  for (let i = 0; i < atOnce; i++) work(batch);
}

export function watchBatch() {
  byId("batch-csv").addEventListener("click", save);
  byId("batch-clear").addEventListener("click", closeBatch);
}
