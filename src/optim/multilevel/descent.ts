// One net trained by levels. Steps of a run gather a sample, a batch each, with the loss and gradient where the
// net is; the step that completes it does a cycle. The first batches of the next sample are evaluated at both
// ends of that cycle: they say whether its gain is there on other data, and how the gradient changed.

import { Combiner } from "../../engine/combine.js";
import type { Engine, Vector } from "../../engine/engine.js";
import type { Evaluated, Moment, Objective } from "../objective.js";
import type { BatchAt, Descent, Hyper, OptimState, StepInput, StepReport } from "../optimizer.js";
import { Lsr1 } from "../trustRegion/lsr1.js";
import { FIRST_RADIUS } from "../trustRegion/region.js";
import { type CycleSettings, cycle } from "./cycle.js";
import type { LevelSpec } from "./hierarchy.js";
import { Level } from "./level.js";
import { confirmed, grown, overlapOf, sampleSize } from "./sample.js";

/** What is fixed for all steps. */
export interface DescentSettings extends CycleSettings {
  /** Pairs that each level remembers. */
  readonly memory: number;
  /** Batches of the first samples. */
  readonly batches: number;
  /** Cycles on each level but the finest before the next finer one begins. */
  readonly start: number;
}

/** Everything that changes between steps, but for vectors; a checkpoint holds it. */
interface Numbers extends Record<string, number> {
  radius: number;
  cycles: number;
  /** Batches of a sample, of the one in work, and of it so far. */
  batches: number;
  size: number;
  gathered: number;
  /** Sums of the gathered losses: where the net is, and where the last cycle began. */
  loss: number;
  lossBefore: number;
  /** Decrease that the last cycle claims; 0 when there is nothing to confirm. */
  claimed: number;
}

/** A level with what it gathers. */
interface LevelState {
  readonly spec: LevelSpec;
  readonly objective: Objective;
  readonly level: Level;
  readonly combiner: Combiner;
  /** Gradient of a batch. */
  readonly piece: Vector;
  /** Sums of gradients, as those of losses; and where the last cycle began. */
  readonly sum: Vector;
  readonly sumBefore: Vector;
  readonly anchor: Vector;
}

/** A net at work on its levels; the net itself is at the finest one, or prolonged from a coarser one. */
export class MultilevelDescent implements Descent {
  readonly queued = false;
  readonly state: OptimState;
  private readonly numbers: Numbers;
  /** Coarsest first. */
  private readonly states: readonly LevelState[];
  /** Gradients of the net on one batch that were spent. */
  private spent = 0;
  private decay = 0;
  /** The sample of the cycle in work. */
  private sample: readonly Moment[] = [];

  constructor(
    private readonly engine: Engine,
    specs: readonly LevelSpec[],
    objective: Objective,
    private readonly w: Vector,
    private readonly batchAt: BatchAt,
    private readonly settings: DescentSettings,
  ) {
    const { batches } = settings;
    this.numbers = {
      radius: FIRST_RADIUS,
      cycles: 0,
      batches,
      ...{ size: 0, gathered: 0, loss: 0, lossBefore: 0, claimed: 0 },
    };
    const states: LevelState[] = [];
    for (const spec of specs) states.push(this.openState(spec, objective, states));
    this.states = states;
    const vectors = states.flatMap(({ level, sum, sumBefore, anchor }, at) =>
      Object.entries({ ...level.parts.memory.vectors, sum, sumBefore, anchor }).map(
        ([name, vector]) => [`level${at}.${name}`, vector] as const,
      ),
    );
    this.state = { vectors: Object.fromEntries(vectors), numbers: this.numbers };
  }

  /** The next level above those that there are. */
  private openState(spec: LevelSpec, own: Objective, lower: readonly LevelState[]): LevelState {
    const { engine, numbers, settings } = this;
    const length = spec.layout.trainable;
    const vector = () => engine.vector(length);
    const combiner = new Combiner(engine, length);
    const counter = `taken${lower.length}`;
    numbers[counter] = 0;
    const count = {
      get taken() {
        return numbers[counter];
      },
      set taken(value) {
        numbers[counter] = value;
      },
    };
    const below = lower.at(-1);
    const objective = spec.objective ?? own;
    const piece = vector();
    const level = new Level({
      engine,
      combiner,
      length,
      memory: new Lsr1(engine, combiner, length, settings.memory, count),
      evaluate: (w, grad) => this.onSample({ spec, objective, combiner, piece }, w, grad),
      below: below && { level: below.level, transfer: below.spec.transfer! },
    });
    const [sum, sumBefore, anchor] = [vector(), vector(), vector()];
    return { spec, objective, level, combiner, piece, sum, sumBefore, anchor };
  }

  /** The level that stands for the net: coarse ones first, then the net itself. */
  private get top(): number {
    const { start } = this.settings;
    const finest = this.states.length - 1;
    return start === 0 ? finest : Math.min(finest, Math.floor(this.numbers.cycles / start));
  }

