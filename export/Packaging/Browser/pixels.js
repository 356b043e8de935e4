// Image files to the pixels that the model takes: grey is the luma of ITU-R BT.601, and resizing is bilinear, its triangle widened
// to the scale where the image shrinks, as in the inference library.
function weights(source, target) {
  const scale = source / target;
  const radius = Math.max(scale, 1);
  return Array.from({ length: target }, (_, i) => {
    const center = (i + 0.5) * scale;
    const first = Math.max(0, Math.floor(center - radius));
    const last = Math.min(source - 1, Math.ceil(center + radius) - 1);
    const taps = Array.from({ length: last - first + 1 }, (_, k) => Math.max(0, 1 - Math.abs(first + k + 0.5 - center) / radius));
    const sum = taps.reduce((a, b) => a + b, 0);
    return { first, taps: taps.map(tap => tap / sum) };
  });
}

function resize(pixels, width, height, channels, toWidth, toHeight) {
  if (width === toWidth && height === toHeight) return pixels;
  const narrowed = new Float32Array(height * toWidth * channels);
  weights(width, toWidth).forEach(({ first, taps }, x) => {
    for (let y = 0; y < height; y++) {
      for (let c = 0; c < channels; c++) {
        narrowed[(y * toWidth + x) * channels + c] = taps.reduce((sum, tap, k) => sum + tap * pixels[(y * width + first + k) * channels + c], 0);
      }
    }
  });
  const row = toWidth * channels;
  const resized = new Uint8Array(toHeight * row);
  weights(height, toHeight).forEach(({ first, taps }, y) => {
    for (let i = 0; i < row; i++) {
      resized[y * row + i] = Math.min(255, Math.max(0, Math.floor(taps.reduce((sum, tap, k) => sum + tap * narrowed[(first + k) * row + i], 0) + 0.5)));
    }
  });
  return resized;
}

async function decode(file, channels) {
  const bitmap = await createImageBitmap(file, { premultiplyAlpha: "none", colorSpaceConversion: "none" });
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext("2d");
  context.drawImage(bitmap, 0, 0);
  const rgba = context.getImageData(0, 0, bitmap.width, bitmap.height).data;
  const pixels = new Uint8Array(bitmap.width * bitmap.height * channels);
  for (let i = 0; i < bitmap.width * bitmap.height; i++) {
    const [r, g, b] = [rgba[4 * i], rgba[4 * i + 1], rgba[4 * i + 2]];
    if (channels === 1) pixels[i] = Math.floor((299 * r + 587 * g + 114 * b + 500) / 1000);
    else pixels.set([r, g, b], 3 * i);
  }
  return { pixels, width: bitmap.width, height: bitmap.height };
}

export async function toFeeds(ort, input, file) {
  const { channels, height, width } = input;
  const image = await decode(file, channels).catch(() => { throw new Error(`${file.name || "The file"} is no image that this browser can read.`); });
  const rows = resize(image.pixels, image.width, image.height, channels, width, height);
  if (input.layout === "Hwc") return { [input.name]: new ort.Tensor("uint8", rows, [1, height, width, channels]) };
  const planes = new Uint8Array(rows.length);
  for (let i = 0; i < rows.length; i++) planes[i % channels * height * width + Math.floor(i / channels)] = rows[i];
  return { [input.name]: new ort.Tensor("uint8", planes, [1, channels, height, width]) };
}
