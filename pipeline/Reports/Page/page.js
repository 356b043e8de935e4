// Draws every chart of the page from the Vega-Lite specification beside it. The interpreter (ast) needs no eval.
const json = id => JSON.parse(document.getElementById(id).textContent);
const config = json('theme');

/** A page is narrower on a phone: the cells of a facet take the width that is there, as many in a row as are legible. */
function fit(spec, width) {
  if (!spec.facet) return spec;
  const least = 190, gap = 40;
  const columns = Math.max(1, Math.min(spec.columns, Math.floor(width / least)));
  return { ...spec, columns, spec: { ...spec.spec, width: Math.max(110, width / columns - gap - 12) } };
}

async function draw(element) {
  try {
    const spec = fit(json(element.dataset.spec), element.clientWidth);
    await vegaEmbed(element, spec, { renderer: 'svg', actions: false, ast: true, config });
    element.dataset.drawn = '';
  } catch (error) {
    element.classList.add('failed');
    element.textContent = `This chart could not be drawn: ${error.message}`;
    console.error(error);
  }
}

(async () => {
  for (const element of document.querySelectorAll('[data-spec]')) await draw(element);
  document.documentElement.dataset.ready = '';
})();
