// What compressions ask of a run, and what they say of its score.

import { refuseFixed } from "../../compress/passes/index.js";
import { InputError } from "../../inputError.js";
import { type MetricValues, merit } from "../../tasks/index.js";
import type { Trained } from "../trained.js";

/** Refuses what is no single net in f32. */
export function expectFloat({ info }: Trained, run: string): void {
  refuseFixed(info.passes, run, "compressed");
  if (info.members === undefined) return;
  throw new InputError(
    `${run} holds an ensemble of ${info.members} nets; expected one net: train with --deploy best, or have the ensemble teach ` +
      "one net (--teacher)",
  );
}

/** What a score lost, in points of a share. */
export function lossOf(
  { score, task }: Trained,
  before: MetricValues,
  after: MetricValues,
): number {
  const unit = task.metrics.find(({ name }) => name === score.metric)?.unit;
  const [was, is] = [before, after].map((metrics) => merit(score, metrics[score.metric]));
  return (was - is) * (unit === "share" ? 100 : 1);
}
