// Weights that each learner of a swarm updates a part of: every part goes to everybody else behind each
// step, so that all hold all of them again (ZeRO, stage 1: Rajbhandari et al. 2019, arXiv 1910.02054).
//
// A message is, little-endian: the first element of the part and their number, u32 each; the elements, f32
// as they are, finite or not, so that all learners see the same; CRC-32 of everything before, u32.

import type { Vector } from "../engine/engine.js";
import type { OwnSlice, Slice } from "../optim/index.js";
import { crc32 } from "../tensor/crc32.js";
import { FormatError } from "../tensor/formatError.js";
import type { Exchange, Messages } from "./exchange/exchange.js";

const HEADER = 8;
const CHECK = 4;

/** The message of a part. */
export function writePart({ from }: Slice, values: Float32Array): Uint8Array {
  const message = new Uint8Array(HEADER + values.byteLength + CHECK);
  const view = new DataView(message.buffer);
  view.setUint32(0, from, true);
  view.setUint32(4, values.length, true);
  message.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), HEADER);
  const end = message.length - CHECK;
  view.setUint32(end, crc32(message.subarray(0, end)), true);
  return message;
}

/**
 * The elements of a part.
 *
 * @throws FormatError for a message that is damaged or of another part.
 */
export function readPart({ from, layout }: Slice, message: Uint8Array, source: string) {
  const { trainable } = layout;
  const end = HEADER + 4 * trainable;
  if (message.length !== end + CHECK) {
    throw new FormatError(
      source,
      message.length,
      `expected ${trainable} weights in ${end + CHECK} bytes, found ${message.length} bytes`,
    );
  }
  const view = new DataView(message.buffer, message.byteOffset, message.length);
  if (view.getUint32(end, true) !== crc32(message.subarray(0, end))) {
    throw new FormatError(source, end, "the checksum does not match: the message is damaged");
  }
  const found = [view.getUint32(0, true), view.getUint32(4, true)];
  if (found[0] !== from || found[1] !== trainable) {
    throw new FormatError(
      source,
      0,
      `expected weights [${from}, ${from + trainable}), found ${found[1]} from ${found[0]} on`,
    );
  }
  return new Float32Array(message.slice(HEADER, end).buffer);
}

/** Joins the parts of a swarm's weights. */
export class SharedWeights {
  private readonly found = new WeakMap<Messages, Float32Array>();

  /** @param parts of the net, by particle; together all of its trainable numbers, in order. */
  constructor(
    private readonly parts: readonly Slice[],
    private readonly exchange: Exchange,
  ) {}

  /** The part that a particle updates. */
  part(particle: number): OwnSlice {
    const part = this.parts[particle];
    return {
      ...part,
      complete: async (w: Vector) => {
        const own = await w.read(part.from, part.from + part.layout.trainable);
        await w.write(this.join(await this.exchange.gather(particle, writePart(part, own))));
      },
    };
  }

  /** All parts in a row, put together once for everybody. */
  private join(messages: Messages): Float32Array {
    const known = this.found.get(messages);
    if (known) return known;
    const whole = new Float32Array(this.parts[0].net.trainable);
    for (const [particle, part] of this.parts.entries()) {
      const source = `weights of particle ${particle}`;
      whole.set(readPart(part, messages[particle] ?? new Uint8Array(0), source), part.from);
    }
    this.found.set(messages, whole);
    return whole;
  }
}
