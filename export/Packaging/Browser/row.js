// A form with a field for every column, and its values as the model takes them: numbers as floats, NaN where one is missing, words as strings.
const byId = id => document.getElementById(id);

function control(column, id) {
  const made = document.createElement(column.kind === "Boolean" ? "select" : "input");
  made.id = id;
  if (column.kind === "Boolean") {
    for (const [value, text] of [["", ""], ["1", "yes"], ["0", "no"]]) made.append(new Option(text, value));
    return [made];
  }
  made.autocomplete = "off";
  if (column.kind === "Number") Object.assign(made, { type: "number", step: "any" });
  if (column.kind === "Date") made.type = column.parts.includes("Hour") ? "datetime-local" : "date";
  if (column.kind !== "Category") return [made];
  const list = document.createElement("datalist");
  list.id = `${id}-words`;
  list.append(...column.categories.map(word => new Option(word, word)));
  made.setAttribute("list", list.id);
  return [made, list];
}

// Dates are read as they are written, whatever the time zone.
function datePart(date, part) {
  switch (part) {
    case "Year": return date.getUTCFullYear();
    case "Month": return date.getUTCMonth() + 1;
    case "Day": return date.getUTCDate();
    case "Weekday": return (date.getUTCDay() + 6) % 7;
    default: return date.getUTCHours() + date.getUTCMinutes() / 60 + date.getUTCSeconds() / 3600;
  }
}

function feedsOf(ort, columns) {
  const feeds = {};
  const number = (name, value) => { feeds[name] = new ort.Tensor("float32", [value], [1, 1]); };
  columns.forEach((column, i) => {
    const text = byId(`column-${i}`).value;
    if (column.kind === "Category") {
      feeds[column.name] = new ort.Tensor("string", [text], [1, 1]);
    } else if (column.kind === "Date") {
      const date = new Date(text.includes("T") ? `${text}Z` : text);
      for (const part of column.parts) number(`${column.name}.${part.toLowerCase()}`, text === "" ? NaN : datePart(date, part));
    } else {
      number(column.name, text === "" ? NaN : Number(text));
    }
  });
  return feeds;
}

export function showRow(ort, columns, ask) {
  byId("fields").replaceChildren(...columns.flatMap((column, i) => {
    const label = Object.assign(document.createElement("label"), { htmlFor: `column-${i}`, textContent: column.name });
    return [label, ...control(column, label.htmlFor)];
  }));
  byId("row").hidden = false;
  byId("row").addEventListener("submit", event => {
    event.preventDefault();
    ask(feedsOf(ort, columns));
  });
}
