// The tab in which a person teaches the model: examples are drawn or chosen, the model is trained in this browser, and can be kept.
import { addressOf, call } from "./api.js";
import { loadRuntime } from "./browser.js";
import { byId, download, make, percent } from "./dom.js";
import { clearPad } from "./draw.js";
import { OnDeviceTrainer } from "./on-device.js";
import { toFeeds } from "./pixels.js";
import { addExample, allExamples, clearExamples, showAnswers, watchExamples } from "./teach-examples.js";
import { answers, train } from "./teach-training.js";

const newClass = "new";
const quiet = 700;
let card = null;
let opening = null;
let teacher = null;
let drawing = null;
// Counts the changes of the drawing: the function that makes an image of it stays the same.
let changes = 0;
let training = false;
// What is under way: a trainer does one thing at a time.
let running = null;
let answering = null;
let speaking = 0;

function say(text, isError = false) {
  byId("teach-status").textContent = text;
  byId("teach-status").classList.toggle("error", isError);
}

const attempt = work => async () => {
  try {
    await work();
  } catch (error) {
    say(error.message, true);
  }
};

// A screen reader hears an answer once it has settled, not each on the way to it.
function sayAnswer(text) {
  byId("teach-answer").textContent = text;
  clearTimeout(speaking);
  speaking = setTimeout(() => { byId("teach-spoken").textContent = text; }, quiet);
}

function fillClasses(chosen) {
  const { trainer } = teacher;
  const options = trainer.classes.map((name, i) => make("option", { value: i, textContent: name }));
  if (trainer.spareClasses > 0) options.push(make("option", { value: newClass, textContent: "A new class …" }));
  byId("teach-class").replaceChildren(...options);
  byId("teach-class").value = chosen ?? (trainer.spareClasses > 0 ? newClass : 0);
  chooseClass();
}

function chooseClass() {
  byId("teach-name-label").hidden = byId("teach-class").value !== newClass;
}

/** What can be done just now. */
function refresh() {
  const learnt = allExamples().filter(example => !example.held).length;
  const held = allExamples().length - learnt;
  byId("teach-counts").textContent = allExamples().length === 0 ? "No examples yet. Six or more of a class do well; every third is held out, to see what the model makes of what it has not learnt from."
    : `${learnt} to learn from, ${held} held out.`;
  byId("teach-add").disabled = training || !teacher || !drawing;
  byId("teach-start").disabled = training || !teacher || learnt === 0;
  byId("teach-stop").disabled = !training;
  for (const id of ["teach-download", "teach-reset"]) byId(id).disabled = training || !teacher;
}

async function open() {
  const ort = await loadRuntime();
  const folder = `${addressOf(card)}/bundle`;
  const trainer = await OnDeviceTrainer.open(ort, async name => new Uint8Array(await (await call(`${folder}/${encodeURIComponent(name)}`)).arrayBuffer()));
  return { ort, trainer, initial: trainer.saveState() };
}

/** The class that is chosen, taken into use if it is new. */
function chosenClass() {
  const { trainer } = teacher;
  if (byId("teach-class").value !== newClass) return Number(byId("teach-class").value);
  const label = trainer.addClass(byId("teach-name").value.trim());
  byId("teach-name").value = "";
  fillClasses(label);
  return label;
}

async function add(image) {
  const { ort, trainer } = teacher;
  const feeds = await toFeeds(ort, trainer.image, image);
  const label = chosenClass();
  addExample(image, feeds[trainer.image.name].data, label, trainer.classes[label]);
}

const addDrawing = attempt(async () => {
  const made = await drawing();
  await add(made);
  clearPad();
  say("");
});

async function measure() {
  const all = allExamples();
  const said = await answers(teacher.trainer, all);
  const held = all.map((example, i) => ({ example, right: said[i].label === example.label })).filter(({ example }) => example.held);
  return { said, accuracy: held.length > 0 ? held.filter(({ right }) => right).length / held.length : null };
}

const runTraining = attempt(async () => {
  const mine = teacher;
  const { trainer } = mine;
  const [passes, rate] = [Number(byId("teach-passes").value), Number(byId("teach-rate").value)];
  if (!(passes >= 1) || !(rate > 0)) throw new Error("Passes and learning rate must be numbers above 0.");
  training = true;
  byId("teach-progress").hidden = false;
  refresh();
  try {
    await answering;
    const before = await measure();
    const learnt = allExamples().filter(example => !example.held);
    say("Training …");
    const whole = await train(trainer, learnt, Math.floor(passes), rate, (share, loss) => {
      byId("teach-progress").value = share;
      byId("teach-loss").textContent = loss.toPrecision(2);
      return training;
    });
    if (teacher !== mine) return;
    const after = await measure();
    const shown = ({ accuracy }) => accuracy === null ? "nothing held out" : percent(accuracy);
    byId("teach-before").textContent = shown(before);
    byId("teach-after").textContent = shown(after);
    byId("teach-figures").hidden = false;
    showAnswers(after.said, trainer.classes);
    say(`${whole ? "Trained" : "Stopped"}. Held-out examples: ${shown(before)} right before, ${shown(after)} now.`);
  } finally {
    if (teacher === mine) training = false;
    byId("teach-progress").hidden = true;
    refresh();
    answerDrawing();
  }
});

