// What a net would learn from: the first batch of a run, augmented, with what is known of each image.

import { element, ink, label } from "../charts/svg.js";
import { labelAt } from "../data/index.js";
import { createEngine } from "../engine/index.js";
import type { TrainSettings } from "../train/config.js";
import { openLoader } from "../train/openLoader.js";
import { type OwnParts, prepare } from "../train/prepare.js";

/** Images that are shown at most. */
const MOST = 64;
/** Longer side of an image, at least: smaller ones are drawn in squares for pixels. */
const SIDE = 96;
/** Height of the words under an image, and width of a letter, in pixels. */
const [WORDS, LETTER] = [18, 7];
const GAP = 4;

/** Images as the net takes them [n, channels, height, width], and how to undo the normalisation. */
interface Tiles {
  readonly images: Float32Array;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** One image in colour bytes [height, width, 3]: of grey ones the grey, of those with bands the first three. */
function bytesOf({ images, channels, height, width, mean, std }: Tiles, at: number): Uint8Array {
  const places = height * width;
  const from = at * channels * places;
  const bytes = new Uint8ClampedArray(3 * places);
  for (let k = 0; k < 3; k++) {
    const channel = channels < 3 ? 0 : k;
    for (let place = 0; place < places; place++) {
      const value = images[from + channel * places + place];
      bytes[3 * place + k] = value * std[channel] + mean[channel];
    }
  }
  return new Uint8Array(bytes.buffer);
}

/** Words that fit under an image. */
function cut(words: string, width: number): string {
  const letters = [...words];
  const most = Math.max(1, Math.floor(width / LETTER));
  return letters.length > most ? `${letters.slice(0, most - 1).join("")}…` : words;
}

/** Images side by side on white, each with words under it, as a PNG file. */
async function sheet(tiles: Tiles, words: readonly string[]): Promise<Uint8Array> {
  const { default: sharp } = await import("sharp");
  const times = Math.ceil(SIDE / Math.max(tiles.height, tiles.width));
  const [width, height] = [tiles.width * times, tiles.height * times];
  const columns = Math.ceil(Math.sqrt(words.length));
  const rows = Math.ceil(words.length / columns);
  const places = words.map((_, at) => ({
    left: GAP + (at % columns) * (width + GAP),
    top: GAP + Math.floor(at / columns) * (height + WORDS),
  }));
  const raw = { width: tiles.width, height: tiles.height, channels: 3 } as const;
  const drawn = await Promise.all(
    words.map((_, at) =>
      sharp(bytesOf(tiles, at), { raw })
        .resize(width, height, { kernel: "nearest" })
        .png()
        .toBuffer(),
    ),
  );
  const size = {
    width: GAP + columns * (width + GAP),
    height: GAP + rows * (height + WORDS),
  };
  const look = { "font-family": "sans-serif", "font-size": 12, fill: ink };
  const lines = words.map((text, at) =>
    label(cut(text, width), places[at].left, places[at].top + height + 13, look),
  );
  const text = element("svg", { xmlns: "http://www.w3.org/2000/svg", ...size }, lines.join(""));
  return sharp({ create: { ...size, channels: 3, background: "white" } })
    .composite([
      ...drawn.map((input, at) => ({ input, ...places[at] })),
      { input: Buffer.from(text), left: 0, top: 0 },
    ])
    .png()
    .toBuffer();
}

/**
 * The first images that a run with these settings would learn from, as its net is given them: cut, scaled, augmented and
 * mixed, each with its label in words. Of `mixup` and `cutmix` the label is that of the image which the other one is mixed into.
 *
 * @returns a PNG file of 64 images at most
 * @throws InputError for settings and data that cannot be used, as {@link train} does.
 * @example
 * const png = await previewBatch({ data: "mnist", augment: "rotate=20" });
 * new TextDecoder().decode(png.subarray(1, 4)); // "PNG"
 */
export async function previewBatch(
  settings: Partial<TrainSettings>,
  own: OwnParts = {},
): Promise<Uint8Array> {
  const prepared = await prepare(settings, own);
  const { config, net, splits } = prepared;
  const engine = await createEngine({ engine: config.engine, threads: config.threads });
  try {
    const loader = openLoader(engine, prepared);
    const { images, indices } = await loader.batch(0, 0);
    const { height, width, dataset } = loader;
    const shown = [...indices.subarray(0, MOST)];
    const tiles = {
      images,
      channels: dataset.channels,
      height,
      width,
      mean: net.mean,
      std: net.std,
    };
    return await sheet(
      tiles,
      shown.map((image) => labelAt(splits.train.labels, image)),
    );
  } finally {
    await engine.close();
  }
}
