// Which numbers the values of a net take on images, and the ranges of them that bytes shall hold.

import type { Engine } from "../engine/index.js";
import { type ByteScale, Graph, type Node, type Value, WEIGHTS } from "../graph/index.js";
import { liveNodes, nodesOfVectors, rewrite } from "../graph/rewrite.js";
import { InputError } from "../inputError.js";
import { type CompactNet, IMAGES, type Net } from "../nn/index.js";
import { byName } from "../text/words.js";
import { Histogram } from "./histogram.js";

/** Numbers from `low` to `high`; what lies beyond becomes the nearer of the two. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** Ranges by the number of the node that makes the value, which is the same for every batch. */
export type Ranges = ReadonlyMap<number, Range>;

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

/** Values of a net that depend on its images, and that bytes could stand for. */
export function valuesOf({ graph, output }: Net): Value[] {
  const fixed = nodesOfVectors(graph, [WEIGHTS]);
  const live = liveNodes(graph, [output]);
  const counts = ({ op }: Node) => op.name !== "constant" && op.name !== "read";
  return graph.nodes
    .filter((node) => live.has(node) && !fixed.has(node) && counts(node))
    .map(({ outputs: [value] }) => value)
    .filter(({ dtype }) => dtype === "f32");
}

/** Batches to run again and again: an array of them, say. */
export type Batches = Iterable<Float32Array>;

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
 * ranges.get(0); // { low: -1, high: 127 / 64 - 1 }
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
  const values = valuesOf(net);
  const { graph, image } = rewrite(
    net.graph,
    () => undefined,
    [net.output, ...values],
    new Graph(),
  );
  for (const value of values) graph.output(String(value.node.id), image(value));
  const vector = engine.vector(w.length);
  await vector.write(w);
  const program = await engine.compile(graph, { frozen: [WEIGHTS] });
  const seen = new Map(values.map(({ node }) => [node.id, new Histogram()]));
  const pass = async (look: (histogram: Histogram, numbers: Float32Array) => void) => {
    for (const images of batches) {
      const found = await program.run({
        vectors: { [WEIGHTS]: vector },
        inputs: { [IMAGES]: images },
      });
      for (const [id, histogram] of seen) look(histogram, found[id] as Float32Array);
    }
  };
  await pass((histogram, numbers) => histogram.widen(numbers));
  if ([...seen.values()].some((histogram) => histogram.isEmpty)) {
    throw new InputError("calibration: expected at least one batch of images, found none");
  }
  if (chosen !== "min-max") await pass((histogram, numbers) => histogram.count(numbers));
  return new Map([...seen].map(([id, histogram]) => [id, histogram.range(chosen)]));
}

/** The bytes of a range, which is widened so that 0 is in it and has a byte of its own. */
export function bytesOf({ low, high }: Range): ByteScale {
  const [least, most] = [Math.min(low, 0), Math.max(high, 0)];
  const scale = Math.fround((most - least) / 255) || 1;
  return { scale, zero: Math.min(255, Math.max(0, Math.round(-least / scale))) };
}
