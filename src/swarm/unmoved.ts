// Whether a coupling comes to move anything in the training that is planned.

import { counted } from "../text/format.js";
import type { Coupling } from "./coupling.js";

/** The training that is planned. */
interface Planned {
  readonly epochs: number;
  /** Steps after which it stops, if that is earlier. */
  readonly steps?: number;
  readonly stepsPerEpoch: number;
}

/**
 * What to say of a swarm whose coupling moves no particle in the training that is planned; `undefined` of any other, and
 * of one particle alone. A round between epochs is left out behind the last one.
 *
 * @example
 * unmoved(pso(), 4, { epochs: 2, stepsPerEpoch: 100 }); // undefined
 * unmoved(pso(), 4, { epochs: 1, stepsPerEpoch: 100 })?.slice(0, 40); // "coupling pso moves no particle in 1 epoc"
 */
export function unmoved(
  { name, every, movesFrom = 0 }: Coupling,
  particles: number,
  { epochs, steps = Number.POSITIVE_INFINITY, stepsPerEpoch }: Planned,
): string | undefined {
  if (particles === 1 || movesFrom === Number.POSITIVE_INFINITY) return undefined;
  const all = Math.min(epochs * stepsPerEpoch, steps);
  const ofEpochs = every === "epoch";
  const rounds = ofEpochs ? Math.ceil(all / stepsPerEpoch) - 1 : Math.floor(all / every);
  if (rounds > movesFrom) return undefined;
  const planned = all < epochs * stepsPerEpoch ? counted(all, "step") : counted(epochs, "epoch");
  const first = ofEpochs
    ? `behind epoch ${movesFrom + 1}, with another one to follow`
    : `behind step ${every * (movesFrom + 1)}, of ${all}`;
  return (
    `coupling ${name} moves no particle in ${planned}: the first time is ${first}; train longer, or choose earlier ` +
    "rounds by its settings (--coupling)"
  );
}
