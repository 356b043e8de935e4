// Asks the server, and this browser where it can, and shows what they say.
import { predict } from "./api.js";
import { clearBars, showBars, showTrouble } from "./bars.js";
import { byId, percent } from "./dom.js";

const quiet = 700;
let model = null;
// Answers to what was asked before the model was changed, or the pad cleared, are not shown.
let turn = 0;
let speaking = 0;

// A screen reader hears an answer once it has settled, not each on the way to it.
export function say(text, isError = false) {
  byId("headline").textContent = text;
  byId("headline").classList.toggle("error", isError);
  clearTimeout(speaking);
  speaking = setTimeout(() => { byId("spoken").textContent = text; }, quiet);
}

function preview(image, name) {
  const shown = byId("preview");
  URL.revokeObjectURL(shown.src);
  shown.src = URL.createObjectURL(image);
  shown.alt = name ? `The image ${name}` : "The drawing as the model gets it";
  shown.hidden = false;
}

async function askServer(question) {
  try {
    const image = await question.image();
    if (question.turn === turn) preview(image, question.name);
    const start = performance.now();
    const answer = await predict(question.model.card, image, "application/octet-stream");
    if (question.turn !== turn) return;
    showBars("server", { ...answer, question, milliseconds: performance.now() - start });
    say(`${answer.label}, ${percent(answer.probability)}`);
  } catch (error) {
    if (question.turn !== turn) return;
    clearBars();
    say(error.message, true);
  }
}

async function askBrowser(question) {
  try {
    const answer = await question.model.browser(await question.image());
    if (question.turn === turn) showBars("browser", { ...answer, question });
  } catch (error) {
    if (question.turn === turn) showTrouble(error.message);
  }
}

/** One question at a time; of those that come meanwhile only the last is asked, so that answers keep up with a moving pen. */
function oneByOne(ask) {
  let next = null;
  let busy = false;
  return async question => {
    next = question;
    if (busy) return;
    busy = true;
    while (next) {
      const taken = next;
      next = null;
      await ask(taken);
    }
    busy = false;
  };
}

// The browser may be slow, at first above all, and the server's answers need not wait for it.
const [toServer, toBrowser] = [oneByOne(askServer), oneByOne(askBrowser)];

/** Whom to ask from now on: a model's card, and the function that asks the browser, or null. What was shown goes. */
export function askFrom(card, browser) {
  model = { card, browser };
  forget();
}

/** Shows no answer any more, as there is no question. */
export function forget() {
  turn++;
  clearBars();
  byId("preview").hidden = true;
  say("Nothing has been asked yet.");
}

/** Asks about an image: a function that makes it, and its name, if it has one. */
export function answerImage(make, name) {
  let image = null;
  const question = { model, turn, name, image: () => image ??= make() };
  toServer(question);
  if (model.browser && byId("browser-use").checked) toBrowser(question);
}
