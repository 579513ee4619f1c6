// The memory report against the allocator itself, and its kinds on a graph that can be counted by hand.

import { constants } from "node:buffer";
import { totalmem } from "node:os";
import { describe, expect, it } from "vitest";
import { classify } from "../../../test/support/questions.js";
import {
  add,
  addRows,
  cast,
  constant,
  exp,
  expand,
  Graph,
  gradients,
  input,
  mul,
  read,
  reduceSum,
  reshape,
  sub,
  takeRows,
  write,
} from "../../graph/index.js";
import { BOUNDS, compressSaved, REPORT } from "../../graph/passes/compressSaved.js";
import { usableMemory } from "../../machine.js";
import { createModel } from "../../models/index.js";
import { trainingGraph } from "../../tasks/index.js";
import { memoryKinds } from "../engine.js";
import { loadAddon, NativeUnavailable, nativeEngine } from "./index.js";

function built(): boolean {
  try {
    return Boolean(loadAddon());
  } catch (error) {
    if (error instanceof NativeUnavailable) return false;
    throw error;
  }
}

const images = { channels: 3, height: 32, width: 32, outputs: 10 };
const model = createModel("resnet20", images);
const plainStack = createModel("convnet6", images);

/** exp(w x), summed, with its gradient: 4096 numbers a value. */
function countable(): Graph {
  const graph = new Graph();
  const w = read(graph, "w", [4096]);
  const y = exp(mul(w, input(graph, "x", [4096])));
  const loss = reduceSum(mul(y, y));
  graph.output("loss", loss);
  write("grad", gradients(loss, [w])[0]);
  return graph;
}

/** Programs and vectors that must not be freed while others are measured. */
const held: unknown[] = [];

