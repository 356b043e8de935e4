"use strict";

const form = byId("row");
const fields = byId("fields");

const placeholders = { Number: "a number", Date: "2026-01-31" };

function option(value, text) {
  const made = document.createElement("option");
  made.value = value;
  made.textContent = text;
  return made;
}

// A category may be typed, since a word that the model does not know is a value too.
function control(column, id) {
  const made = document.createElement(column.kind === "Boolean" ? "select" : "input");
  made.id = id;
  made.name = column.name;
  if (column.kind === "Boolean") {
    made.append(option("", ""), option("true", "yes"), option("false", "no"));
    return [made];
  }
  made.autocomplete = "off";
  made.placeholder = column.format ?? placeholders[column.kind] ?? "";
  if (column.kind === "Number") made.inputMode = "decimal";
  if (column.kind !== "Category") return [made];
  const list = document.createElement("datalist");
  list.id = `${id}-words`;
  list.append(...column.categories.map(word => option(word, word)));
  made.setAttribute("list", list.id);
  return [made, list];
}

function showForm(input) {
  byId("heading").textContent = input.target ? `Predict ${input.target}` : "Classify a row";
  fields.replaceChildren(...input.columns.flatMap((column, i) => {
    const label = document.createElement("label");
    label.htmlFor = `column-${i}`;
    label.textContent = column.name;
    return [label, ...control(column, label.htmlFor)];
  }));
  form.hidden = false;
  form.addEventListener("submit", event => {
    event.preventDefault();
    const request = ++latest;
    bars.replaceChildren();
    say("Predicting…");
    const row = Object.fromEntries([...fields.querySelectorAll("input, select")].map(field => [field.name, field.value === "" ? null : field.value]));
    ask(request, "application/json", JSON.stringify({ rows: [row] }), result => showRow(result.rows[0], input.target));
  });
}

function showRow(answer, target) {
  if (answer.probabilities) show(answer);
  else say(`${target}: ${answer.value ?? "no number"}`);
}

async function start() {
  try {
    const response = await fetch(addressOf("/predict/input"));
    const input = await response.json();
    if (!response.ok) {
      say(input.error, true);
    } else if (input.kind === "table") {
      showForm(input);
    } else {
      byId("heading").textContent = "Classify an image";
      byId("image").hidden = false;
    }
  } catch (error) {
    say(`The server cannot be reached: ${error.message}`, true);
  }
}

start();
