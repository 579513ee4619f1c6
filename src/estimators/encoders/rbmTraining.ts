// How a restricted Boltzmann machine learns: by contrastive divergence, whose chains start at the data (CD-k: Hinton 2002,
// "Training products of experts by minimizing contrastive divergence", Neural Computation 14), or with chains that go on from
// step to step (PCD: Tieleman 2008, ICML). Momentum, decay and what is drawn are those of Hinton's practical guide (2010).

import type { Random } from "../../tensor/philox.js";
import { type Matrix, takeRows } from "../matrix.js";
import { batchesOf, crossProducts, type Multiply, rowMatrix, squaredErrors } from "./products.js";
import {
  drawBinary,
  freeEnergies,
  gibbs,
  hiddenMeans,
  type Machine,
  visibleMeans,
} from "./rbmModel.js";

/** Settings of {@link trainMachine}. */
export interface MachineTraining {
  readonly hidden: number;
  readonly epochs: number;
  readonly batch: number;
  readonly rate: number;
  /** Factor of the squared weights, half of it. */
  readonly decay: number;
  /** Steps of a chain for an update. */
  readonly steps: number;
  /** Chains that go on; 0 for chains that start at the data. */
  readonly chains: number;
  readonly gaussian: boolean;
}

/** A machine and how its training went. */
export interface TrainedMachine {
  readonly machine: Machine;
  readonly warnings: readonly string[];
}

/** Momentum of the first epochs, and of those behind. */
const MOMENTUM = { early: 0.5, late: 0.9, from: 5 };

/**
 * Rate and momentum at a time, in epochs. Chains that go on have to keep up with the machine: it moves without momentum, and
 * more and more slowly (Tieleman 2008).
 */
const paceOf = ({ rate, chains, epochs }: MachineTraining, time: number) =>
  chains > 0
    ? { rate: rate * (1 - time / epochs), momentum: 0 }
    : { rate, momentum: time < MOMENTUM.from ? MOMENTUM.early : MOMENTUM.late };

/** Share of the rows that is only looked at. */
const HELD = 0.1;

const mean = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Means of columns as one row. */
function columnMeansOf({ data, rows, columns }: Matrix): Matrix {
  const sums = new Float64Array(columns);
  for (let at = 0; at < data.length; at++) sums[at % columns] += data[at] / rows;
  return rowMatrix(sums);
}

/** A machine before training: small weights; visible biases that say the means of the rows. */
export function newMachine(
  rows: Matrix,
  { hidden, gaussian }: Pick<MachineTraining, "hidden" | "gaussian">,
  random: Random,
): Machine {
  const { columns } = rows;
  const weights = Float64Array.from({ length: hidden * columns }, () => 0.01 * random.normal());
  const means = columnMeansOf(rows).data;
  const within = (value: number) => Math.min(0.99, Math.max(0.01, value));
  const logit = (value: number) => Math.log(within(value) / (1 - within(value)));
  return {
    weights: { data: weights, rows: hidden, columns },
    visible: rowMatrix(gaussian ? means : Float64Array.from(means, logit)),
    hidden: rowMatrix(new Float64Array(hidden)),
    gaussian,
  };
}

/** Moves numbers along `up` less `down`, with momentum. */
function move(
  values: Matrix,
  speed: Float64Array,
  [up, down]: readonly [Matrix, Matrix],
  { rate, decay, momentum }: { rate: number; decay: number; momentum: number },
): void {
  for (let at = 0; at < speed.length; at++) {
    const slope = up.data[at] - down.data[at] - decay * values.data[at];
    speed[at] = momentum * speed[at] + rate * slope;
    values.data[at] += speed[at];
  }
}

/** A matrix times a number. */
const scaled = (of: Matrix, factor: number): Matrix => ({
  ...of,
  data: Float64Array.from(of.data, (value) => value * factor),
});

/** What was left out of training says whether the machine learns the rows or by heart, and whether chains run away. */
class Watch {
  private first = Number.NaN;

  constructor(
    private readonly held: Matrix,
    private readonly seen: Matrix,
    private readonly multiply: Multiply,
  ) {}

  /** Mean squared error of what the machine makes of the rows held out. */
  async error(machine: Machine): Promise<number> {
    const codes = await hiddenMeans(machine, this.held, this.multiply);
    const back = await visibleMeans(machine, codes, this.multiply);
    return mean(squaredErrors(this.held, back)) / this.held.columns;
  }

  async begin(machine: Machine): Promise<void> {
    this.first = await this.error(machine);
  }

  async warnings(machine: Machine): Promise<string[]> {
    const found: string[] = [];
    const last = await this.error(machine);
    if (!(last <= this.first * 1.05)) {
      found.push(
        `the error of rows held out rose from ${this.first.toPrecision(3)} to ${last.toPrecision(3)}: the chain runs away; take a smaller rate`,
      );
    }
    const [held, seen] = await Promise.all(
      [this.held, this.seen].map(async (rows) => freeEnergies(machine, rows, this.multiply)),
    );
    const spread = Math.sqrt(mean(seen.map((energy) => (energy - mean(seen)) ** 2)));
    const gap = mean(held) - mean(seen);
    if (gap > spread) {
      found.push(
        `rows held out have a free energy ${gap.toPrecision(3)} above those learned from: the machine knows these by heart; take fewer hidden units or epochs`,
      );
    }
    return found;
  }
}

/** Trains a machine on rows [rows, visible]. */
export async function trainMachine(
  rows: Matrix,
  options: MachineTraining,
  random: Random,
  multiply: Multiply,
  onProgress: (share: number) => void = () => undefined,
): Promise<TrainedMachine> {
  const { epochs, batch, decay, steps, chains } = options;
  const machine = newMachine(rows, options, random);
  const { weights, visible, hidden } = machine;
  const order = random.permutation(rows.rows);
  const held = Math.max(1, Math.floor(HELD * rows.rows));
  const own = order.subarray(held);
  const look = order.subarray(held, 2 * held);
  const watch = new Watch(takeRows(rows, order.subarray(0, held)), takeRows(rows, look), multiply);
  await watch.begin(machine);
  const speeds = [weights, visible, hidden].map(({ data }) => new Float64Array(data.length));
  const start = { data: new Float64Array(chains * options.hidden), rows: chains };
  let going: Matrix = { ...start, columns: options.hidden };
  for (let epoch = 0; epoch < epochs; epoch++) {
    const batches = batchesOf(random.permutation(own.length), batch);
    for (const [at, picked] of batches.entries()) {
      const seen = takeRows(
        rows,
        picked.map((place) => own[place]),
      );
      const up = await hiddenMeans(machine, seen, multiply);
      const from = chains > 0 ? going : drawBinary(up, random);
      const chain = await gibbs(machine, from, steps, random, multiply);
      if (chains > 0) going = chain.hidden;
      const products = await Promise.all([
        crossProducts(multiply, up, seen),
        crossProducts(multiply, chain.means, chain.visible),
      ]);
      const [data, model] = [
        scaled(products[0], 1 / seen.rows),
        scaled(products[1], 1 / from.rows),
      ];
      const how = { ...paceOf(options, epoch + at / batches.length), decay: 0 };
      move(weights, speeds[0], [data, model], { ...how, decay });
      move(visible, speeds[1], [columnMeansOf(seen), columnMeansOf(chain.visible)], how);
      move(hidden, speeds[2], [columnMeansOf(up), columnMeansOf(chain.means)], how);
      onProgress((epoch + (at + 1) / batches.length) / epochs);
    }
  }
  return { machine, warnings: await watch.warnings(machine) };
}
