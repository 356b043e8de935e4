// Asks for the server's key, once for however many calls wait for it.
import { byId } from "./dom.js";

let question = null;

function ask(wasWrong) {
  const dialog = byId("key");
  const text = byId("key-text");
  byId("key-wrong").hidden = !wasWrong;
  text.value = "";
  return new Promise((use, refuse) => {
    const asking = new AbortController();
    dialog.querySelector("form").addEventListener("submit", event => {
      event.preventDefault();
      use(text.value);
      dialog.close();
    }, { signal: asking.signal });
    dialog.addEventListener("close", () => {
      asking.abort();
      refuse(new Error("This server asks for a key. Load the page again to give it."));
    }, { signal: asking.signal });
    dialog.showModal();
  });
}

export function askForKey(wasWrong) {
  question ??= ask(wasWrong).finally(() => { question = null; });
  return question;
}
