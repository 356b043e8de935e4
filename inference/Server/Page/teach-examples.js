// The examples that a person gives: kept in this module's memory, shown as tiles, never sent anywhere.
import { byId, make, percent } from "./dom.js";

// Of each class every so many-th example is not learnt from, but shows what the model makes of what it has not seen.
const heldEvery = 3;
let examples = [];
let changed = () => {};

function remove(example) {
  const next = example.element.nextElementSibling ?? example.element.previousElementSibling;
  examples = examples.filter(other => other !== example);
  URL.revokeObjectURL(example.url);
  example.element.remove();
  // The focus would be lost with the button that had it.
  (next?.querySelector("button") ?? byId("teach-add")).focus();
  changed();
}

/** All of them: { pixels, label, held }. */
export const allExamples = () => examples;

/** Takes an example: its image as a file, its pixels, the class's index and name. */
export function addExample(image, pixels, label, name) {
  const held = examples.filter(example => example.label === label).length % heldEvery === heldEvery - 1;
  const url = URL.createObjectURL(image);
  const answer = make("span", { className: "share" });
  const example = { pixels, label, held, url, answer };
  const button = make("button", { type: "button", textContent: "Remove" });
  button.setAttribute("aria-label", `Remove this example of ${name}`);
  button.addEventListener("click", () => remove(example));
  example.element = make("li", {}, make("img", { src: url, alt: "" }), make("strong", { textContent: name }), make("span", { className: "name", textContent: held ? "held out" : "to learn from" }), answer, button);
  examples.push(example);
  byId("teach-tiles").append(example.element);
  changed();
}

/** Writes the model's answers on the tiles. */
export function showAnswers(said, classes) {
  examples.forEach(({ answer, element, label }, i) => {
    answer.textContent = `now: ${classes[said[i].label] ?? "?"}, ${percent(said[i].probability)}`;
    element.classList.toggle("failed", said[i].label !== label);
  });
}

export function clearExamples() {
  for (const { url } of examples) URL.revokeObjectURL(url);
  examples = [];
  byId("teach-tiles").replaceChildren();
  changed();
}

/** Tells when there are more or fewer of them. */
export function watchExamples(tell) {
  changed = tell;
}
