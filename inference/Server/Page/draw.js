// The pad to draw on, by mouse, finger, pen or keyboard. It keeps strokes, lists of points, and makes images of them.
import { byId } from "./dom.js";
import { center } from "./center.js";

const side = 280;
const pen = 22;
const keyStep = 14;
const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const canvas = byId("canvas");
const cursor = byId("cursor");
let strokes = [];
let keyPoint = null;
let keyStroke = false;
let changed = () => {};

function drawInk(context, lines) {
  context.lineWidth = pen;
  context.lineCap = context.lineJoin = "round";
  for (const line of lines) {
    context.beginPath();
    context.moveTo(...line[0]);
    // A line to where it began is a dot.
    for (const point of line.length > 1 ? line.slice(1) : line) context.lineTo(...point);
    context.stroke();
  }
}

function paint(context, lines) {
  const dark = byId("dark-ink").checked;
  context.fillStyle = dark ? "#fff" : "#000";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.strokeStyle = dark ? "#000" : "#fff";
  drawInk(context, lines);
}

function show() {
  paint(canvas.getContext("2d"), strokes);
  byId("pad-hint").hidden = strokes.length > 0;
  byId("pad-hint").classList.toggle("dark", byId("dark-ink").checked);
  cursor.hidden = keyPoint === null;
  if (keyPoint === null) return;
  cursor.style.left = `${100 * keyPoint[0] / canvas.width}%`;
  cursor.style.top = `${100 * keyPoint[1] / canvas.height}%`;
  cursor.classList.toggle("down", keyStroke);
}

function change() {
  show();
  changed(strokes.length > 0 ? toImage : null);
}

function toImage() {
  const made = new OffscreenCanvas(canvas.width, canvas.height);
  const lines = byId("center").checked && strokes.length > 0 ? center(strokes, { width: canvas.width, height: canvas.height, pen }, drawInk) : strokes;
  paint(made.getContext("2d"), lines);
  return made.convertToBlob({ type: "image/png" });
}

function pointOf(event) {
  const shown = canvas.getBoundingClientRect();
  return [(event.clientX - shown.left) * canvas.width / shown.width, (event.clientY - shown.top) * canvas.height / shown.height];
}

/** Empties the pad. */
export function clearPad() {
  strokes = [];
  keyStroke = false;
  change();
}

function undo() {
  strokes.pop();
  keyStroke = false;
  change();
}

function moveByKey([dx, dy]) {
  const limit = (value, most) => Math.min(most, Math.max(0, value));
  keyPoint = [limit(keyPoint[0] + dx * keyStep, canvas.width), limit(keyPoint[1] + dy * keyStep, canvas.height)];
  if (keyStroke) strokes.at(-1).push(keyPoint);
  change();
}

function togglePen() {
  keyStroke = !keyStroke;
  if (keyStroke) strokes.push([keyPoint]);
  change();
}

function watchKeys(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  keyPoint ??= [canvas.width / 2, canvas.height / 2];
  if (arrows[event.key]) moveByKey(arrows[event.key]);
  else if (event.key === " ") togglePen();
  else if (event.key === "Delete" || event.key === "Backspace") clearPad();
  else return;
  event.preventDefault();
}

function watchPointer() {
  canvas.addEventListener("pointerdown", event => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    [keyPoint, keyStroke] = [null, false];
    strokes.push([pointOf(event)]);
    change();
  });
  canvas.addEventListener("pointermove", event => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    strokes.at(-1).push(...(event.getCoalescedEvents?.() ?? [event]).map(pointOf), pointOf(event));
    change();
  });
  canvas.addEventListener("lostpointercapture", () => change());
}

/** Sets the pad up for a model's images, and empties it. */
export function fitPad({ channels, width, height }) {
  canvas.width = side;
  canvas.height = Math.round(side * height / width);
  // Only grey images are likely to be handwriting.
  byId("center").checked = channels === 1;
  strokes = [];
  [keyPoint, keyStroke] = [null, false];
  show();
}

/** Tells of each change: a function that makes the image, null for an empty pad. */
export function watchPad(tell) {
  changed = tell;
  watchPointer();
  canvas.addEventListener("keydown", watchKeys);
  canvas.addEventListener("blur", () => {
    [keyPoint, keyStroke] = [null, false];
    show();
  });
  byId("undo").addEventListener("click", undo);
  byId("clear").addEventListener("click", clearPad);
  for (const id of ["center", "dark-ink"]) byId(id).addEventListener("change", () => change());
}
