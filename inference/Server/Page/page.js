// The page: a model is chosen, and the parts that fit it are shown.
import { answerImage, askFrom, forget } from "./answers.js";
import { addressOf, getJson } from "./api.js";
import { setBrowserColumn } from "./bars.js";
import { answerBatch, closeBatch, watchBatch } from "./batch.js";
import { browserModel } from "./browser.js";
import { showCard } from "./card.js";
import { byId } from "./dom.js";
import { fitPad, watchPad } from "./draw.js";
import { watchFiles } from "./images.js";
import { showMetrics, watchMetrics } from "./metrics.js";
import { chooseModels } from "./models.js";
import { showForm, watchForm } from "./row.js";
import { isTeaching, offerTeaching, teachDrawing, teachFiles, watchTeaching } from "./teach.js";

const headings = { image: () => "Ask about an image", table: card => card.target ? `Predict ${card.target}` : "Ask about a row", tensors: card => card.model };
let latest = 0;
let current = null;

function complain(error) {
  byId("trouble").textContent = error.message;
  byId("trouble").hidden = false;
}

function showBrowser(card) {
  const able = card.browser.unavailable === undefined;
  byId("browser-label").hidden = !able;
  byId("browser-note").hidden = able;
  byId("browser-note").textContent = able ? "" : `Answers come from the server alone: ${card.browser.unavailable}.`;
  setBrowserColumn(able && byId("browser-use").checked);
}

async function show(choice) {
  const turn = ++latest;
  try {
    const card = await getJson(`${addressOf(choice)}/card`);
    if (card.kind === "table") await showForm(card);
    // A later choice may have been answered before this one.
    if (turn !== latest) return;
    current = card;
    byId("trouble").hidden = true;
    document.title = `${card.model} – ask the model`;
    byId("heading").textContent = headings[card.kind](card);
    byId("image").hidden = card.kind !== "image";
    byId("row").hidden = card.kind !== "table";
    byId("tensors").hidden = card.kind !== "tensors";
    byId("tensors").textContent = `This model takes tensors. Programs send them to ${addressOf(card)}/infer.`;
    byId("answer").hidden = card.kind === "tensors";
    byId("question").hidden = false;
    offerTeaching(card);
    closeBatch();
    askFrom(card, card.browser.unavailable === undefined ? browserModel(card) : null);
    showBrowser(card);
    if (card.kind === "image") fitPad(card.image);
    showCard(card);
    showMetrics(card);
  } catch (error) {
    complain(error);
  }
}

watchPad(image => {
  teachDrawing(image);
  if (isTeaching()) return;
  if (image) answerImage(image);
  else forget();
});
watchFiles(files => isTeaching() ? teachFiles(files) : files.length === 1 ? answerImage(() => files[0], files[0].name) : answerBatch(current, files));
byId("browser-use").addEventListener("change", () => setBrowserColumn(byId("browser-use").checked));
watchBatch();
watchForm();
watchMetrics();
watchTeaching();
chooseModels(show).catch(complain);
