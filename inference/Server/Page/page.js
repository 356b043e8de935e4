"use strict";

const byId = id => document.getElementById(id);
const drop = byId("drop");
const file = byId("file");
const canvas = byId("canvas");
const preview = byId("preview");
const statusLine = byId("status");
const bars = byId("bars");
const pen = canvas.getContext("2d");
let latest = 0;

function addressOf(path) {
  const model = new URLSearchParams(location.search).get("model");
  return model ? `${path}?model=${encodeURIComponent(model)}` : path;
}

function say(text, isError) {
  statusLine.textContent = text;
  statusLine.classList.toggle("error", Boolean(isError));
}

function show(result) {
  const best = Object.entries(result.probabilities).sort((a, b) => b[1] - a[1]).slice(0, 10);
  bars.replaceChildren(...best.map(([label, probability]) => {
    const percent = `${(probability * 100).toFixed(1)} %`;
    const row = document.createElement("li");
    const name = document.createElement("span");
    name.className = "label";
    name.textContent = label;
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = probability;
    bar.setAttribute("aria-label", `${label}: ${percent}`);
    const value = document.createElement("span");
    value.className = "value";
    value.textContent = percent;
    row.append(name, bar, value);
    return row;
  }));
  say(`${result.label}, ${(result.probability * 100).toFixed(1)} %`);
}

async function classify(image) {
  const request = ++latest;
  URL.revokeObjectURL(preview.src);
  preview.src = URL.createObjectURL(image);
  preview.alt = image.name ? `The image ${image.name}` : "The drawing";
  preview.hidden = false;
  bars.replaceChildren();
  say("Classifying…");
  await ask(request, "application/octet-stream", image, show);
}

// An answer that a later question has overtaken is not shown.
async function ask(request, type, body, answer) {
  try {
    const response = await fetch(addressOf("/predict"), { method: "POST", headers: { "Content-Type": type }, body });
    const result = await response.json();
    if (request !== latest) return;
    if (response.ok) answer(result);
    else say(result.error, true);
  } catch (error) {
    if (request === latest) say(`The server cannot be reached: ${error.message}`, true);
  }
}

function takesImages() {
  return !byId("image").hidden;
}

function classifyFirst(files) {
  if (files.length > 0) classify(files[0]);
}

file.addEventListener("change", () => classifyFirst(file.files));
document.addEventListener("paste", event => takesImages() && classifyFirst(event.clipboardData.files));
for (const type of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(type, event => {
    if (!takesImages()) return;
    event.preventDefault();
    drop.classList.toggle("over", type === "dragover");
    if (type === "drop") classifyFirst(event.dataTransfer.files);
  });
}

function clear() {
  pen.fillStyle = "#000";
  pen.fillRect(0, 0, canvas.width, canvas.height);
}

function point(event) {
  const box = canvas.getBoundingClientRect();
  return [(event.clientX - box.left) * canvas.width / box.width, (event.clientY - box.top) * canvas.height / box.height];
}

canvas.addEventListener("pointerdown", event => {
  canvas.setPointerCapture(event.pointerId);
  pen.strokeStyle = "#fff";
  pen.lineWidth = 22;
  pen.lineCap = pen.lineJoin = "round";
  pen.beginPath();
  pen.moveTo(...point(event));
  pen.lineTo(...point(event));
  pen.stroke();
});
canvas.addEventListener("pointermove", event => {
  if (!canvas.hasPointerCapture(event.pointerId)) return;
  pen.lineTo(...point(event));
  pen.stroke();
});
byId("classify").addEventListener("click", () => canvas.toBlob(classify, "image/png"));
byId("clear").addEventListener("click", clear);
clear();