  async step({ batch, moment, hyper }: StepInput): Promise<StepReport> {
    const { numbers, top } = this;
    const state = this.states[top];
    const before = this.spent;
    this.decay = hyper.decay;
    if (numbers.gathered === 0) {
      numbers.size = sampleSize(numbers.batches, hyper.stepsPerEpoch - moment.step);
    }
    const point = await this.bringDown(top);
    const evaluated = await this.gather(state, point, state.sum, { batch, moment });
    numbers.loss += evaluated.loss;
    const overlap = overlapOf(numbers.size);
    if (numbers.claimed > 0) {
      const there = await this.gather(state, state.anchor, state.sumBefore, { batch, moment });
      numbers.lossBefore += there.loss;
    }
    numbers.gathered++;
    if (numbers.claimed > 0 && numbers.gathered === overlap) await this.confirm(state, hyper);
    if (numbers.gathered === numbers.size) await this.improve(state, moment, hyper);
    return {
      ...evaluated,
      gradients: this.spent - before,
      details: { radius: numbers.radius, sample: numbers.batches, level: top + 1 },
    };
  }

  /** Where the net is, seen from a level. */
  private async bringDown(top: number): Promise<Vector> {
    const finest = this.states.length - 1;
    await this.states[finest].combiner.copy(this.states[finest].level.point.w, this.w);
    for (let at = finest - 1; at >= top; at--) {
      const { level, spec } = this.states[at];
      await spec.transfer!.project(this.states[at + 1].level.point.w, level.point.w);
    }
    return this.states[top].level.point.w;
  }

  /** Takes the net to a point of a level. */
  private async bringUp(top: number, point: Vector): Promise<void> {
    const finest = this.states.length - 1;
    let from = point;
    for (let at = top; at < finest; at++) {
      const to = this.states[at + 1].level.point.w;
      await this.states[at].spec.transfer!.prolong(from, to);
      from = to;
    }
    await this.states[finest].combiner.copy(this.w, from);
  }

  /** Adds the gradient of a batch to a sum, which begins anew with a sample. */
  private async gather(
    state: LevelState,
    w: Vector,
    sum: Vector,
    { batch, moment }: Pick<StepInput, "batch" | "moment">,
  ): Promise<Evaluated> {
    const { objective, spec, combiner, piece } = state;
    const evaluated = await objective.evaluate(w, batch, { grad: piece }, moment);
    this.spent += spec.work;
    const so = this.numbers.gathered === 0 ? [] : [{ vector: sum, weight: 1 }];
    await combiner.sum(sum, [...so, { vector: piece, weight: 1 }]);
    return evaluated;
  }

  /** Loss and gradient on the whole sample, decay included. */
  private async onSample(
    {
      spec,
      objective,
      combiner,
      piece,
    }: Pick<LevelState, "spec" | "objective" | "combiner" | "piece">,
    w: Vector,
    grad: Vector,
  ): Promise<number> {
    const weight = 1 / this.sample.length;
    let loss = 0;
    for (const [at, moment] of this.sample.entries()) {
      const batch = await this.batchAt(moment);
      loss += (await objective.evaluate(w, batch, { grad: piece }, moment)).loss;
      const so = at === 0 ? [] : [{ vector: grad, weight: 1 }];
      await combiner.sum(grad, [...so, { vector: piece, weight }]);
    }
    this.spent += spec.work * this.sample.length;
    return loss * weight + (await spec.penalty(w, grad, this.decay));
  }

  /** Asks the batches that were evaluated at both ends of the last cycle what it was worth. */
  private async confirm(state: LevelState, { stepsPerEpoch }: Hyper): Promise<void> {
    const { numbers } = this;
    const { level, combiner, sum, sumBefore, anchor, spec, piece } = state;
    const ratio = (numbers.lossBefore - numbers.loss) / numbers.gathered / numbers.claimed;
    const weight = 1 / numbers.gathered;
    const difference = (target: Vector, a: Vector, b: Vector, by: number) =>
      combiner.sum(target, [
        { vector: a, weight: by },
        { vector: b, weight: -by },
      ]);
    await difference(level.step, level.point.w, anchor, 1);
    await difference(piece, sum, sumBefore, weight);
    await spec.penalty(level.step, piece, this.decay);
    await level.parts.memory.add(level.step, piece);
    if (!confirmed(ratio)) {
      await this.bringUp(this.states.indexOf(state), anchor);
      await combiner.copy(level.point.w, anchor);
      await combiner.copy(sum, sumBefore);
      numbers.loss = numbers.lossBefore;
      numbers.radius /= 2;
    }
    numbers.batches = grown(numbers.batches, ratio, stepsPerEpoch);
    numbers.claimed = 0;
  }

  /** One cycle on the sample that is complete. */
  private async improve(state: LevelState, moment: Moment, hyper: Hyper): Promise<void> {
    const { numbers, top, settings } = this;
    const { level, combiner, sum, anchor, spec } = state;
    const { size } = numbers;
    this.sample = Array.from({ length: size }, (_, at) => ({
      epoch: moment.epoch,
      step: moment.step - size + 1 + at,
    }));
    const { w, grad } = level.point;
    await combiner.sum(grad, [{ vector: sum, weight: 1 / size }]);
    const value = numbers.loss / size + (await spec.penalty(w, grad, this.decay));
    await combiner.copy(anchor, w);
    await level.start(value);
    numbers.radius = await cycle(level, numbers.radius, settings);
    await this.bringUp(top, level.point.w);
    numbers.cycles++;
    // On all data there is nothing left to confirm, and a finer level begins with a sample of its own.
    const last = size >= hyper.stepsPerEpoch || this.top !== top;
    numbers.claimed = last ? 0 : value - level.point.value;
    Object.assign(numbers, { gathered: 0, loss: 0, lossBefore: 0 });
  }
}
