// Prometheus' text, as far as the server writes it, and quantiles of its histograms.
const line = /^(\w+)\{(.*)\} (\S+)$/;
const label = /(\w+)="([^"]*)"/g;

/** The values of one version of a model: {name: value}, histograms as {name_bucket: [[bound, count]]}. */
export function readMetrics(text, { model, version }) {
  const values = {};
  for (const [, name, list, value] of text.split("\n").map(row => line.exec(row)).filter(Boolean)) {
    const labels = Object.fromEntries([...list.matchAll(label)].map(([, key, word]) => [key, word]));
    if (labels.model !== model || labels.version !== version) continue;
    if (labels.le !== undefined) (values[name] ??= []).push([labels.le === "+Inf" ? Infinity : Number(labels.le), Number(value)]);
    else values[name] = (values[name] ?? 0) + Number(value);
  }
  return values;
}

/** The value below which a share of what was counted between two readings lies, read off within its bucket; null where nothing was. */
export function quantile(before, after, share) {
  const counts = after.map(([bound, count], i) => [bound, count - before[i][1]]);
  const total = counts.at(-1)[1];
  if (total === 0) return null;
  const at = counts.findIndex(([, count]) => count >= share * total);
  const [low, below] = at > 0 ? counts[at - 1] : [0, 0];
  const [high, upTo] = counts[at];
  // Beyond the last bound nothing is known but that.
  return high === Infinity ? low : low + (high - low) * (share * total - below) / (upTo - below);
}
