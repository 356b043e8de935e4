// A line of the last values, without axes: the figure beside it says what they are.
const namespace = "http://www.w3.org/2000/svg";
const [width, height, edge] = [120, 28, 2];

export function sparkline(values) {
  const svg = document.createElementNS(namespace, "svg");
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("preserveAspectRatio", "none");
  const top = Math.max(...values.map(value => value ?? 0), Number.MIN_VALUE);
  const x = i => width * i / Math.max(1, values.length - 1);
  const y = value => height - edge - (height - 2 * edge) * value / top;
  // A value that is not there leaves a gap.
  const path = values.map((value, i) => value === null ? "" : `${i > 0 && values[i - 1] !== null ? "L" : "M"}${x(i).toFixed(1)} ${y(value).toFixed(1)}`).join("");
  const line = document.createElementNS(namespace, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}
