// One row for each net of a swarm.

import type { MetricInfo } from "../tasks/index.js";
import type { ParticleStatus } from "../train/index.js";
import { metricText, metricTitle } from "./metricText.js";

const number = (value: number, digits: number) =>
  Number.isFinite(value) ? value.toPrecision(digits) : "-";

/** `  net 0  lr 0.0300  loss 0.1234  accuracy 96.20 %  selection 97.10 %  moved 1.23`. */
export function particleRow(
  status: ParticleStatus,
  decides: MetricInfo,
  trained: MetricInfo | undefined,
): string {
  const { particle, lr, loss, metrics, score, move, healthy, restored } = status;
  const parts = [
    `  net ${particle}`,
    `lr ${number(lr, 3).padEnd(8)}`,
    `loss ${Number.isFinite(loss) ? loss.toFixed(4) : "-"}`,
    trained ? `${metricTitle(trained.name)} ${metricText(trained, metrics[trained.name])}` : "",
    score === undefined ? "" : `selection ${metricText(decides, score)}`,
    move > 0 ? `moved ${number(move, 3)}` : "",
    healthy ? "" : "diverged",
    restored > 0 ? `restored ${restored}x` : "",
  ];
  return parts.filter((part) => part !== "").join("  ");
}
