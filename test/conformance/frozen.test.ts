// What an engine keeps of frozen vectors is never old, and never another than it would work out anew.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Buffer, Engine, Vector } from "../../src/engine/engine.js";
import {
  add,
  constant,
  conv2d,
  expand,
  Graph,
  input,
  mul,
  neg,
  read,
  reshape,
  scalar,
  type Value,
  write,
} from "../../src/graph/index.js";
import { createModel } from "../../src/models/index.js";
import { build, initialise, type Net } from "../../src/nn/index.js";
import { evaluationGraph } from "../../src/tasks/index.js";
import { zeros } from "../../src/tensor/dtype.js";
import { Random } from "../../src/tensor/philox.js";
import { sizeOf } from "../../src/tensor/shape.js";
import { classify, targetInputs } from "../support/questions.js";
import { bindingsFor, buildCase, type Case, relativeError, VECTOR } from "./case.js";
import { cases } from "./cases.js";
import { eachLayout } from "./engines.js";

const WEIGHTS = 16 * 16 * 9;

/** Numbers from 0.5 to 1.5. */
function noise(length: number, seed: number): Float32Array {
  const random = new Random({ seed, purpose: "init" });
  return Float32Array.from({ length }, () => 0.5 + random.uniform());
}

const inputs = { x: noise(16 * 36, 1) };

/** The images `x` through two layers of the same weights `w`, which are worked out from the vector. */
function twoLayers(): Graph {
  const graph = new Graph();
  const w = neg(read(graph, "w", [16, 16, 3, 3]));
  const bias = neg(read(graph, "w", [16], 5));
  const y = conv2d(input(graph, "x", [1, 16, 6, 6]), w, { padding: 1, bias });
  graph.output("y", conv2d(y, w, { padding: 1, bias, residual: y }));
  return graph;
}

/** Layers of 3x3 and 1x1 kernels, with a residual, on a batch of images `x` [n, 16, 9, 7]. */
function layersOn(images: number): Graph {
  const graph = new Graph();
  const x = input(graph, "x", [images, 16, 9, 7]);
  const a = conv2d(x, read(graph, "w", [16, 16, 3, 3]), { padding: 1 });
  const b = conv2d(a, read(graph, "w", [40, 16, 1, 1]), { bias: read(graph, "w", [40]) });
  graph.output(
    "y",
    conv2d(b, read(graph, "w", [16, 40, 1, 1]), { bias: read(graph, "w", [16]), residual: x }),
  );
  return graph;
}

interface HalfFrozen {
  readonly graph: Graph;
  readonly inputs: Readonly<Record<string, Buffer>>;
  /** The operands that lie in the vector `p`. */
  readonly p: readonly number[];
}

/** A case with every other f32 operand in a vector. */
function halfFrozen(example: Case, first: number): HalfFrozen {
  const graph = new Graph();
  const numbers = bindingsFor(example, buildCase(example), 5).inputs as Record<
    string,
    Float64Array
  >;
  const p: number[] = [];
  const bound: Record<string, Buffer> = {};
  const operands = example.operands.map(({ shape, dtype = "f32" }, at): Value => {
    const name = `x${at}`;
    if (at % 2 === first && dtype === "f32") {
      p.push(...numbers[name]);
      return read(graph, "p", shape, p.length - sizeOf(shape));
    }
    bound[name] = zeros(dtype, sizeOf(shape));
    bound[name].set(numbers[name]);
    return input(graph, name, shape, dtype);
  });
  const results = [example.build(operands, graph)].flat() as Value[];
  for (const [at, result] of results.entries()) graph.output(`y${at}`, result);
  return { graph, inputs: bound, p };
}

/** Outputs of three runs, in front of the last of which the operands in `p` change. */
async function threeRuns(engine: Engine, example: Case, half: HalfFrozen, frozen: string[]) {
  const { vectors: own, scalars, key } = bindingsFor(example, buildCase(example), 5);
  const program = await engine.compile(half.graph, { frozen });
  const vectors = { p: engine.vector(half.p.length), v: engine.vector(own[VECTOR].length) };
  const results: unknown[] = [];
  for (const factor of [1, undefined, 1.5]) {
    if (factor) await vectors.p.write(half.p.map((number) => factor * number));
    await vectors.v.write(own[VECTOR]);
    results.push(await program.run({ vectors, inputs: half.inputs, scalars, key }));
  }
  return results;
}

/** Parameters of a net that has seen something: no statistic is as it was at first. */
function lived(net: Net): Float32Array {
  const w = initialise(net, 1);
  for (const { kind, shape, offset } of net.layout.params) {
    if (kind === "statistic") w.set(noise(sizeOf(shape), offset), offset);
  }
  return w;
}

