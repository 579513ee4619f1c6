// The same program, numbers and threads give the same bytes, whatever else the machine does meanwhile.

import { describe, expect, it } from "vitest";
import { createEngine, type Engine } from "../../src/engine/index.js";
import { loadAddon } from "../../src/engine/native/index.js";
import * as g from "../../src/graph/index.js";
import { createModel } from "../../src/models/index.js";
import { initialise } from "../../src/nn/index.js";
import { trainingGraph } from "../../src/tasks/index.js";
import { Random } from "../../src/tensor/philox.js";
import { classify, targetInputs } from "../support/questions.js";

const BATCH = 16;
const REPEATS = 20;

const nets = ["lenet5", "resnet20", "mobilenetv2"].map((name) => {
  const model = createModel(name, { channels: 3, height: 32, width: 32, outputs: 10 });
  return { name, net: trainingGraph(classify(model), BATCH, {}) };
});
type Net = (typeof nets)[number]["net"];

/** A step from the same start, as often as it is called; its results as bytes. */
async function stepper(engine: Engine, net: Net) {
  const { graph, layout } = net;
  const program = await engine.compile(graph);
  const [w, grad] = [engine.vector(layout.length), engine.vector(layout.trainable)];
  const random = new Random({ seed: 2, purpose: "init" });
  const x = Float32Array.from({ length: BATCH * 3 * 32 * 32 }, () => random.uniform());
  const targets = Float32Array.from({ length: BATCH * 10 }, (_, at) => (at % 11 === 0 ? 1 : 0));
  const inputs = { x, ...targetInputs(targets, 10) };
  return async () => {
    await w.write(initialise(net, 1));
    const key = { seed: 1, purpose: "dropout" } as const;
    const { loss } = await program.run({ vectors: { w, grad }, inputs, key });
    const results = [loss as Float32Array, await grad.read(), await w.read()];
    return Buffer.concat(results.map(({ buffer }) => new Uint8Array(buffer)));
  };
}

async function alone(threads: number, net: Net): Promise<Buffer> {
  const engine = await createEngine({ engine: "native", threads });
  const result = await (await stepper(engine, net))();
  await engine.close();
  return result;
}

function built(): boolean {
  try {
    return Boolean(loadAddon());
  } catch {
    return false;
  }
}

describe.skipIf(!built()).each(nets)("$name", ({ net }) => {
  it("gives the bytes it gives alone, beside engines with other numbers of threads", async () => {
    const counts = [1, 2, 3];
    const expected = await Promise.all(counts.map((threads) => alone(threads, net)));
    await Promise.all(
      counts.map(async (threads, at) => {
        const engine = await createEngine({ engine: "native", threads });
        const step = await stepper(engine, net);
        for (let repeat = 0; repeat < REPEATS; repeat++) {
          expect((await step()).equals(expected[at]), `${threads} threads, ${repeat}`).toBe(true);
        }
        await engine.close();
      }),
    );
  });
});

/** An image alone through most kinds of layers, and rows of features at the end. */
function imageAlone(): g.Graph {
  const graph = new g.Graph();
  const weights = (shape: readonly number[]) => g.read(graph, "w", shape);
  const x = g.input(graph, "x", [1, 3, 33, 31]);
  const first = g.conv2d(x, weights([16, 3, 3, 3]), { padding: 1, activation: "relu" });
  const inner = g.conv2d(first, weights([16, 16, 3, 3]), {
    padding: 1,
    bias: weights([16]),
    residual: first,
  });
  const wide = g.conv2d(inner, weights([72, 16, 1, 1]), { bias: weights([72]) });
  const deep = g.conv2d(wide, weights([72, 1, 3, 3]), { padding: 1, strides: 2, groups: 72 });
  const narrow = g.conv2d(deep, weights([40, 72, 1, 1]), { bias: weights([40]) });
  const pooled = g.reshape(g.reduceSum(narrow, [2, 3]), [1, 40]);
  graph.output("y", g.matmul(pooled, weights([301, 40]), { transposeB: true }));
  return graph;
}