describe.skipIf(!built())("memory of a native program", () => {
  it.each([
    ["everything kept", model, (graph: Graph) => ({ graph, values: [], reportLength: 1 })],
    ["activations compressed", plainStack, (graph: Graph) => compressSaved(graph, 1 / 8)],
  ])("is what the allocator gives, to the byte, and no run takes more: %s", async (_, net, way) => {
    const engine = nativeEngine({ threads: 1 });
    const task = trainingGraph(classify(net), 8);
    const { layout } = task;
    const { graph, values, reportLength } = way(task.graph);
    const vectors = {
      w: engine.vector(layout.length),
      grad: engine.vector(layout.trainable),
      [BOUNDS]: engine.vector(Math.max(1, values.length)),
      [REPORT]: engine.vector(reportLength),
    };
    const [x, targets, order] = [8 * 3 * 32 * 32, 80, 80].map((length) => engine.buffer(length));
    const inputs = { x, targets, order };
    held.push(vectors, inputs);
    const { allocated } = loadAddon();
    const before = allocated().now;
    const measured = await engine.measure(graph);
    expect(allocated().now).toBe(before);
    const program = await engine.compile(graph);
    held.push(program);
    expect(program.memory).toEqual(measured);
    expect(allocated().now - before).toBe(program.memory.peakBytes);
    await program.run({ vectors, inputs });
    expect(allocated().peak - before).toBe(program.memory.peakBytes);
    await engine.close();
  });

  it("is refused where the machine has less, before anything is allocated", async () => {
    const engine = nativeEngine({ threads: 1 });
    const elements = 2 ** Math.ceil(Math.log2(totalmem()));
    const graph = new Graph();
    graph.output("y", reduceSum(exp(exp(input(graph, "x", [elements]))), [0]));
    const before = loadAddon().allocated().now;
    const refused = expect.objectContaining({
      name: "InputError",
      message: expect.stringMatching(/ of memory, and this machine lends .*--batch/),
    });
    await expect(engine.compile(graph, { optimise: false })).rejects.toThrow(refused);
    expect(() => engine.vector(elements)).toThrow(refused);
    expect(loadAddon().allocated().now).toBe(before);
    await engine.close();
  });

  it.skipIf(constants.MAX_LENGTH >= usableMemory())(
    "is refused where Node shares no piece of that size",
    async () => {
      const engine = nativeEngine({ threads: 1 });
      const before = loadAddon().allocated().now;
      const elements = constants.MAX_LENGTH / 4 + 1;
      const refused = expect.objectContaining({
        name: "InputError",
        message: expect.stringMatching(/ of memory in one piece, and Node\.js v.* 4\.3 GB at most/),
      });
      expect(() => engine.vector(elements)).toThrow(refused);
      expect(() => engine.buffer(elements)).toThrow(refused);
      expect(loadAddon().allocated().now).toBe(before);
      await engine.close();
    },
  );

  it("has room for all kinds at their sum, and for each kind alone", async () => {
    const engine = nativeEngine({ threads: 1 });
    const { peakBytes, activationBytes, scratchBytes, kinds } = await engine.measure(
      trainingGraph(classify(model), 8).graph,
    );
    const { saved, passing, gradients, weights, scratch } = kinds;
    expect(Object.keys(kinds)).toEqual([...memoryKinds]);
    expect(Math.max(saved, passing, gradients)).toBeLessThanOrEqual(activationBytes);
    expect(saved + passing + gradients).toBeGreaterThanOrEqual(activationBytes);
    expect(weights + scratch).toBeGreaterThanOrEqual(scratchBytes);
    expect(peakBytes).toBeGreaterThanOrEqual(Math.max(activationBytes, scratchBytes));
    await engine.close();
  });

  it("tells values kept for the gradient from those that pass", async () => {
    const engine = nativeEngine({ threads: 1 });
    // y is kept; its square passes, and so does their sum; the gradient goes straight to its vector, all
    // but that of the loss itself.
    const { kinds } = await engine.measure(countable());
    const value = 4096 * 4;
    expect(kinds.saved).toBe(value);
    expect(kinds.passing).toBe(value + 4);
    expect(kinds.gradients).toBe(4);
    await engine.close();
  });

  it("keeps what is made of a frozen vector and constants, rows by their numbers too", async () => {
    const engine = nativeEngine({ threads: 1 });
    const graph = new Graph();
    const one = constant(graph, 1);
    const rows = cast(sub(read(graph, "w", [4096]), one), "i32");
    const counts = addRows(rows, expand(one, [4096]), 16);
    const table = mul(read(graph, "u", [16]), counts);
    graph.output("y", add(takeRows(rows, table), input(graph, "x", [4096])));
    const { memory } = await engine.compile(graph, { frozen: ["w", "u"] });
    const value = 4096 * 4;
    // In a run there is nothing but the sum.
    expect(memory.kinds.passing).toBe(value);
    expect((await engine.compile(graph, {})).memory.kinds.passing).toBeGreaterThan(2 * value);
    await engine.close();
  });

  it("counts what is made of frozen vectors, which stays", async () => {
    const engine = nativeEngine({ threads: 1 });
    const graph = new Graph();
    const w = read(graph, "w", [4096]);
    const made = mul(exp(reshape(exp(w), [64, 64])), read(graph, "u", [64, 64]));
    graph.output("y", add(made, input(graph, "x", [64, 64])));
    const options = { frozen: ["w", "u"] };
    const { allocated } = loadAddon();
    const before = allocated().now;
    const program = await engine.compile(graph, options);
    expect(allocated().now - before).toBe(program.memory.peakBytes);
    expect(await engine.measure(graph, options)).toEqual(program.memory);
    const { kinds } = program.memory;
    const value = 4096 * 4;
    // Two values meet while it is made, one of them stays beside the sum.
    expect(kinds).toEqual({
      saved: 0,
      passing: value,
      gradients: 0,
      weights: 2 * value,
      scratch: 0,
    });
    expect(program.memory.peakBytes).toBe(2 * (value + loadAddon().describe().gap));
    await engine.close();
  });
});
