// A form with a field for every column of a table.
import { getJson, predict } from "./api.js";
import { clearBars, showBars } from "./bars.js";
import { say } from "./answers.js";
import { byId, make, percent } from "./dom.js";

const placeholders = { Number: "a number", Date: "2026-01-31" };
let shown = null;

const option = (value, text) => make("option", { value, textContent: text });

// A category may be typed, since a word that the model does not know is a value too.
function control(column, id) {
  if (column.kind === "Boolean") return [make("select", { id, name: column.name }, option("", ""), option("true", "yes"), option("false", "no"))];
  const field = make("input", { id, name: column.name, autocomplete: "off", placeholder: column.format ?? placeholders[column.kind] ?? "" });
  if (column.kind === "Number") field.inputMode = "decimal";
  if (column.kind !== "Category") return [field];
  const list = make("datalist", { id: `${id}-words` }, ...column.categories.map(word => option(word, word)));
  field.setAttribute("list", list.id);
  return [field, list];
}

function valuesOf(fields) {
  return Object.fromEntries([...fields.querySelectorAll("input, select")].map(field => [field.name, field.value === "" ? null : field.value]));
}

async function ask(event) {
  event.preventDefault();
  const { card, input } = shown;
  const start = performance.now();
  try {
    const { rows: [answer] } = await predict(card, JSON.stringify({ rows: [valuesOf(byId("fields"))] }), "application/json");
    if (card !== shown.card) return;
    if (!answer.probabilities) return say(`${input.target}: ${answer.value ?? "no number"}`);
    showBars("server", { ...answer, milliseconds: performance.now() - start });
    say(`${answer.label}, ${percent(answer.probability)}`);
  } catch (error) {
    clearBars();
    say(error.message, true);
  }
}

/** Shows the form that a model of a table takes. */
export async function showForm(card) {
  const input = await getJson(`/predict/input?model=${encodeURIComponent(card.model)}&version=${card.version}`);
  shown = { card, input };
  byId("fields").replaceChildren(...input.columns.flatMap((column, i) => [make("label", { htmlFor: `column-${i}`, textContent: column.name }), ...control(column, `column-${i}`)]));
}

export function watchForm() {
  byId("row").addEventListener("submit", ask);
}
