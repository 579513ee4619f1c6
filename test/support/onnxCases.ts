// Backend node cases of the ONNX project (https://github.com/onnx/onnx, Apache-2.0): models of one operator, inputs and outputs.

import { interpret } from "../../src/engine/reference/interpret.js";
import { Graph, input, read, type Value, WEIGHTS } from "../../src/graph/index.js";
import { buildOnnx } from "../../src/onnx/build.js";
import { readOnnx } from "../../src/onnx/file.js";
import { inMemory } from "../../src/tensor/byteSource.js";
import { elements, type OnnxTensor, readTensor } from "../../src/tensor/onnx/elements.js";
import { tensorSchema } from "../../src/tensor/onnx/schema.js";
import { decodeMessage } from "../../src/tensor/protobuf.js";
import { type Shape, sizeOf } from "../../src/tensor/shape.js";
import { readZip } from "../../src/tensor/zip.js";

/** A case: files by their names in its folder. */
export interface OnnxCase {
  readonly name: string;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** All cases of an archive. */
export function onnxCases(archive: Uint8Array): OnnxCase[] {
  const files = readZip(inMemory(archive), { source: "cases", limit: 1e8 });
  const cases = new Map<string, Map<string, Uint8Array>>();
  for (const [path, file] of files) {
    const [name, own] = path.split("/");
    if (!cases.has(name)) cases.set(name, new Map());
    cases.get(name)!.set(own, file.unpack());
  }
  return [...cases].map(([name, own]) => ({ name, files: own }));
}

const tensorsOf = ({ files }: OnnxCase, kind: string): OnnxTensor[] =>
  [...new Array(20).keys()].flatMap((at) => {
    const bytes = files.get(`${kind}_${at}.pb`);
    return bytes ? [readTensor(decodeMessage(tensorSchema, bytes, kind), kind)] : [];
  });

/** Numbers that a program reads from one vector. */
class VectorOfParams {
  readonly numbers: number[] = [];

  constructor(private readonly graph: Graph) {}

  add(_: string, shape: Shape, __: unknown, first: ArrayLike<number>): Value {
    const offset = this.numbers.length;
    for (let at = 0; at < first.length; at++) this.numbers.push(first[at]);
    return read(this.graph, WEIGHTS, shape, offset);
  }
}

/** How far a result is from what it should be, as NumPy's allclose sees it: at most 1 is near. */
function distance(
  found: ArrayLike<number>,
  expected: ArrayLike<number>,
  rtol: number,
  atol: number,
) {
  let worst = 0;
  for (let at = 0; at < expected.length; at++) {
    if (Object.is(found[at], expected[at]) || found[at] === expected[at]) continue;
    const off = Math.abs(found[at] - expected[at]) / (atol + rtol * Math.abs(expected[at]));
    worst = Math.max(worst, Number.isNaN(off) ? Number.POSITIVE_INFINITY : off);
  }
  return worst;
}

/** Inputs of f32 that operators take at a place where numbers must be known. */
const KNOWN: Readonly<Record<string, readonly number[]>> = {
  Dropout: [1],
  OneHot: [1, 2],
  Pad: [2],
  Resize: [1, 2],
};

/**
 * Runs a case: inputs of f32 go through the graph, those of other types, and those that an operator must know, are folded.
 *
 * @returns what is wrong, in words; `undefined` for a case that agrees.
 */
export function runOnnxCase(example: OnnxCase, rtol = 1e-3, atol = 1e-7): string | undefined {
  const file = readOnnx(example.files.get("model.onnx")!, example.name);
  const [given, expected] = [tensorsOf(example, "input"), tensorsOf(example, "output")];
  const graph = new Graph();
  const known = KNOWN[file.nodes[0].op_type ?? ""] ?? [];
  const bound: Record<string, OnnxTensor["data"]> = {};
  const inputs = new Map<string, Value | OnnxTensor>();
  for (const [at, { name }] of file.inputs.entries()) {
    const tensor = given[at];
    const flows = tensor.type === "f32" && !known.includes(at) && sizeOf(tensor.shape) > 0;
    inputs.set(name, flows ? input(graph, name, tensor.shape) : tensor);
    if (flows) bound[name] = tensor.data;
  }
  const vector = new VectorOfParams(graph);
  const parameter = vector.add.bind(vector);
  const names = file.outputs.map(({ name }) => name);
  const outputs = buildOnnx(file, { graph, parameter, inputs }, names);
  for (const [at, operand] of outputs.entries()) {
    if (operand.flows) graph.output(`y${at}`, operand.value());
  }
  const w = Float64Array.from(vector.numbers);
  const run = interpret(graph, { inputs: bound, vectors: { [WEIGHTS]: w } });
  for (const [at, { type, shape, data }] of expected.entries()) {
    const { [at]: operand } = outputs;
    if (operand.type !== type) return `output ${at}: ${operand.type}, expected ${type}`;
    if (String(operand.shape) !== String(shape)) {
      return `output ${at}: [${operand.shape}], expected [${shape}]`;
    }
    const numbers = operand.flows ? run[`y${at}`].map(elements[type].store) : operand.known!.data;
    const off = distance(numbers, data, rtol, atol);
    if (off > 1) return `output ${at} is off by ${off.toPrecision(3)} tolerances`;
  }
  return undefined;
}
