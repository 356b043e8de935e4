// Asks the model of what is chosen or dropped, and shows it.
import { toFeeds } from "./pixels.js";

const byId = id => document.getElementById(id);

export function watchImages(ort, input, ask) {
  const show = file => {
    if (!file) return;
    const preview = byId("preview");
    URL.revokeObjectURL(preview.src);
    preview.src = URL.createObjectURL(file);
    preview.alt = `The image ${file.name}`;
    preview.hidden = false;
    ask(toFeeds(ort, input, file));
  };
  byId("image").hidden = false;
  byId("file").addEventListener("change", () => show(byId("file").files[0]));
  document.addEventListener("dragover", event => event.preventDefault());
  document.addEventListener("drop", event => {
    event.preventDefault();
    show(event.dataTransfer.files[0]);
  });
}
