// The registered changes of nets, and nets' changes out of what is kept of them.

import { z } from "zod";
import { InputError } from "../../inputError.js";
import type { NetPass } from "../../nn/index.js";
import type { HostTensor } from "../../tensor/host.js";
import type { FirstBatch } from "../startQuantisers.js";
import { channelsPass } from "./channels.js";
import { fullConvPass } from "./fullConv.js";
import { gatesPass } from "./gates.js";
import { harmonicPass } from "./harmonic.js";
import { integersPass } from "./integers.js";
import { lowRankPass } from "./lowRank.js";
import { masksPass } from "./masks.js";
import type { FirstWeights, PassKind } from "./pass.js";
import { quantisePass } from "./quantise.js";
import { scoresPass } from "./scores.js";
import { sharePass } from "./share.js";
import { vonMisesPass } from "./vonMises.js";

const kinds = [
  channelsPass,
  fullConvPass,
  gatesPass,
  harmonicPass,
  integersPass,
  lowRankPass,
  masksPass,
  quantisePass,
  scoresPass,
  sharePass,
  vonMisesPass,
] as const;

/** Every kind. */
export const passKinds = kinds as unknown as readonly PassKind[];

type RecordSchema = (typeof kinds)[number]["record"];

/** What is kept of a pass: the name of its kind as `pass`, and its settings. */
export type PassRecord = z.output<RecordSchema>;

const names = kinds.map(({ name }) => name);

/** The schema of a net's passes. */
export const passRecords = z
  .array(
    z.discriminatedUnion(
      "pass",
      kinds.map(({ record }) => record) as unknown as readonly [RecordSchema, ...RecordSchema[]],
      { error: `expected one of the passes ${names.join(", ")}` },
    ),
  )
  .readonly();

const kindOf = ({ pass }: PassRecord): PassKind => passKinds.find(({ name }) => name === pass)!;

/** The pass that a record is of. */
export function netPass(record: PassRecord): NetPass {
  const { pass: _, ...settings } = record;
  return kindOf(record).make(settings);
}

/** What is wrong with a file's tensors for a net after passes, in words; `undefined` where nothing is. */
export function faultOf(
  passes: readonly PassRecord[] = [],
  tensors: ReadonlyMap<string, HostTensor>,
): string | undefined {
  for (const record of passes) {
    const { pass, ...settings } = record;
    const fault = kindOf(record).fault?.(settings, tensors);
    if (fault !== undefined) return `pass ${pass}: ${fault}`;
  }
  return undefined;
}

/** Whether weights may count as other numbers than those that training moves. */
export const hideWeights = (passes: readonly PassRecord[] = []): boolean =>
  passes.some((record) => kindOf(record).hides);

/**
 * Refuses to change weights that are something else than what layers multiply.
 *
 * @param source of the net, for messages
 * @throws InputError naming what they are
 */
export function refuseOtherWeights(
  passes: readonly PassRecord[] = [],
  source: string,
  what: string,
): void {
  const found = passes.find((record) => kindOf(record).weightsAre !== undefined);
  if (!found) return;
  throw new InputError(
    `${what}: weights of ${source} are ${kindOf(found).weightsAre} (pass ${found.pass}); expected those of the net before it`,
  );
}

/** Sets what parameters of passes start as; a batch for the net with the passes before is asked for where that takes one. */
export async function startPasses(
  passes: readonly PassRecord[] = [],
  batch: (before: readonly NetPass[]) => Promise<FirstBatch>,
  weights: FirstWeights,
): Promise<void> {
  for (const [at, record] of passes.entries()) {
    const { pass: _, ...settings } = record;
    const { start } = kindOf(record);
    const before = () => batch(passes.slice(0, at).map(netPass));
    if (start) await start(settings, await before(), weights);
  }
}

/**
 * Refuses a net with passes that leave no numbers to be changed.
 *
 * @param source of the net, for messages
 * @throws InputError naming the net that it was made of.
 */
export function refuseFixed(
  passes: readonly PassRecord[] = [],
  source: string,
  wanted: "trained" | "compressed",
): void {
  const fixed = passes.find((record) => !kindOf(record).trains);
  if (!fixed) return;
  const before = "of" in fixed ? `: it is in ${fixed.of}` : "";
  throw new InputError(
    `${source} holds a net after pass ${fixed.pass}, which cannot be ${wanted}; expected the net before${before}`,
  );
}
