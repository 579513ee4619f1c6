// Nodes whose inputs are all known: the same builder in a graph of its own, which the reference engine works out in double
// precision. Results become what their type holds.

import { interpret } from "../engine/reference/interpret.js";
import { Graph, input, type Value } from "../graph/index.js";
import { type OnnxTensor, onnxTensor } from "../tensor/onnx/elements.js";
import type { NodeProto } from "../tensor/onnx/schema.js";
import { sizeOf } from "../tensor/shape.js";
import type { Operand } from "./operand.js";
import { type Builder, type Output, type Site, Step } from "./step.js";

/** Most elements of a value that is worked out as a file is read. */
const MOST_FOLDED = 2 ** 28;

/** A known tensor as an input of a node. */
export const knownOperand = (known: OnnxTensor, value: () => Value): Operand => ({
  ...{ type: known.type, shape: known.shape, known, flows: false },
  value,
});

export const isTensor = (output: Output): output is OnnxTensor => "data" in output;

/** The outputs of a node whose inputs are known. */
export function folded(
  node: NodeProto,
  build: Builder,
  inputs: readonly (OnnxTensor | undefined)[],
  { source, opset }: Pick<Site, "source" | "opset">,
): (OnnxTensor | undefined)[] {
  const graph = new Graph();
  const bound: Record<string, OnnxTensor["data"]> = {};
  const bind = ({ shape, data }: OnnxTensor): Value => {
    const name = `known${Object.keys(bound).length}`;
    bound[name] = data;
    return input(graph, name, shape);
  };
  const operands = inputs.map((tensor) => tensor && knownOperand(tensor, () => bind(tensor)));
  const step = new Step(node, operands, { graph, source, opset, table: bind });
  const built = step.run(build);
  for (const [at, { output }] of built.entries()) {
    if (output && !isTensor(output))
      graph.output(`y${at}`, "value" in output ? output.value : output);
  }
  for (const { outputs } of graph.nodes) {
    for (const { shape } of outputs) {
      if (sizeOf(shape) > MOST_FOLDED) step.fail(`a table of [${shape}] is too large`);
    }
  }
  const found = interpret(graph, { inputs: bound });
  return built.map(({ output, type }, at) => {
    if (!output || isTensor(output)) return output;
    const { shape } = "value" in output ? output.value : output;
    return onnxTensor(type, shape, found[`y${at}`]);
  });
}
