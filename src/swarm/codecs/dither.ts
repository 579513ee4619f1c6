// Rounding at random that is right in the mean.

import { keyWords, philox } from "../../tensor/philox.js";
import { COMPRESSION } from "../random.js";
import type { MessageMoment } from "./codec.js";

/** The random numbers of one message, 16 bits for each of its numbers. */
export class Dither {
  private readonly shorts: Uint16Array;

  constructor({ seed, particle, epoch, step }: MessageMoment, length: number) {
    const blocks = Math.ceil(length / 8);
    const words = new Uint32Array(4 * blocks);
    const [k0, k1, c2, c3] = keyWords({ seed, purpose: "swarm", particle, epoch, step });
    for (let at = 0; at < blocks; at++) philox(at, COMPRESSION, c2, c3, k0, k1, words, 4 * at);
    this.shorts = new Uint16Array(words.buffer);
  }

  /**
   * One of the two whole numbers around `value`, from 0 on, with the probabilities that make the mean
   * right to within 1/131,072. A whole number stays as it is.
   */
  round(value: number, index: number): number {
    const below = Math.floor(value);
    return (this.shorts[index] + 0.5) / 65536 < value - below ? below + 1 : below;
  }
}
