// What becomes of a gradient on its way to the other learners: a vector goes in, bytes come out, and
// the same bytes give everybody the same vector. How many bytes is measured, never worked out.

import type { z } from "zod";
import type { ParamLayout } from "../../graph/index.js";

/** Vectors that a learner keeps from message to message, by name; zeros at the start. */
export type Memory = Readonly<Record<string, Float32Array>>;

/** Which message it is: with the seed it fixes every random number. Epochs and steps count from 0. */
export interface MessageMoment {
  readonly seed: number;
  readonly particle: number;
  readonly epoch: number;
  readonly step: number;
  /** Learners that send one. */
  readonly particles: number;
}

/** A way to write gradients of one layout; all learners of a swarm have the same one. */
export interface Compressor {
  /** Names the scheme in the message. */
  readonly name: string;
  /** Lengths of the vectors that {@link encode} remembers, by name. */
  readonly memory: Readonly<Record<string, number>>;
  /**
   * The message for a gradient [layout.trainable].
   *
   * @param memory changed in place; as it was when this throws
   * @throws NotFiniteError for a number that is not finite, or would not be in the message.
   */
  encode(gradient: Float32Array, memory: Memory, moment: MessageMoment): Uint8Array;
  /**
   * The vector [layout.trainable] that a message stands for.
   *
   * @param source names the message in errors
   * @throws FormatError for a message that is damaged, of another scheme or of another net.
   */
  decode(message: Uint8Array, source?: string): Float32Array;
}

/** Settings that were checked; waits for the net whose gradients it is to write. */
export type OpenCompressor = (layout: ParamLayout) => Compressor;

/** A kind of compressor: a new one is a file with such a record, its test and one line in the index. */
export interface CompressorKind {
  readonly name: string;
  /** Authors, year, arXiv id. */
  readonly source: string;
  /** Schema of its settings; each description is a line of help. */
  readonly settings: z.ZodObject;
  /**
   * Whether what a message leaves out is added to the next gradient (error feedback) unless a user
   * says otherwise; `own` when the method has a memory of its own instead.
   */
  readonly feedback: boolean | "own";
  /** The only optimizer that it goes with, when the method does part of an optimizer's work. */
  readonly optimizer?: string;
  /** Throws an `InputError` for settings that cannot be. */
  make(settings?: object): OpenCompressor;
}

/** A gradient that cannot be sent. */
export class NotFiniteError extends Error {
  override readonly name = "NotFiniteError";
}

/** Fresh memory for one learner. */
export const emptyMemory = ({ memory }: Compressor): Memory =>
  Object.fromEntries(
    Object.entries(memory).map(([name, length]) => [name, new Float32Array(length)]),
  );
