// Every primitive that a net in use may have, as an ONNX node in onnxruntime.

import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { emitters } from "../../src/deploy/onnx/emitters/index.js";
import { onnxFile } from "../../src/deploy/onnx/model.js";
import { fixedGraph } from "../../src/deploy/onnx/onnxGraph.js";
import { interpret } from "../../src/engine/reference/interpret.js";
import { layoutOf } from "../../src/graph/index.js";
import { bindingsFor, buildCase, type Case, relativeError } from "./case.js";
import { cases } from "./cases.js";

const types = { f32: "float32", u8: "uint8", i32: "int32", i8: "int8", bf16: "bfloat16" } as const;

/** What only nets can show, whose parameters are known: nets in whole numbers and those that read lines do. */
const ofNets = ["integerConv2d", "lstm"];

const isWritten = ({ op }: Case) => typeof emitters[op as keyof typeof emitters] === "function";
/** Graphs whose every op can be written. */
const written = cases.filter((one) => {
  const { graph } = buildCase(one);
  return (
    isWritten(one) &&
    !ofNets.includes(one.op) &&
    graph.nodes.every(({ op, inputs }) => {
      const emitter = emitters[op.name as keyof typeof emitters];
      return typeof emitter === "function" || (op.name === "input" && inputs.length === 0);
    })
  );
});

test("are most of those that can be written", () => {
  const ops = new Set(written.map(({ op }) => op));
  const all = Object.entries(emitters).flatMap(([op, emitter]) =>
    typeof emitter === "function" ? [op] : [],
  );
  expect(all.filter((op) => !ops.has(op) && !ofNets.includes(op))).toEqual([]);
});

describe.each(written.map((one) => [`${one.op} ${one.name}`, one] as const))("%s", (_, one) => {
  test("gives the same", async () => {
    const built = buildCase(one);
    const bindings = bindingsFor(one, built, 1);
    const expected = interpret(built.graph, bindings).y0;
    const net = { graph: built.graph, output: built.outputs[0], layout: layoutOf([]) };
    const graph = fixedGraph(net, new Float32Array(), { name: one.op, output: "y" });
    const session = await InferenceSession.create(onnxFile(graph, one.op));
    const feeds = Object.fromEntries(
      built.operands.map(({ dtype, shape }, at) => {
        const numbers = bindings.inputs[`x${at}`];
        const data = dtype === "u8" ? Uint8Array.from(numbers) : Float32Array.from(numbers);
        return [`x${at}`, new Tensor(types[dtype] as "float32", data as Float32Array, shape)];
      }),
    );
    const found = await session.run(feeds);
    const y = found[session.outputNames[0]].data as Float32Array;
    await session.release();
    if (built.outputs[0].dtype === "u8") {
      // Rounding of another order of products may differ by one.
      expect(Math.max(...expected.map((byte, at) => Math.abs(byte - y[at])))).toBeLessThan(2);
    } else expect(relativeError(y, expected)).toBeLessThan(1e-4);
  });
});