for (const { title, open, skip } of eachLayout) {
  describe.skipIf(skip)(title, () => {
    let engine: Engine;
    let w: Vector;
    beforeAll(async () => {
      engine = await open();
      w = engine.vector(WEIGHTS);
    });
    afterAll(() => engine?.close());

    /** Twice what a program makes of a vector, which must be what one makes that freezes nothing. */
    async function twice(vector: Vector) {
      const expected = await plain.run({ vectors: { w: vector }, inputs });
      for (let at = 0; at < 2; at++) {
        expect(await frozen.run({ vectors: { w: vector }, inputs })).toEqual(expected);
      }
      return expected;
    }
    let plain: Awaited<ReturnType<Engine["compile"]>>;
    let frozen: typeof plain;
    beforeAll(async () => {
      plain = await engine.compile(twoLayers());
      frozen = await engine.compile(twoLayers(), { frozen: ["w"] });
    });

    it("sees what is written to a vector", async () => {
      await w.write(noise(WEIGHTS, 2));
      const before = await twice(w);
      await w.write([3], 7);
      expect(await twice(w)).not.toEqual(before);
    });

    it("sees what a program makes of a vector, at once and afterwards", async () => {
      const graph = new Graph();
      write("v", mul(read(graph, "v", [WEIGHTS]), scalar(graph, "factor")));
      const update = await engine.compile(graph);
      await w.write(noise(WEIGHTS, 3));
      await twice(w);
      const running = update.run({ vectors: { v: w }, scalars: { factor: 0.5 } });
      const next = frozen.run({ vectors: { w }, inputs });
      await running;
      expect(await next).toEqual(await twice(w));
    });

    it("sees another vector in the place of the one before", async () => {
      const other = engine.vector(WEIGHTS);
      await w.write(noise(WEIGHTS, 4));
      await other.write(noise(WEIGHTS, 5));
      for (const vector of [w, other, w]) await twice(vector);
    });

    it("names a frozen vector that the graph writes, or does not read", async () => {
      const graph = twoLayers();
      write("w", read(graph, "v", [4]));
      await expect(engine.compile(graph, { frozen: ["v", "w"] })).rejects.toThrow(
        'compile: the graph writes the frozen vector "w"',
      );
      await expect(engine.measure(graph, { frozen: ["g"] })).rejects.toThrow(
        'compile: the graph does not read the frozen vector "g"',
      );
    });

    it("writes no result over what it keeps", async () => {
      const graph = new Graph();
      const v = neg(read(graph, "v", [2, 32]));
      const inverse = neg(reshape(v, [64]));
      graph.output("y", add(input(graph, "x", [64]), inverse));
      const program = await engine.compile(graph, { frozen: ["v"], optimise: false });
      const vectors = { v: engine.vector(64) };
      await vectors.v.write(noise(64, 6));
      const expected = await program.run({ vectors, inputs: { x: noise(64, 7) } });
      expect(await program.run({ vectors, inputs: { x: noise(64, 7) } })).toEqual(expected);
    });

    it.each([true, false])("makes what is of constants alone, optimised: %s", async (optimise) => {
      const graph = new Graph();
      const two = expand(constant(graph, 2), [64]);
      const v = read(graph, "v", [64]);
      graph.output("two", two);
      graph.output("four", mul(two, two));
      graph.output("kept", mul(neg(v), two));
      graph.output("y", add(mul(input(graph, "x", [64]), two), mul(v, two)));
      const program = await engine.compile(graph, { frozen: ["v"], optimise });
      const vectors = { v: engine.vector(64) };
      for (const seed of [1, 1, 2, 2]) {
        const [v, x] = [noise(64, seed), noise(64, seed + 5)];
        await vectors.v.write(v);
        const found = await program.run({ vectors, inputs: { x } });
        expect(found["two"]).toEqual(new Float32Array(64).fill(2));
        expect(found["four"]).toEqual(new Float32Array(64).fill(4));
        expect(found["kept"]).toEqual(v.map((value) => -2 * value));
        expect(
          relativeError(
            found["y"],
            x.map((value, at) => 2 * (value + v[at])),
          ),
        ).toBeLessThan(1e-6);
      }
    });

    // The reference engine keeps nothing: there both sides would be the same run.
    it
      .skipIf(title === "reference")
      .each(cases.map((example) => [`${example.op}: ${example.name}`, example] as const))(
      "%s",
      async (_, example) => {
        for (const half of [0, 1].map((first) => halfFrozen(example, first))) {
          if (half.p.length === 0) continue;
          const expected = await threeRuns(engine, example, half, []);
          expect(await threeRuns(engine, example, half, ["p"])).toEqual(expected);
        }
      },
    );

    it.skipIf(title === "reference").each(["resnet20", "mobilenetv2-0.35", "squeezenet1.1"])(
      "%s gives the logits of the net without any pass",
      async (name) => {
        const model = createModel(name, { channels: 3, height: 64, width: 64, outputs: 10 });
        const net = build(model.layer, [2, ...model.input], { training: false });
        net.graph.output("logits", net.output);
        const bindings = {
          vectors: { w: engine.vector(net.layout.length) },
          inputs: { x: noise(2 * 3 * 64 * 64, 8), ...targetInputs(new Float32Array(20), 10) },
        };
        await bindings.vectors.w.write(lived(net));
        const plain = await engine.compile(net.graph, { optimise: false });
        const { logits } = await plain.run(bindings);
        const quick = await engine.compile(evaluationGraph(classify(model), 2).graph, {
          frozen: ["w"],
        });
        expect(relativeError((await quick.run(bindings)).output, logits)).toBeLessThan(1e-5);
      },
    );
  });
}

for (const { title, open, skip } of eachLayout) {
  it.skipIf(skip)(`${title}: an image of a batch gets what it gets alone`, async () => {
    const [images, size] = [19, 16 * 63];
    const engine = await open();
    const vectors = { w: engine.vector(WEIGHTS) };
    await vectors.w.write(noise(WEIGHTS, 3));
    const [one, all] = await Promise.all(
      [1, images].map((n) => engine.compile(layersOn(n), { frozen: ["w"] })),
    );
    const x = noise(images * size, 4);
    const { y } = await all.run({ vectors, inputs: { x } });
    for (let at = 0; at < images; at++) {
      const [from, to] = [at * size, (at + 1) * size];
      const alone = await one.run({ vectors, inputs: { x: x.slice(from, to) } });
      expect(y.slice(from, to)).toEqual(alone.y);
    }
    await engine.close();
  });
}
