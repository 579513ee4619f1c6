// Images from arrays: bytes, whole numbers or fractions; channels last or first.

import { InputError } from "../../inputError.js";
import type { HostTensor } from "../../tensor/host.js";
import { formatShape } from "../../tensor/shape.js";

/** More channels than this are no channels. */
const MOST_CHANNELS = 16;

/** Images of one size, u8 [length, height, width, channels]. */
export interface StoredImages {
  readonly length: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly images: Uint8Array;
}

/**
 * [n, h, w] or [n, h, w, c] as bytes; channels-first is brought to channels-last.
 *
 * @throws InputError for another shape, volumes among them, and for numbers that are no bytes and no fractions.
 */
export function toImages(tensor: HostTensor, source: string): StoredImages {
  const { shape } = tensor;
  const first = shape.length === 4 && shape[3] > 4 && shape[1] >= 1 && shape[1] <= 4;
  const [length, height, width, channels = 1] = first
    ? [shape[0], shape[2], shape[3], shape[1]]
    : shape;
  if (shape.length < 3 || shape.length > 4 || tensor.data.length === 0) {
    throw new InputError(
      `${source} has shape ${formatShape(shape)}; expected [n, height, width] or ` +
        "[n, height, width, channels], with images in it",
    );
  }
  if (channels > MOST_CHANNELS) {
    throw new InputError(
      `${source} has shape ${formatShape(shape)}, which are volumes or ${channels} channels; expected images of ` +
        `${MOST_CHANNELS} channels at most: take slices of the volumes`,
    );
  }
  const bytes = toBytes(tensor, source);
  const images = first ? channelsLast(bytes, length, channels, height * width) : bytes;
  return { length, height, width, channels, images };
}

/** Bytes as they are; whole numbers up to 255 alike; fractions from 0 to 1 times 255. */
function toBytes({ data, shape }: HostTensor, source: string): Uint8Array {
  if (data instanceof Uint8Array) return data;
  let largest = 0;
  let fractions = false;
  const stride = data.length / shape[0];
  for (let at = 0; at < data.length; at++) {
    const value = data[at];
    if (!(value >= 0 && value <= 255)) {
      throw new InputError(
        `${source}: record ${Math.floor(at / stride)} (element ${at}) is ${value}; ` +
          "expected bytes 0 to 255 or fractions 0 to 1",
      );
    }
    largest = Math.max(largest, value);
    fractions ||= !Number.isInteger(value);
  }
  if (fractions && largest > 1) {
    throw new InputError(
      `${source} has fractions and numbers up to ${largest}; expected bytes 0 to 255 or fractions 0 to 1`,
    );
  }
  const factor = data instanceof Float32Array && largest <= 1 ? 255 : 1;
  return Uint8Array.from(data, (value) => Math.round(value * factor));
}

function channelsLast(from: Uint8Array, count: number, channels: number, pixels: number) {
  const to = new Uint8Array(from.length);
  for (let n = 0; n < count; n++) {
    for (let channel = 0; channel < channels; channel++) {
      for (let pixel = 0; pixel < pixels; pixel++) {
        to[(n * pixels + pixel) * channels + channel] =
          from[(n * channels + channel) * pixels + pixel];
      }
    }
  }
  return to;
}
