// The small architectures of the onnx package through the usual engine.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "fflate";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createEngine, type Engine } from "../../src/engine/index.js";
import { WEIGHTS } from "../../src/graph/index.js";
import { importGraph, readOnnx } from "../../src/onnx/index.js";
import { sizeOf } from "../../src/tensor/shape.js";
import { root } from "../support/examples.js";
import { distance, onnxCases, tensorsOf } from "../support/onnxCases.js";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());

const packed = readFileSync(join(root, "test/fixtures/onnxArchitectures.zip.gz"));
const cases = onnxCases(gunzipSync(packed));
/** Products of 143 million weights take seconds and show nothing that smaller nets do not. */
const LARGE = ["vgg19", "zfnet512", "bvlc_alexnet"];
const tested =
  process.env["CONVOY_TESTS"] === "all" ? cases : cases.filter(({ name }) => !LARGE.includes(name));

test("nine are there", () => expect(cases.length).toBe(9));

test.each(tested.map((example) => [example.name, example] as const))(
  "%s",
  async (name, example) => {
    const file = readOnnx(example.files.get("model.onnx")!, name);
    const { graph, w: numbers } = importGraph(file);
    const inputs = Object.fromEntries(
      file.inputs.map((port) => {
        const length = sizeOf(port.shape.map((size) => size ?? 1));
        return [port.name, Float32Array.from({ length }, (_, at) => at / length)];
      }),
    );
    const w = engine.vector(Math.max(1, numbers.length));
    if (numbers.length > 0) await w.write(numbers);
    const found = await (await engine.compile(graph)).run({ inputs, vectors: { [WEIGHTS]: w } });
    const [{ shape, data }] = tensorsOf(example, "output");
    const [{ name: output }] = file.outputs;
    expect(graph.outputs.get(output)!.shape).toEqual(shape);
    expect(distance(found[output], data, 1e-3, 1e-7)).toBeLessThan(1);
  },
);
