// A net in use, in Node.js or in a page: from the pixels of an image to what it shows. A part of bundles, which needs nothing but
// the file decode beside it, and onnxruntime-node or onnxruntime-web, which is handed to it.

import { type BundleInfo, type BundlePrediction, decode } from "./decode.js";

export type { BundleInfo, BundlePrediction } from "./decode.js";

/** An image: rows of pixels from the top, bytes of 1 (grey), 3 (colour) or 4 (colour and opacity, as a canvas gives them) channels. */
export interface Pixels {
  readonly data: ArrayLike<number>;
  readonly width: number;
  readonly height: number;
}

/** The part of onnxruntime-node and onnxruntime-web that is used. */
export interface Runtime {
  readonly Tensor: new (type: "float32", data: Float32Array, dims: readonly number[]) => unknown;
  readonly InferenceSession: { create(model: Uint8Array): Promise<RuntimeSession> };
}

/** A net of a runtime. */
export interface RuntimeSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: never): Promise<unknown>;
}

/** What a net gives for one image. */
interface Output {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/** Where pixels of the net's input lie in the image: x * scale[0] + offset[0], y likewise; centres are whole numbers. */
interface Place {
  readonly scale: readonly [number, number];
  readonly offset: readonly [number, number];
}

/** The rule by which an image of another shape is brought to the net's. */
function placeOf(fit: string, from: Pixels, width: number, height: number): Place {
  const [across, down] = [from.width / width, from.height / height];
  if (fit === "line") {
    const squeezed = Math.max(down, across);
    return { scale: [squeezed, down], offset: [(squeezed - 1) / 2, (down - 1) / 2] };
  }
  const scales: Record<string, number> = {
    crop: Math.min(across, down),
    pad: Math.max(across, down),
  };
  const [sx, sy] = [scales[fit] ?? across, scales[fit] ?? down];
  const centred = (scale: number, size: number, wanted: number) => {
    const offset = (size - 1 - scale * (wanted - 1)) / 2;
    return scale === 1 ? Math.round(offset) : offset;
  };
  return {
    scale: [sx, sy],
    offset: [centred(sx, from.width, width), centred(sy, from.height, height)],
  };
}

/** Elements of an axis that a place in it is made of, with their weights: neighbours, or where it shrinks all that it covers. */
function sharesAt(at: number, scale: number, size: number, shrinks: boolean): [number, number][] {
  if (at < -0.5 || at > size - 0.5) return [];
  const within = (place: number) => Math.min(Math.max(place, 0), size - 1);
  if (!shrinks) {
    const first = Math.floor(at);
    return [
      [within(first), 1 - (at - first)],
      [within(first + 1), at - first],
    ];
  }
  const reach = Math.max(scale, 1);
  const shares: [number, number][] = [];
  for (
    let place = Math.max(0, Math.ceil(at - reach));
    place <= Math.min(size - 1, Math.floor(at + reach));
    place++
  ) {
    shares.push([place, 1 - Math.abs(place - at) / reach]);
  }
  const sum = shares.reduce((total, [, share]) => total + share, 0);
  return shares.map(([place, share]) => [place, share / sum]);
}

/** Weights of red, green and blue in grey (ITU-R BT.601). */
const LUMA = [0.299, 0.587, 0.114];
const WHITE = 255;

/** The value of a channel of the net's input at a pixel of the image: opacity is laid on white. */
function channelRule({ data, width, height }: Pixels, channels: number) {
  const own = data.length / (width * height);
  if (![1, 3, 4].includes(own)) {
    throw new RangeError(
      `${data.length} bytes for ${width}x${height} pixels; expected 1, 3 or 4 for each`,
    );
  }
  const shown = (pixel: number, channel: number): number => {
    if (own < 4) return data[pixel * own + channel];
    const opacity = data[pixel * 4 + 3] / WHITE;
    return data[pixel * 4 + channel] * opacity + WHITE * (1 - opacity);
  };
  if (own === 1) return (pixel: number) => data[pixel];
  if (channels === 3) return (pixel: number, channel: number) => Math.round(shown(pixel, channel));
  return (pixel: number) =>
    Math.round(LUMA.reduce((sum, share, channel) => sum + share * shown(pixel, channel), 0));
}

/** The image as the net takes it, f32 [1, channels, height, width], values from 0 to 255. */
function inputOf(
  image: Pixels,
  { input: [channels, height, width] }: BundleInfo,
  place: Place,
): Float32Array {
  const value = channelRule(image, channels);
  const { scale, offset } = place;
  const shrinks = scale.some((one) => Math.abs(one) > 1);
  const axis = (length: number, at: 0 | 1, size: number) =>
    Array.from({ length }, (_, k) =>
      sharesAt(k * scale[at] + offset[at], scale[at], size, shrinks),
    );
  const [columns, rows] = [axis(width, 0, image.width), axis(height, 1, image.height)];
  const values = new Float32Array(channels * height * width);
  let at = 0;
  for (let channel = 0; channel < channels; channel++) {
    for (const row of rows) {
      for (const column of columns) {
        let sum = 0;
        for (const [y, down] of row) {
          for (const [x, across] of column)
            sum += down * across * value(y * image.width + x, channel);
        }
        values[at++] = sum;
      }
    }
  }
  return values;
}

/** A net that predicts. */
export interface Predictor {
  readonly info: BundleInfo;
  /**
   * What an image shows, in the form that `convoy predict --json` prints; places are in its pixels.
   *
   * @throws RangeError for bytes that are no image.
   */
  predict(image: Pixels): Promise<BundlePrediction>;
}

/** Opens a net from its file's bytes. */
export async function openNet(
  runtime: Runtime,
  model: Uint8Array,
  info: BundleInfo,
): Promise<Predictor> {
  const session = await runtime.InferenceSession.create(model);
  const [channels, height, width] = info.input;
  return {
    info,
    async predict(image) {
      const place = placeOf(info.fit, image, width, height);
      const images = new runtime.Tensor("float32", inputOf(image, info, place), [
        1,
        channels,
        height,
        width,
      ]);
      const found = await session.run({ [session.inputNames[0]]: images } as never);
      const { data, dims } = (found as Record<string, Output>)[session.outputNames[0]];
      // Points are counted from the corner of the first pixel, places from its centre.
      const back = (x: number, y: number) =>
        [
          (x - 0.5) * place.scale[0] + place.offset[0] + 0.5,
          (y - 0.5) * place.scale[1] + place.offset[1] + 0.5,
        ] as const;
      return decode({ output: data, shape: dims.slice(1), info, back });
    },
  };
}

/** The bytes at an address, of a file too. */
async function bytesAt(address: URL): Promise<Uint8Array> {
  if (address.protocol === "file:") {
    const { readFile } = await import("node:fs/promises");
    return new Uint8Array(await readFile(address));
  }
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status} ${response.statusText}`);
  return new Uint8Array(await response.arrayBuffer());
}

/**
 * Opens the net of the folder that this file lies in.
 *
 * @param runtime onnxruntime-node, or in a page onnxruntime-web
 * @param folder where model.onnx and model.json are; default beside this file
 */
export async function open(
  runtime: Runtime,
  folder: URL | string = new URL(".", import.meta.url),
): Promise<Predictor> {
  const [model, json] = await Promise.all(
    ["model.onnx", "model.json"].map((name) => bytesAt(new URL(name, folder))),
  );
  return openNet(runtime, model, JSON.parse(new TextDecoder().decode(json)));
}
