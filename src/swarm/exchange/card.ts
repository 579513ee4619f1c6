// What a swarm is, for whoever comes to it: its card. Anyone may put it first; the others compare theirs with it.

import { createHash } from "node:crypto";
import { z } from "zod";
import type { Param, ParamLayout } from "../../graph/index.js";
import { InputError } from "../../inputError.js";
import { formatShape } from "../../tensor/shape.js";
import { decodeJson, encodeJson } from "./wire.js";

/** Most bytes of a card. */
export const MOST_CARD = 4 * 1024 * 1024;

/** Of the card and of all that travels. */
export const FORMAT = 1;

const tensor = z.strictObject({
  name: z.string(),
  shape: z.array(z.int().min(0)).readonly(),
  kind: z.string(),
  rate: z.number().optional(),
});

const card = z.strictObject({
  format: z.literal(FORMAT),
  /** Settings of the run as they were given, without places of this machine. */
  settings: z.record(z.string(), z.unknown()),
  model: z.string(),
  coupling: z.string(),
  particles: z.int().min(1).max(100_000),
  seed: z.number(),
  /** Path or name of the data where the card was put; it may lie elsewhere for others. */
  source: z.string(),
  /** Hash of the data. */
  data: z.string(),
  /** Number of the folder of runs, which all processes see. */
  runs: z.string(),
  layout: z.strictObject({ hash: z.string().regex(/^[0-9a-f]{64}$/), tensors: z.array(tensor) }),
});

/** A swarm's card. */
export type Card = z.output<typeof card>;

/** What of a parameter tells nets apart. */
const tensorOf = ({ name, shape, kind, rate }: Param): z.output<typeof tensor> => ({
  name,
  shape: [...shape],
  kind,
  ...(rate !== undefined && { rate }),
});

/** Tensors of a layout as a card has them. */
export const tensorsOf = ({ params }: ParamLayout) => params.map(tensorOf);

/**
 * A number for a layout, 64 hexadecimal digits: two nets whose layouts have the same one may exchange vectors.
 *
 * @example
 * const layout = layoutOf([{ name: "weight", shape: [2], kind: "weight" }]);
 * layoutHash(layout).length; // 64
 */
export const layoutHash = (layout: ParamLayout): string =>
  createHash("sha256")
    .update(JSON.stringify(tensorsOf(layout)))
    .digest("hex");

const shown = (found: z.output<typeof tensor> | undefined) =>
  found ? `${JSON.stringify(found.name)} ${formatShape(found.shape)} (${found.kind})` : "none";

/** The first tensor in which two layouts differ, in words; `undefined` when they are the same. */
export function firstDifference(
  own: Card["layout"]["tensors"],
  other: typeof own,
): string | undefined {
  const most = Math.max(own.length, other.length);
  for (let at = 0; at < most; at++) {
    if (JSON.stringify(own[at]) === JSON.stringify(other[at])) continue;
    return `tensor ${at} is ${shown(own[at])} here and ${shown(other[at])} there`;
  }
  return undefined;
}

export const encodeCard = (value: Card): Uint8Array => encodeJson(value);

/** @throws FormatError for what is no card of this format. */
export const decodeCard = (bytes: Uint8Array, source: string): Card =>
  decodeJson(bytes, { schema: card, source, most: MOST_CARD });

/**
 * Refuses to take part in a swarm that is another one.
 *
 * @param source where the card lies, for messages
 * @throws InputError naming what differs.
 */
export function expectSameSwarm(own: Card, found: Card, source: string): void {
  if (own.layout.hash !== found.layout.hash) {
    const difference = firstDifference(own.layout.tensors, found.layout.tensors);
    throw new InputError(
      `${source}: its swarm trains another net (layout ${found.layout.hash.slice(0, 12)}, here ` +
        `${own.layout.hash.slice(0, 12)}): ${difference ?? "its tensors are in another order"}`,
    );
  }
  for (const name of ["model", "coupling", "particles", "seed", "data"] as const) {
    if (own[name] === found[name]) continue;
    throw new InputError(
      `${source}: its swarm has ${name} ${JSON.stringify(found[name])}, here it is ${JSON.stringify(own[name])}; ` +
        "use the same settings and data, or another place",
    );
  }
  expectSameSettings(own.settings, found.settings, source);
  expectSameRuns(own.runs, found, source);
}

/**
 * Refuses a swarm whose particles have their runs elsewhere, as one of the same name that was trained before.
 *
 * @param runs number of the folder that this process knows
 * @param source where the card lies, for messages
 * @throws InputError saying so.
 */
export function expectSameRuns(runs: string, found: Card, source: string): void {
  if (runs === found.runs) return;
  throw new InputError(
    `${source}: the runs of its swarm lie in another folder, or were deleted; all its processes name the same one, ` +
      "and a new swarm needs a new place",
  );
}

/**
 * Refuses settings that are not those of a swarm; to be asked before data are opened.
 *
 * @param source where the card lies, for messages
 * @throws InputError naming the first setting that differs.
 */
export function expectSameSettings(
  own: Card["settings"],
  found: Card["settings"],
  source: string,
): void {
  const names = new Set([...Object.keys(own), ...Object.keys(found)]);
  for (const name of names) {
    const [here, there] = [own[name], found[name]].map((value) => JSON.stringify(value));
    if (here === there) continue;
    throw new InputError(
      `${source}: its swarm has setting ${name} ${there ?? "not set"}, here it is ${here ?? "not set"}`,
    );
  }
}
