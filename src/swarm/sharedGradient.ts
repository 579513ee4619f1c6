// One gradient for all learners of a swarm: each writes its own, everybody reads all of them, and the
// mean takes the place of the own one before any optimizer sees it (synchronous SGD).

import type { ParamLayout } from "../graph/index.js";
import type { Evaluated, Moment, Objective } from "../optim/index.js";
import { type Compressor, emptyMemory, type Memory, NotFiniteError } from "./codecs/index.js";
import { deadlineIn, type Exchange, type Messages } from "./exchange/exchange.js";

/** What a learner has of a step before it hears of the others. */
interface Own {
  readonly loss: number;
  readonly gradient: Float32Array;
}

/** What all have of it together. */
interface Shared {
  /** Mean over the learners that are present; NaN when there are none. */
  readonly loss: number;
  readonly gradient: Float32Array;
}

/** Bytes of the loss, f64, which goes before the gradient. */
export const LOSS = 8;

function withLoss(loss: number, message: Uint8Array): Uint8Array {
  const whole = new Uint8Array(LOSS + message.length);
  new DataView(whole.buffer).setFloat64(0, loss, true);
  whole.set(message, LOSS);
  return whole;
}

const lossOf = (whole: Uint8Array) =>
  new DataView(whole.buffer, whole.byteOffset, LOSS).getFloat64(0, true);

/** What {@link SharedGradient} is made of. */
export interface SharedGradientParts {
  readonly layout: ParamLayout;
  readonly compressor: Compressor;
  readonly exchange: Exchange;
  readonly seed: number;
  /** Milliseconds that a step waits for particles of other processes; default without end. */
  readonly wait?: number;
}

/** Makes one gradient of those of a swarm. */
export class SharedGradient {
  private readonly found = new WeakMap<Messages, Shared>();
  private absent: readonly number[] = [];

  constructor(private readonly parts: SharedGradientParts) {}

  /** Particles that had nothing finite to send to the last step. */
  get lastAbsent(): readonly number[] {
    return this.absent;
  }

  /** What a learner remembers of its messages, at the start. */
  memory(): Memory {
    return emptyMemory(this.parts.compressor);
  }

  /** The objective that all learners have in common, seen from one of them. */
  objective(own: Objective, particle: number, memory: Memory): Objective {
    return {
      layout: own.layout,
      collective: true,
      evaluate: async (w, batch, { grad }, moment): Promise<Evaluated> => {
        const { loss, tallies } = await own.evaluate(w, batch, { grad }, moment);
        const gradient = await grad.read();
        const message = this.write({ loss, gradient }, memory, { ...moment, particle });
        const { exchange, wait } = this.parts;
        const shared = this.read(await exchange.gather(particle, message, deadlineIn(wait)));
        await grad.write(shared.gradient);
        return { loss: shared.loss, tallies };
      },
    };
  }

  /** A learner whose numbers are not finite says nothing, and its memory stays as it was. */
  private write(
    { loss, gradient }: Own,
    memory: Memory,
    moment: Moment & { readonly particle: number },
  ): Uint8Array | undefined {
    if (!Number.isFinite(loss)) return undefined;
    const { compressor, seed, exchange } = this.parts;
    const { particles } = exchange;
    try {
      return withLoss(loss, compressor.encode(gradient, memory, { ...moment, seed, particles }));
    } catch (error) {
      if (error instanceof NotFiniteError) return undefined;
      throw error;
    }
  }

  /** The mean over those that are present: worked out once, in the order of the particles. */
  private read(messages: Messages): Shared {
    const known = this.found.get(messages);
    if (known) return known;
    const { compressor, layout } = this.parts;
    const sum = new Float64Array(layout.trainable);
    const present = messages.flatMap((message, particle) =>
      message ? [{ message, particle }] : [],
    );
    let loss = 0;
    for (const { message, particle } of present) {
      const values = compressor.decode(message.subarray(LOSS), `message of particle ${particle}`);
      for (let at = 0; at < sum.length; at++) sum[at] += values[at];
      loss += lossOf(message);
    }
    const share = present.length === 0 ? Number.NaN : 1 / present.length;
    const gradient = new Float32Array(sum.length);
    for (let at = 0; at < sum.length; at++) gradient[at] = sum[at] * share;
    const shared = { loss: loss * share, gradient };
    this.absent = [...messages.keys()].filter((particle) => !messages[particle]);
    this.found.set(messages, shared);
    return shared;
  }
}
