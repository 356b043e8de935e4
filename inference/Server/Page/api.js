// Calls to this server. Its key, where it asks for one, is kept in this module's memory only.
import { askForKey } from "./key.js";

const patience = 5;
let key = "";

const pause = seconds => new Promise(done => setTimeout(done, 1000 * seconds));

async function send(path, options) {
  try {
    // The header is sent even when it is empty: the server then leaves it to this page to ask for the key.
    return await fetch(path, { ...options, headers: { ...options.headers, "X-Api-Key": key } });
  } catch (error) {
    throw new Error(`The server cannot be reached: ${error.message}`);
  }
}

export async function call(path, options = {}) {
  for (let attempt = 1; ; attempt++) {
    const sent = key;
    const response = await send(path, options);
    if (response.ok) return response;
    if (response.status === 401) {
      // Calls that were under way with the former key need no second question.
      if (sent === key) key = await askForKey(sent !== "");
      continue;
    }
    const wait = Number(response.headers.get("Retry-After"));
    if (wait > 0 && attempt < patience) {
      await pause(wait);
      continue;
    }
    const { error } = await response.json();
    throw new Error(error);
  }
}

export async function getJson(path) {
  return (await call(path)).json();
}

/** Where a version of a model is. */
export const addressOf = ({ model, version }) => `/v2/models/${encodeURIComponent(model)}/versions/${version}`;

/** Asks for the answer to an image or to rows. */
export async function predict({ model, version }, body, contentType) {
  const response = await call(`/predict?model=${encodeURIComponent(model)}&version=${version}`, { method: "POST", headers: { "Content-Type": contentType }, body });
  return response.json();
}
