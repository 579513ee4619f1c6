// Backend node cases of the ONNX project (https://github.com/onnx/onnx, Apache-2.0): models of one operator, inputs and outputs.

import { interpret } from "../../src/engine/reference/interpret.js";
import { WEIGHTS } from "../../src/graph/index.js";
import { importGraph, readOnnx } from "../../src/onnx/index.js";
import { inMemory } from "../../src/tensor/byteSource.js";
import { elements, type OnnxTensor, readTensor } from "../../src/tensor/onnx/elements.js";
import { tensorSchema } from "../../src/tensor/onnx/schema.js";
import { decodeMessage } from "../../src/tensor/protobuf.js";
import { sizeOf } from "../../src/tensor/shape.js";
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

/** Tensors of a case, of one kind and in order. */
export const tensorsOf = ({ files }: OnnxCase, kind: string): OnnxTensor[] =>
  [...new Array(20).keys()].flatMap((at) => {
    const bytes = files.get(`${kind}_${at}.pb`);
    return bytes ? [readTensor(decodeMessage(tensorSchema, bytes, kind), kind)] : [];
  });

/** How far a result is from what it should be, as NumPy's allclose sees it: at most 1 is near. */
export function distance(
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
  const places = KNOWN[file.nodes[0].op_type ?? ""] ?? [];
  const known = new Map<string, OnnxTensor>();
  const bound: Record<string, OnnxTensor["data"]> = {};
  for (const [at, { name }] of file.inputs.entries()) {
    const tensor = given[at];
    const flows = tensor.type === "f32" && !places.includes(at) && sizeOf(tensor.shape) > 0;
    if (flows) bound[name] = tensor.data;
    else known.set(name, tensor);
  }
  const { graph, w, outputs } = importGraph(file, known);
  const run = interpret(graph, { inputs: bound, vectors: { [WEIGHTS]: Float64Array.from(w) } });
  for (const [at, { type, shape, data }] of expected.entries()) {
    const { [at]: operand } = outputs;
    if (operand.type !== type) return `output ${at}: ${operand.type}, expected ${type}`;
    if (String(operand.shape) !== String(shape)) {
      return `output ${at}: [${operand.shape}], expected [${shape}]`;
    }
    const numbers = operand.flows
      ? run[file.outputs[at].name].map(elements[type].store)
      : operand.known!.data;
    const off = distance(numbers, data, rtol, atol);
    if (off > 1) return `output ${at} is off by ${off.toPrecision(3)} tolerances`;
  }
  return undefined;
}
