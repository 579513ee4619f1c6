// One row for each net of a swarm.

import { lossText, type MetricInfo, metricText, metricTitle } from "../tasks/index.js";
import type { ParticleStatus, Rescue } from "../train/index.js";
import type { Part } from "./lineParts.js";

const number = (value: number, digits: number) =>
  Number.isFinite(value) ? value.toPrecision(digits) : "-";

/** `  net 0  lr 0.0300    loss 0.1234  accuracy 96.20 %  selection 97.10 %  moved 1.23`, in parts. */
export function particleRow(
  status: ParticleStatus,
  decides: MetricInfo,
  trained: MetricInfo | undefined,
): Part[] {
  const { particle, lr, loss, metrics, score, move, healthy, restored } = status;
  const metric = trained && metricText(trained, metrics[trained.name]);
  return [
    { text: `  net ${particle}` },
    { text: `lr ${number(lr, 3).padEnd(8)}` },
    { text: `loss ${lossText(loss)}`, rank: 2 },
    { text: trained ? `${metricTitle(trained.name)} ${metric}` : "", rank: 1 },
    { text: score === undefined ? "" : `selection ${metricText(decides, score)}` },
    { text: move > 0 ? `moved ${number(move, 3)}` : "", rank: 3 },
    { text: healthy ? "" : "diverged" },
    { text: restored > 0 ? `restored ${restored}x` : "" },
  ];
}

/** `  net 0 is behind (loss 2.306, net 3 has 0.481, one answer for all 2.303): takes its place, at 0.5 of its own learning rate`. */
export function rescueLine(
  { particle, from, loss, fromLoss, rateFactor }: Rescue,
  constantLoss = Number.NaN,
): string {
  const slower = rateFactor < 1 ? `, at ${rateFactor} of its own learning rate` : "";
  // One that diverged in the first step of all has no loss.
  const own = Number.isFinite(loss) ? `loss ${number(loss, 4)}` : "diverged";
  return (
    `  net ${particle} is behind (${own}, net ${from} has ${number(fromLoss, 4)}, ` +
    `one answer for all ${number(constantLoss, 4)}): takes its place${slower}`
  );
}
