// How far a net's answers are from those of another one: the Kullback-Leibler divergence of what both say, at a
// temperature, which brings out how unlikely the unlikely is. Hinton, Vinyals and Dean 2015, "Distilling the Knowledge in
// a Neural Network", arXiv 1503.02531.

import { constant, exp, logSoftmax, mul, sub, type Value } from "../graph/index.js";
import { softmaxCrossEntropy } from "../nn/index.js";

/** Outputs divided by a temperature. */
export const cooled = (outputs: Value, temperature: number): Value =>
  mul(outputs, constant(outputs.graph, 1 / temperature));

/**
 * Of what two say: the cross-entropy of one against the other, less that of the other against itself; times the square
 * of the temperature, as the gradient falls with it.
 *
 * @param loss of outputs at the temperature against what the teacher says
 */
export function squaredDivergence(
  outputs: Value,
  teacher: Value,
  temperature: number,
  loss: (outputs: Value) => Value,
): Value {
  const [own, wanted] = [outputs, teacher].map((each) => loss(cooled(each, temperature)));
  return mul(sub(own, wanted), constant(outputs.graph, temperature ** 2));
}

/**
 * T^2 KL(softmax(teacher / T) || softmax(outputs / T)) of each row of logits [n, classes]: [n].
 *
 * @example
 * const graph = new Graph();
 * const [own, teacher] = ["own", "teacher"].map((name) => input(graph, name, [1, 2]));
 * graph.output("far", classDivergence(own, teacher, 2));
 * const program = await (await createEngine({ engine: "reference" })).compile(graph);
 * const inputs = { own: Float32Array.of(0, 0), teacher: Float32Array.of(2, 0) };
 * (await program.run({ inputs })).far[0].toFixed(4); // "0.4438"
 */
export function classDivergence(outputs: Value, teacher: Value, temperature: number): Value {
  const wanted = exp(logSoftmax(cooled(teacher, temperature)));
  return squaredDivergence(outputs, teacher, temperature, (logits) =>
    softmaxCrossEntropy(logits, wanted),
  );
}
