import { describe, expect, it } from "vitest";
import {
  add,
  conv2d,
  Graph,
  gradients,
  input,
  mul,
  ops,
  read,
  reduceSum,
  scalar,
  uniform,
  write,
} from "../../graph/index.js";
import { Random } from "../../tensor/philox.js";
import { interpret, ReferenceVector, referenceEngine } from "./index.js";
import { kernels } from "./kernels/index.js";

describe("reference engine", () => {
  it("has a kernel for every primitive", () => {
    expect(Object.keys(kernels).sort()).toEqual(Object.keys(ops).sort());
  });

  it("convolves, checked by hand", () => {
    const graph = new Graph();
    const x = input(graph, "x", [1, 1, 3, 3]);
    const w = input(graph, "w", [1, 1, 2, 2]);
    const b = input(graph, "b", [1]);
    graph.output("y", conv2d(x, w, { bias: b, padding: [1, 0, 0, 0] }));
    const { y } = interpret(graph, {
      inputs: { x: [1, 2, 3, 4, 5, 6, 7, 8, 9], w: [1, 10, 100, 1000], b: [0.5] },
    });
    const rows = [
      [2100.5, 3200.5],
      [5421.5, 6532.5],
      [8754.5, 9865.5],
    ];
    expect([...y]).toEqual(rows.flat());
  });

  it("reads, differentiates and writes vectors", async () => {
    const graph = new Graph();
    const w = read(graph, "w", [2], 1);
    const loss = reduceSum(mul(mul(w, w), scalar(graph, "scale")));
    graph.output("loss", loss);
    const [grad] = gradients(loss, [w]);
    write("w", add(w, grad), 1);
    const engine = referenceEngine();
    const vector = engine.vector(3);
    await vector.write([7, 1, 2]);
    const program = await engine.compile(graph);
    const running = program.run({ vectors: { w: vector }, scalars: { scale: 3 } });
    expect(await vector.read()).toEqual(Float32Array.of(7, 7, 14));
    expect(await running).toEqual({ loss: Float32Array.of(15) });
    expect(program.flops).toBeGreaterThan(0);
    await engine.close();
    await expect(program.run({})).rejects.toThrow("closed");
  });

  it("draws the documented random numbers", () => {
    const graph = new Graph();
    graph.output("u", uniform(graph, [2, 3], 5));
    const key = { seed: 3, purpose: "dropout", step: 9 } as const;
    const random = new Random(key, 5);
    const expected = Array.from({ length: 6 }, (_, at) => random.uniform(at));
    expect([...interpret(graph, { key }).u]).toEqual(expected);
  });

  it("keeps vectors in f32, so that what is read and written back is the same", async () => {
    const vector = new ReferenceVector(2);
    await vector.write([0.1, 1 / 3]);
    const graph = new Graph();
    const w = read(graph, "w", [2]);
    write("w", add(w, mul(w, w)));
    const engine = referenceEngine();
    await (await engine.compile(graph)).run({ vectors: { w: vector } });
    expect([...vector.values]).toEqual([...(await vector.read())]);
    await expect(vector.write([1, 2], 1)).rejects.toThrow(
      "write of 2 elements at 1 into a vector of 2",
    );
    await expect(vector.read(1, 3)).rejects.toThrow("read of [1, 3) from a vector of 2");
  });

  it("reduces whole vectors and segments", async () => {
    const { reduce } = referenceEngine();
    const a = new ReferenceVector(4);
    await a.write([1, 2, 3, 4]);
    expect(await reduce.dot(a, a)).toBe(30);
    expect(await reduce.norm(a)).toBe(Math.sqrt(30));
    expect([...(await reduce.bySegment(a, a, { offsets: [0, 1, 4] }))]).toEqual([1, 29]);
    await expect(reduce.bySegment(a, a, { offsets: [0, 5] })).rejects.toThrow("4 elements");
    await expect(reduce.dot(a, new ReferenceVector(3))).rejects.toThrow("4 and 3");
  });
});
