// The setting that prunes single weights while a net learns: masks that are made anew every few steps, of a share that rises
// fast at first and slowly at last (Zhu and Gupta 2017, "To prune, or not to prune", arXiv 1710.01878). Weights behind masks
// stay as they are, and may come back.

import { maskName, quantisableLayers, scoreName } from "../compress/index.js";
import type { PassRecord } from "../compress/passes/index.js";
import type { Vector } from "../engine/engine.js";
import type { Param, ParamLayout } from "../graph/index.js";
import { InputError } from "../inputError.js";
import type { BuiltNet } from "../nn/index.js";
import { sizeOf } from "../tensor/shape.js";
import { byName } from "../text/words.js";

/** A way to say how much each weight counts. */
interface Way {
  readonly name: string;
  readonly source: string;
  /** Whether weights have scores of their own, which training moves; else their size counts. */
  readonly scored: boolean;
}

/** Ways to prune while a net learns. */
export const sparseWays: readonly Way[] = [
  { name: "magnitude", source: "Zhu and Gupta 2017, arXiv 1710.01878", scored: false },
  { name: "movement", source: "Sanh, Wolf and Rush 2020, arXiv 2005.07683", scored: true },
];

/** What a setting asks for. */
export interface SparseRequest {
  readonly by: Way;
  /** Of every layer's weights that are gone in the end. */
  readonly share: number;
}

/** A decimal number of a setting; NaN for what is none. */
export const decimalOf = (text = ""): number =>
  /^\d*\.?\d+(?:e-?\d{1,3})?$/i.test(text) ? Number(text) : Number.NaN;

/**
 * What the setting asks for, `<way>=<share>`.
 *
 * @throws InputError for another form, an unknown way, and a share that is none.
 */
export function parseSparse(text: string): SparseRequest {
  const [, name, share] = /^([a-z-]+)=(.*)$/i.exec(text) ?? [];
  if (name === undefined || Number.isNaN(decimalOf(share))) {
    throw new InputError(
      `setting prune is "${text}": expected a way and a share, as magnitude=0.9; ways: ${sparseWays.map((way) => way.name).join(", ")}, and l0=1 for channels`,
    );
  }
  const by = byName("way of prune", name, sparseWays);
  if (decimalOf(share) > 0 && decimalOf(share) < 1) return { by, share: decimalOf(share) };
  throw new InputError(
    `setting prune is "${text}": expected a share above 0 and below 1, found ${share}`,
  );
}

/** How many of so many weights go. One stays. */
const goneOf = (share: number, count: number) => Math.min(Math.round(share * count), count - 1);

/** The passes that a request needs of a net as it is built. */
export function sparsePasses(net: BuiltNet, { by, share }: SparseRequest): readonly PassRecord[] {
  const names = [...new Set(quantisableLayers(net).map(({ weights }) => weights))];
  const shapes = new Map(net.layout.params.map(({ name, shape }) => [name, shape]));
  const most = Math.max(0, ...names.map((name) => sizeOf(shapes.get(name)!)));
  if (goneOf(share, most) === 0) {
    throw new InputError(
      `setting prune is ${by.name}=${share}: of ${most} weights, the most of a layer, none goes; expected a larger share`,
    );
  }
  const masks = Object.fromEntries(names.map((name) => [name, [...shapes.get(name)!]]));
  const scores: PassRecord[] = by.scored ? [{ pass: "scores", of: names }] : [];
  return [{ pass: "masks", masks }, ...scores];
}

/** Parts of all steps in which pruning begins and ends; what is left is then trained as it is. */
const [BEGIN, END] = [0.1, 0.7];
/** Most steps between two masks, and fewest masks that are made in between. */
const [APART, TIMES] = [100, 20];

/** When masks are made, and with which share. */
export class SparseSchedule {
  private readonly begin: number;
  /** The step before which the last masks are made. */
  readonly end: number;
  private readonly apart: number;

  /** @param steps of the whole training */
  constructor(
    private readonly share: number,
    steps: number,
  ) {
    this.begin = Math.floor(BEGIN * steps);
    this.end = Math.floor(END * steps);
    this.apart = Math.max(1, Math.min(APART, Math.floor((this.end - this.begin) / TIMES)));
  }

  /** Whether masks are made before a step, counted from 0. */
  due(step: number): boolean {
    const at = step - this.begin;
    return step === this.end || (at >= 0 && step < this.end && at % this.apart === 0);
  }

  /** The share that is gone at a step. */
  shareAt(step: number): number {
    if (step >= this.end) return this.share;
    const left = 1 - (step - this.begin) / Math.max(1, this.end - this.begin);
    return this.share * (1 - Math.max(0, Math.min(1, left)) ** 3);
  }
}

const slice = (w: Float32Array, { offset, shape }: Param) =>
  w.subarray(offset, offset + sizeOf(shape));

/** Makes the mask of a share of some numbers, those that count least; of equal ones the first. One stays. */
function remask(mask: Float32Array, counts: Float32Array, share: number): void {
  const gone = goneOf(share, counts.length);
  mask.fill(1);
  if (gone === 0) return;
  const limit = counts.slice().sort()[gone - 1];
  let equal = gone;
  for (const [at, count] of counts.entries()) {
    if (count >= limit) continue;
    mask[at] = 0;
    equal--;
  }
  for (let at = 0; equal > 0; at++) {
    if (counts[at] !== limit) continue;
    mask[at] = 0;
    equal--;
  }
}

/** Renews the masks of a net in training. */
export class Sparsity {
  readonly schedule: SparseSchedule;
  private readonly layers: readonly {
    readonly mask: Param;
    readonly counts: Param;
    readonly scored: boolean;
  }[];

  constructor({ by, share }: SparseRequest, layout: ParamLayout, steps: number) {
    this.schedule = new SparseSchedule(share, steps);
    const params = new Map(layout.params.map((param) => [param.name, param]));
    this.layers = layout.params.flatMap((weights) => {
      const mask = params.get(maskName(weights.name));
      const counts = by.scored ? params.get(scoreName(weights.name)) : weights;
      return mask && counts ? [{ mask, counts, scored: by.scored }] : [];
    });
  }

  /** Sets all masks to those of a step. */
  async renew(w: Vector, step: number): Promise<void> {
    const values = await w.read();
    for (const { mask, counts, scored } of this.layers) {
      const numbers = slice(values, counts);
      remask(
        slice(values, mask),
        scored ? numbers : numbers.map(Math.abs),
        this.schedule.shareAt(step),
      );
    }
    await w.write(values);
  }
}
