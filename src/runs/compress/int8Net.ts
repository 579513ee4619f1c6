// A run's net in whole numbers with some layers left in f32: what it is worth, and how it is kept.

import { integers, type LayerType, layerTypes } from "../../compress/index.js";
import { netPass, type PassRecord } from "../../compress/passes/index.js";
import type { Dataset } from "../../data/index.js";
import type { CompactNet } from "../../nn/index.js";
import type { NetInfo } from "../../train/weights.js";
import { type TimedEvaluation, Trained } from "../trained.js";
import type { Calibrated } from "./calibration.js";

/** Makes nets in whole numbers of one net in f32. */
export class Int8Nets {
  /**
   * @param of how the net in f32 is named
   */
  constructor(
    private readonly float: Trained,
    private readonly found: Calibrated,
    private readonly of: string,
  ) {}

  /** What is known of the net with these layers in f32. */
  info(keep: readonly string[]): NetInfo {
    const { info } = this.float;
    return { ...info, passes: [...(info.passes ?? []), this.record(keep)] };
  }

  private record(keep: readonly string[]): PassRecord {
    const ranges = [...this.found.ranges].map(([name, { low, high }]) => [name, [low, high]]);
    return { pass: "integers", of: this.of, ranges: Object.fromEntries(ranges), keep };
  }

  /** The net with all its numbers. */
  whole(keep: readonly string[]): CompactNet {
    const { small, ranges } = this.found;
    return integers(small, ranges, { keep });
  }

  layers(keep: readonly string[]): LayerType[] {
    return layerTypes(this.found.small.net, this.whole(keep).net);
  }

  /** Loss and metrics with these layers in f32. */
  async evaluate(keep: readonly string[], images: Dataset): Promise<TimedEvaluation> {
    const { config, model, task, engine } = this.float;
    const { w } = this.whole(keep);
    const vector = engine.vector(w.length);
    await vector.write(w);
    const passes = [...(model.passes ?? []), netPass(this.record(keep))];
    const net = new Trained(config, this.info(keep), { ...model, passes }, task, engine, vector);
    return net.evaluate(images);
  }
}
