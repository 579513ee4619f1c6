// Which numbers the values of a net take on images, and the ranges of them that bytes shall hold.

import type { Engine } from "../engine/index.js";
import { type ByteScale, Graph, WEIGHTS } from "../graph/index.js";
import { rewrite } from "../graph/rewrite.js";
import { InputError } from "../inputError.js";
import { type CompactNet, IMAGES } from "../nn/index.js";
import { byName } from "../text/words.js";
import { Histogram } from "./histogram.js";
import { valuesByName } from "./valueNames.js";

/** Numbers from `low` to `high`; what lies beyond becomes the nearer of the two. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** Ranges by the names of values, as `conv1` and `conv1/maxPool2d`, which are the same for every batch; images are `x`. */
export type Ranges = ReadonlyMap<string, Range>;

/**
 * How a range is chosen of what a value was seen to be: all of it (`min-max`), all but one number of 10,000
 * (`percentile`), or what bytes tell with the least mean squared error (`mse`).
 */
export const rangeRules = ["min-max", "percentile", "mse"] as const;
export type RangeRule = (typeof rangeRules)[number];

/** Options of {@link calibrate}. */
export interface CalibrateOptions {
  /** Default `mse`. */
  readonly rule?: RangeRule;
}

/** Batches to run again and again: an array of them, or what reads them anew each time. */
export type Batches = Iterable<Float32Array> | AsyncIterable<Float32Array>;

/**
 * The ranges of the values of a net, of what they are on some images: a few hundred of those it was trained on, with no
 * augmentation. The images run through the net twice.
 *
 * @param batches images f32 [batch, c, h, w] of the net's batch, normalised as in training
 * @throws InputError when there are no batches, or an unknown rule is asked for.
 * @example
 * import { conv2d, relu } from "convoynet/nn";
 * const layer = sequential(conv2d(4, 3), relu());
 * const net = netOf({ layer, input: [1, 8, 8] }, 2, { training: false });
 * const small = compact(net, initialise(net, 1));
 * const engine = await createEngine({ engine: "reference" });
 * const images = Float32Array.from({ length: 128 }, (_, at) => at / 64 - 1);
 * const ranges = await calibrate(engine, small, [images], { rule: "min-max" });
 * ranges.get("x"); // { low: -1, high: 127 / 64 - 1 }
 * await engine.close();
 */
export async function calibrate(
  engine: Engine,
  { net, w }: CompactNet,
  batches: Batches,
  { rule = "mse" }: CalibrateOptions = {},
): Promise<Ranges> {
  const chosen = byName(
    "rule",
    rule,
    rangeRules.map((name) => ({ name })),
  ).name;
  const values = [...valuesByName(net)].filter(([, { dtype }]) => dtype === "f32");
  const { graph, image } = rewrite(
    net.graph,
    () => undefined,
    [net.output, ...values.map(([, value]) => value)],
    new Graph(),
  );
  for (const [name, value] of values) graph.output(name, image(value));
  const vector = engine.vector(w.length);
  await vector.write(w);
  const program = await engine.compile(graph, { frozen: [WEIGHTS] });
  const seen = new Map(values.map(([name]) => [name, new Histogram()]));
  const pass = async (look: (histogram: Histogram, numbers: Float32Array) => void) => {
    for await (const images of batches) {
      const found = await program.run({
        vectors: { [WEIGHTS]: vector },
        inputs: { [IMAGES]: images },
      });
      for (const [name, histogram] of seen) look(histogram, found[name] as Float32Array);
    }
  };
  await pass((histogram, numbers) => histogram.widen(numbers));
  if ([...seen.values()].some((histogram) => histogram.isEmpty)) {
    throw new InputError("calibration: expected at least one batch of images, found none");
  }
  if (chosen !== "min-max") await pass((histogram, numbers) => histogram.count(numbers));
  return new Map([...seen].map(([name, histogram]) => [name, histogram.range(chosen)]));
}

/** The bytes of a range, which is widened so that 0 is in it and has a byte of its own. */
export function bytesOf({ low, high }: Range): ByteScale {
  const [least, most] = [Math.min(low, 0), Math.max(high, 0)];
  const scale = Math.fround((most - least) / 255) || 1;
  return { scale, zero: Math.min(255, Math.max(0, Math.round(-least / scale))) };
}
