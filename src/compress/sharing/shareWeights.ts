// Weights that share their numbers (Han, Mao and Dally 2016, "Deep Compression", arXiv 1510.00149): a layer has a few numbers,
// its centroids, and of each weight it knows which one it is. Training moves each centroid by the mean gradient of its weights:
// that is where a step of all weights leads, as near as weights that share can come to it. The paper's sum is a rate that grows with
// the layer, which those of millions of weights do not bear.

import {
  add,
  addRows,
  cast,
  constant,
  div,
  expand,
  max,
  stopGradient,
  sub,
  takeRows,
  type Value,
  WEIGHTS,
} from "../../graph/index.js";
import { rewrite } from "../../graph/rewrite.js";
import { InputError } from "../../inputError.js";
import { extend, fill, type Net, type ParamSpec } from "../../nn/index.js";

/** Most centroids of a layer: their numbers, from 1 on, and 0 fit a byte. */
export const MOST_CENTROIDS = 255;

/** The name of the centroids of a parameter. */
export const centroidsName = (param: string): string => `${param}.centroids`;

/** The same numbers, and a gradient that is divided by how many weights have each. */
function withMeanGradient(centroids: Value, counts: Value): Value {
  const fixed = stopGradient(centroids);
  // What is added is 0.
  return add(fixed, div(sub(centroids, fixed), max(counts, constant(counts.graph, 1))));
}

/** Weights by the numbers of their centroids, of which 0 stands for the weight 0. */
function looked(numbers: Value, centroids: Value): Value {
  const { graph } = numbers;
  const one = constant(graph, 1);
  // A number out of range is that of no row, which is 0.
  const rows = cast(sub(numbers, one), "i32");
  return takeRows(
    rows,
    withMeanGradient(centroids, addRows(rows, expand(one, numbers.shape), centroids.shape[0])),
  );
}

function expectKnown({ params }: Net, name: string, count: number): void {
  if (!params.has(name)) throw new InputError(`shared weights: the net has no parameter "${name}"`);
  if (Number.isInteger(count) && count >= 1 && count <= MOST_CENTROIDS) return;
  throw new InputError(
    `shared weights: "${name}" has ${count} centroids; expected a whole number from 1 to ${MOST_CENTROIDS}`,
  );
}

/**
 * The pass by which parameters share numbers: `<name>.centroids`, which are trained, and as `<name>` the number of each
 * weight's centroid, from 1 on, or 0 for a weight that is 0, which are not. `compact` takes the centroids in.
 *
 * @param counts of the centroids, from 1 to 255, by the names of the parameters
 * @returns a pass that throws an InputError for a parameter that the net does not have, and another count
 * @example
 * const layer = sequential(flatten(), linear(2));
 * const pass = shareWeights({ "1.weight": 3 });
 * const net = netOf({ layer, input: [1, 2, 2] }, 1, { training: true, passes: [pass] });
 * net.layout.params.map(({ name }) => name); // ["1.bias", "1.weight.centroids", "1.weight"]
 * net.layout.trainable; // 5
 */
export const shareWeights =
  (counts: Readonly<Record<string, number>>): ((net: Net) => Net) =>
  (net) => {
    for (const [name, count] of Object.entries(counts)) expectKnown(net, name, count);
    const numbered = (spec: ParamSpec): ParamSpec =>
      Object.hasOwn(counts, spec.name) ? { ...spec, rate: 0, stored: "u8", init: fill(0) } : spec;
    const shared = net.specs.filter(({ name }) => Object.hasOwn(counts, name));
    const wider = extend(
      { ...net, specs: net.specs.map(numbered) },
      shared.map(({ name, rate }) => ({
        ...{ name: centroidsName(name), shape: [counts[name]], kind: "scale", init: fill(0) },
        ...(rate !== undefined && { rate }),
      })),
    );
    const names = new Map(
      wider.layout.params
        .filter(({ name }) => Object.hasOwn(counts, name))
        .map(({ name, offset }) => [offset, name]),
    );
    // What is stored is the numbers of the centroids.
    const stored = new Map<string, Value>();
    const { graph, image } = rewrite(
      wider.graph,
      ({ op, attrs }, inputs, target, imageOf) => {
        const name = names.get(attrs["offset"] as number);
        if (name === undefined || op.name !== "read" || attrs["vector"] !== WEIGHTS)
          return undefined;
        const [numbers] = target.apply(op, inputs, attrs);
        stored.set(name, numbers);
        return [looked(numbers, imageOf(wider.params.get(centroidsName(name))!))];
      },
      [wider.output, ...wider.params.values()],
    );
    const values = [...wider.params].map(
      ([name, value]) => [name, stored.get(name) ?? image(value)] as const,
    );
    return { ...wider, graph, params: new Map(values), output: image(wider.output) };
  };
