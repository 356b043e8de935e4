// Drawings as images of the kind that models of handwriting have learnt from. MNIST's digits fill a box of 20 of its 28 pixels and
// are placed so that their centre of mass is the image's centre (LeCun, Cortes, Burges: The MNIST database of handwritten digits);
// a model that has only seen such images is easily wrong about one that is small, or in a corner. Strokes are scaled, not pixels,
// so that the pen stays as wide.
const box = 20 / 28;

function bounds(points) {
  const [xs, ys] = [points.map(p => p[0]), points.map(p => p[1])];
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}

function massOf(canvas) {
  const { width, height } = canvas;
  const pixels = canvas.getContext("2d").getImageData(0, 0, width, height).data;
  let [sum, x, y] = [0, 0, 0];
  for (let i = 0; i < width * height; i++) {
    const ink = pixels[4 * i + 3];
    sum += ink;
    x += ink * (i % width + 0.5);
    y += ink * (Math.floor(i / width) + 0.5);
  }
  return sum > 0 ? [x / sum, y / sum] : [width / 2, height / 2];
}

const moved = (strokes, move) => strokes.map(stroke => stroke.map(move));

/** The strokes, scaled and moved. The drawing function puts strokes, in black, onto a clear canvas. */
export function center(strokes, { width, height, pen }, draw) {
  const { left, right, top, bottom } = bounds(strokes.flat());
  const side = box * Math.min(width, height) - pen;
  const scale = side / Math.max(right - left, bottom - top, 1);
  // A dot is a dot, however near one looks at it.
  const zoom = Math.min(scale, 4);
  const scaled = moved(strokes, ([x, y]) => [(x - (left + right) / 2) * zoom + width / 2, (y - (top + bottom) / 2) * zoom + height / 2]);
  const canvas = new OffscreenCanvas(width, height);
  draw(canvas.getContext("2d"), scaled);
  const [x, y] = massOf(canvas);
  return moved(scaled, point => [point[0] + width / 2 - x, point[1] + height / 2 - y]);
}
