// Images from files: chosen, dropped anywhere on the page, or pasted.
import { byId } from "./dom.js";

/** Hands over lists of files while the page asks for images. */
export function watchFiles(take) {
  const wanted = () => !byId("image").hidden;
  const give = files => {
    if (wanted() && files.length > 0) take([...files]);
  };
  const file = byId("file");
  file.addEventListener("change", () => {
    give(file.files);
    file.value = "";
  });
  document.addEventListener("paste", event => give(event.clipboardData.files));
  for (const type of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(type, event => {
      if (!wanted()) return;
      event.preventDefault();
      document.body.classList.toggle("over", type === "dragover");
      if (type === "drop") give(event.dataTransfer.files);
    });
  }
}
