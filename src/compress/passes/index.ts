// The registered changes of nets, and nets' changes out of what is kept of them.

import { z } from "zod";
import { InputError } from "../../inputError.js";
import type { NetPass } from "../../nn/index.js";
import type { FirstBatch } from "../startQuantisers.js";
import { integersPass } from "./integers.js";
import type { FirstWeights, PassKind } from "./pass.js";
import { quantisePass } from "./quantise.js";

const kinds = [integersPass, quantisePass] as const;

/** What is kept of a pass: the name of its kind as `pass`, and its settings. */
export type PassRecord = z.output<(typeof kinds)[number]["record"]>;

const names = kinds.map(({ name }) => name);

/** The schema of a net's passes. */
export const passRecords = z
  .array(
    z.discriminatedUnion(
      "pass",
      kinds.map(({ record }) => record) as unknown as readonly [(typeof kinds)[number]["record"]],
      { error: `expected one of the passes ${names.join(", ")}` },
    ),
  )
  .readonly();

const kindOf = ({ pass }: PassRecord): PassKind =>
  kinds.find(({ name }) => name === pass) as unknown as PassKind;

/** The pass that a record is of. */
export function netPass(record: PassRecord): NetPass {
  const { pass: _, ...settings } = record;
  return kindOf(record).make(settings);
}

/** Sets what parameters of passes start as; `batch` is asked for where that takes one. */
export async function startPasses(
  passes: readonly PassRecord[] = [],
  batch: () => Promise<FirstBatch>,
  weights: FirstWeights,
): Promise<void> {
  for (const record of passes) {
    const { pass: _, ...settings } = record;
    const { start } = kindOf(record);
    if (start) await start(settings, await batch(), weights);
  }
}

/**
 * Refuses a net with passes that keep it from being trained.
 *
 * @param source of the net, for messages
 * @throws InputError naming the net that it was made of.
 */
export function expectTrainable(passes: readonly PassRecord[] = [], source: string): void {
  const fixed = passes.find((record) => !kindOf(record).trains);
  if (!fixed || !("of" in fixed)) return;
  throw new InputError(
    `${source} holds a net after pass ${fixed.pass}, which cannot be trained; expected the net before: it is in ${fixed.of}`,
  );
}
