// One row for each net of a swarm.

import { percent } from "../text/format.js";
import type { ParticleStatus } from "../train/index.js";

const number = (value: number, digits: number) =>
  Number.isFinite(value) ? value.toPrecision(digits) : "-";

/** `  net 1  lr 0.0300  loss 0.1234  accuracy 96.20 %  selection 97.10 %  moved 1.23`. */
export function particleRow(status: ParticleStatus): string {
  const { particle, lr, loss, accuracy, score, move, healthy, restored } = status;
  const parts = [
    `  net ${particle + 1}`,
    `lr ${number(lr, 3).padEnd(8)}`,
    `loss ${Number.isFinite(loss) ? loss.toFixed(4) : "-"}`,
    `accuracy ${Number.isFinite(accuracy) ? percent(accuracy) : "-"}`,
    score === undefined ? "" : `selection ${percent(score)}`,
    move > 0 ? `moved ${number(move, 3)}` : "",
    healthy ? "" : "diverged",
    restored > 0 ? `restored ${restored}x` : "",
  ];
  return parts.filter((part) => part !== "").join("  ");
}