describe.skipIf(!built())("an image alone", () => {
  it.each([2, 3, 5])("has the bytes that one thread makes on %i", async (threads) => {
    const random = new Random({ seed: 4, purpose: "init" });
    const noise = (length: number) => Float32Array.from({ length }, () => random.uniform() - 0.5);
    const [values, x] = [noise(301 * 72), noise(3 * 33 * 31)];
    const on = async (count: number) => {
      const engine = await createEngine({ engine: "native", threads: count });
      const w = engine.vector(values.length);
      await w.write(values);
      const program = await engine.compile(imageAlone(), { frozen: ["w"] });
      const runs = [];
      for (let run = 0; run < REPEATS; run++)
        runs.push((await program.run({ vectors: { w }, inputs: { x } })).y);
      await engine.close();
      return runs;
    };
    const [expected] = await on(1);
    for (const y of await on(threads)) expect(y).toEqual(expected);
  });
});

/** What is summed in the same order by any number of threads; x and dy are [9, 24, 12, 12]. */
const sums: Readonly<Record<string, (x: g.Value, dy: g.Value) => g.Value>> = {
  "depthwise weight gradient": (x, dy) => {
    const geometry = g.convGeometry({ groups: 24, padding: 2 });
    return g.conv2dWeightGrad(x, dy, [24, 1, 5, 5], geometry, false)[0];
  },
  "Winograd's weight gradient": (x, dy) => {
    const [images, grad] = [x, dy].map((value) => g.reshape(value, [9, 48, 8, 9]));
    return g.conv2dWeightGrad(
      images,
      grad,
      [48, 48, 3, 3],
      g.convGeometry({ padding: 1 }),
      false,
    )[0];
  },
  "Winograd's weight gradient of many channels": (x, dy) => {
    const [images, grad] = [x, dy].map((value) => g.reshape(value, [9, 96, 6, 6]));
    return g.conv2dWeightGrad(
      images,
      grad,
      [96, 96, 3, 3],
      g.convGeometry({ padding: 1 }),
      false,
    )[0];
  },
  "direct input gradient": (x, dy) => {
    const weights = g.reshape(g.slice(x, [0, 0, 0, 0], [1, 16, 12, 12]), [24, 6, 4, 4]);
    return g.conv2dInputGrad(dy, weights, [9, 6, 15, 15], g.convGeometry({}));
  },
  "group norm's gradient": (x, dy) => {
    const [gamma, beta] = ["gamma", "beta"].map((name) => g.input(x.graph, name, [24]));
    const [y] = g.groupNorm(x, 4, gamma, beta, { activation: "relu" });
    return g.gradients(g.reduceSum(g.mul(y, dy)), [gamma])[0];
  },
};

describe.skipIf(!built()).each(Object.entries(sums))("%s", (_, build) => {
  it("does not depend on the number of threads", async () => {
    const shape = [9, 24, 12, 12];
    const graph = new g.Graph();
    graph.output("sum", build(g.input(graph, "x", shape), g.input(graph, "dy", shape)));
    const random = new Random({ seed: 3, purpose: "init" });
    const numbers = (length: number) => Float32Array.from({ length }, () => random.uniform() - 0.5);
    const [x, dy] = [numbers(9 * 24 * 144), numbers(9 * 24 * 144)];
    const bound = graph.nodes.some(({ attrs }) => attrs["name"] === "gamma");
    const inputs = { x, dy, ...(bound && { gamma: numbers(24), beta: numbers(24) }) };
    const found: unknown[] = [];
    for (const threads of [1, 2, 3]) {
      const engine = await createEngine({ engine: "native", threads });
      found.push((await (await engine.compile(graph)).run({ inputs })).sum);
      await engine.close();
    }
    expect(found).toEqual([found[0], found[0], found[0]]);
  });
});
