import { expect, it, test } from "vitest";
import { classify } from "../../test/support/questions.js";
import { createEngine } from "../engine/index.js";
import { loadAddon } from "../engine/native/index.js";
import type { InputError } from "../inputError.js";
import { createModel, type Model } from "../models/index.js";
import { conv2d, globalAvgPool, linear, relu, sequential } from "../nn/index.js";
import { compileTraining } from "./objective.js";

function built(): boolean {
  try {
    return Boolean(loadAddon());
  } catch {
    return false;
  }
}

/** On other processors the C++ library's kernels for images take scratch space that these bounds leave out. */
const wide = built() && loadAddon().describe().wide;

const model = (name: string) =>
  classify(createModel(name, { channels: 3, height: 32, width: 32, outputs: 10 }));

const open = () => createEngine({ engine: "native", threads: 1 });

it.skipIf(!built())(
  "trains resnet56 in a quarter of its memory, and nothing takes more on the way",
  async () => {
    const engine = await open();
    const compile = (settings: object) =>
      compileTraining(engine, model("resnet56"), { batch: 64, ...settings });
    const plain = await compile({ recompute: "off" });
    const budget = plain.memory.peakBytes / 4;
    const { allocated } = loadAddon();
    const before = allocated();
    const { memory } = await compile({ memory: `${budget}B` });
    expect(memory.peakBytes).toBeLessThanOrEqual(budget);
    expect(memory.plan).toMatch(/recomputing \d+ values; .*about \d+ % more work/);
    expect(allocated().now - before.now).toBeLessThanOrEqual(budget);
    await engine.close();
  },
);

it.skipIf(!wide)(
  "needs AVX-512: trains vgg11 without much scratch space, whose weights are large",
  async () => {
    const engine = await open();
    const { memory, layout } = await compileTraining(engine, model("vgg11"), { batch: 64 });
    expect(memory.kinds.scratch).toBeLessThan(layout.trainable);
    await engine.close();
  },
);

it.skipIf(!built())("does nothing where everything fits", async () => {
  const engine = await open();
  const { memory } = await compileTraining(engine, model("resnet20"), {
    batch: 8,
    memory: "1GB",
  });
  expect(memory.plan).toMatch(/nothing to do/);
  await engine.close();
});

it.skipIf(!built())("makes again what is cheap, unasked, and says so", async () => {
  const engine = await open();
  const compile = async (name: string, recompute?: "off") =>
    (await compileTraining(engine, model(name), { batch: 64, recompute })).memory;
  const [fast, less] = [await compile("resnet20", "off"), await compile("resnet20")];
  expect(fast.plan).toMatch(/nothing to do/);
  expect(less.plan).toMatch(/recomputing \d+ values; about \d % more work/);
  expect(less.peakBytes).toBeLessThan(0.75 * fast.peakBytes);
  // Where that saves little, nothing is made again.
  expect((await compile("lenet5")).plan).toBeUndefined();
  await engine.close();
});

it.skipIf(!built())("costs less where more memory is given", async () => {
  const engine = await open();
  const costs: number[] = [];
  for (const memory of ["40MB", "50MB"]) {
    const { memory: report } = await compileTraining(engine, model("resnet20"), {
      batch: 64,
      memory,
    });
    costs.push(Number(/about (\d+) %/.exec(report.plan!)![1]));
  }
  expect(costs[1]).toBeLessThan(costs[0]);
  await engine.close();
});

/** The smallest memory that a net can do with, as the refusal of one that is too small names it. */
async function leastOf(compile: (memory: string) => Promise<unknown>): Promise<string> {
  const error = await compile("1MB").then(
    () => undefined,
    (thrown: InputError) => thrown,
  );
  return /1.0 MB is too little .* smallest possible is ([\d.]+ MB)/.exec(error!.message)![1];
}

it.skipIf(!built())("refuses too little by naming the least, which then does", async () => {
  const engine = await open();
  const compile = (memory: string) =>
    compileTraining(engine, model("resnet20"), { batch: 64, memory });
  const { memory } = await compile(await leastOf(compile));
  expect(memory.peakBytes).toBeGreaterThan(5e6);
  await engine.close();
});

/** Twelve convolutions with images of one size: too many to keep, and dear to make again. */
const deep: Model = {
  name: "deep",
  source: "this suite",
  input: [3, 32, 32],
  outputs: 10,
  layer: sequential(
    ...Array.from({ length: 12 }, () => sequential(conv2d(16, 3, { padding: 1 }), relu())),
    globalAvgPool(),
    linear(10),
  ),
};

it.skipIf(!wide)(
  "needs AVX-512: compresses where nothing else is enough, and says what it costs",
  async () => {
    const engine = await open();
    const compile = (memory: string, keep?: "f32" | "bf16") =>
      compileTraining(engine, classify(deep), { batch: 32, memory, keep });
    const exact = await leastOf((memory) => compile(memory, "f32"));
    const rounded = await leastOf((memory) => compile(memory, "bf16"));
    const least = await leastOf(compile);
    expect(Number.parseFloat(least)).toBeLessThan(Number.parseFloat(exact));
    expect(Number.parseFloat(least)).toBeLessThan(Number.parseFloat(rounded));
    for (const memory of [exact, rounded]) {
      expect((await compile(memory)).memory.plan).not.toMatch(/compressed/);
    }
    const { memory, compression } = await compile(least);
    expect(memory.plan).toMatch(/convolutions kept compressed, .* about [1-9]\d* % more work/);
    expect(memory.peakBytes / 1e6).toBeCloseTo(Number.parseFloat(least), 1);
    expect(compression).toBeDefined();
    await engine.close();
  },
);

it.each([{}, { keep: "bf16" }, { keep: "f32", memory: "1GB" }] as const)(
  "refuses bounds that nothing would be kept under: %j",
  async (settings) => {
    const engine = await createEngine({ engine: "reference" });
    const compiled = compileTraining(engine, model("convnet6"), {
      ...{ batch: 2, comet: { eta: 0.1 } },
      ...settings,
    });
    await expect(compiled).rejects.toThrow(/setting comet: nothing is kept compressed; add keep=/);
    await engine.close();
  },
);

it.skipIf(!built())("recomputes as many segments as are asked for", async () => {
  const engine = await open();
  const compile = async (recompute?: number | "sqrt" | "off") =>
    (await compileTraining(engine, model("resnet20"), { batch: 16, recompute })).memory;
  const plain = await compile("off");
  const root = await compile("sqrt");
  const two = await compile(2);
  expect(root.activationBytes).toBeLessThan(two.activationBytes);
  expect(two.activationBytes).toBeLessThan(plain.activationBytes);
  await expect(compile(1000)).rejects.toThrow(/1000 segments: this net has \d+ places/);
  await engine.close();
});

test.skipIf(!built()).each(["convnet6", "vgg11"])(
  "compressed activations of %s are less than a fifth of what is saved",
  async (name) => {
    const engine = await open();
    const { memory: plain } = await compileTraining(engine, model(name), {
      batch: 64,
      recompute: "off",
    });
    const { memory } = await compileTraining(engine, model(name), { batch: 64, keep: "comet" });
    expect(memory.kinds.saved).toBeLessThanOrEqual(plain.kinds.saved / 5);
    expect(memory.plan).toMatch(/kept compressed/);
    await engine.close();
  },
);