function start() {
  running = runTraining().finally(() => { running = null; });
}

const answerAll = attempt(async () => {
  for (let asked = null; teacher && drawing && changes !== asked && !training;) {
    const { ort, trainer } = teacher;
    asked = changes;
    const feeds = await toFeeds(ort, trainer.image, await drawing());
    const [{ label, probability }] = await answers(trainer, [{ pixels: feeds[trainer.image.name].data, label: 0 }]);
    sayAnswer(drawing ? `The model says ${trainer.classes[label]}, ${percent(probability)}.` : "");
  }
});

/** Shows what the model, as it has been taught, says of the drawing; of those that come meanwhile, of the last. */
function answerDrawing() {
  answering ??= answerAll().finally(() => { answering = null; });
}

function choose(tab) {
  const teaches = tab === "teach";
  for (const [name, panel] of [["ask", "ask"], ["teach", "teach"]]) {
    byId(`tab-${name}`).setAttribute("aria-selected", name === tab);
    byId(`tab-${name}`).tabIndex = name === tab ? 0 : -1;
    byId(panel).hidden = name !== tab;
  }
  // One pad for both: it stands where it is drawn on.
  byId(teaches ? "teach-pad" : "ask-pad").append(byId("image"));
  document.body.classList.toggle("teaching", teaches);
  if (teaches) begin();
}

const begin = attempt(async () => {
  if (opening) return;
  say("Loading what it takes to train here …");
  const mine = opening = open();
  try {
    const opened = await mine;
    if (mine !== opening) return;
    teacher = opened;
    byId("teach-rate").value = teacher.trainer.learningRate;
    fillClasses();
    say("Ready.");
  } catch (error) {
    if (mine === opening) opening = null;
    throw error;
  }
  refresh();
  answerDrawing();
});

const reset = attempt(async () => {
  teacher.trainer.loadState(teacher.initial);
  clearExamples();
  fillClasses();
  byId("teach-figures").hidden = true;
  say("The model is as it was.");
});

/** Whether the pad and chosen files are for teaching just now. */
export const isTeaching = () => !byId("teach").hidden;

/** Takes what is drawn: a function that makes the image, null for nothing. */
export function teachDrawing(image) {
  drawing = image;
  changes++;
  sayAnswer("");
  refresh();
  answerDrawing();
}

/** Takes images as examples of the class that is chosen. */
export const teachFiles = files => attempt(async () => {
  if (!teacher || training) throw new Error("Wait until the model is ready, then choose the images again.");
  for (const file of files) await add(file);
  say(`${files.length} image${files.length === 1 ? "" : "s"} added.`);
})();

/** Offers the tab for a model that has a bundle. What was taught another goes. */
export function offerTeaching(shown) {
  choose("ask");
  const former = teacher?.trainer;
  Promise.all([running, answering]).then(() => former?.release());
  [card, opening, teacher, drawing, training] = [shown, null, null, null, false];
  clearExamples();
  byId("teach-figures").hidden = true;
  byId("tabs").hidden = !shown.teach || shown.teach.unavailable !== undefined;
  byId("teach-note").hidden = shown.teach?.unavailable === undefined;
  byId("teach-note").textContent = shown.teach?.unavailable === undefined ? "" : `It cannot be taught here: ${shown.teach.unavailable}.`;
}

export function watchTeaching() {
  watchExamples(refresh);
  const tabs = ["ask", "teach"];
  for (const tab of tabs) byId(`tab-${tab}`).addEventListener("click", () => choose(tab));
  byId("tabs").addEventListener("keydown", event => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const other = tabs.find(tab => byId(`tab-${tab}`) !== document.activeElement);
    choose(other);
    byId(`tab-${other}`).focus();
  });
  byId("teach-class").addEventListener("change", chooseClass);
  byId("teach-add").addEventListener("click", addDrawing);
  byId("teach-name").addEventListener("keydown", event => { if (event.key === "Enter" && !byId("teach-add").disabled) addDrawing(); });
  byId("teach-start").addEventListener("click", start);
  byId("teach-stop").addEventListener("click", () => { training = false; });
  byId("teach-reset").addEventListener("click", reset);
  byId("teach-download").addEventListener("click", attempt(async () => download(`${card.model}.taught.onnx`, teacher.trainer.exportModel(), "application/octet-stream")));
}
