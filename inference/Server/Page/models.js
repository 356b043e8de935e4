// Which models there are, and the choice of one and of its version, which the address keeps.
import { call } from "./api.js";
import { byId, make } from "./dom.js";

function fill(select, values, chosen) {
  select.replaceChildren(...values.map(value => make("option", { value, textContent: value, selected: value === chosen })));
}

export async function chooseModels(choose) {
  const response = await call("/v2/repository/index", { method: "POST", body: "" });
  const ready = (await response.json()).filter(entry => entry.state === "READY");
  if (ready.length === 0) throw new Error("No model is ready yet. Load the page again in a moment.");
  const names = [...new Set(ready.map(entry => entry.name))];
  const versionsOf = name => ready.filter(entry => entry.name === name).map(entry => entry.version).reverse();
  const asked = new URLSearchParams(location.search);
  const [model, version] = [byId("model"), byId("version")];

  const show = name => {
    fill(version, versionsOf(name), asked.get("version"));
    byId("version-label").hidden = version.length < 2;
    byId("choice").hidden = names.length < 2 && version.length < 2;
  };
  const tell = () => {
    history.replaceState(null, "", `?${new URLSearchParams({ model: model.value, version: version.value })}`);
    return choose({ model: model.value, version: version.value });
  };
  fill(model, names, asked.get("model"));
  show(model.value);
  model.addEventListener("change", () => {
    show(model.value);
    tell();
  });
  version.addEventListener("change", tell);
  await choose({ model: model.value, version: version.value });
}
