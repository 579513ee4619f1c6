import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder, trainTiny } from "../../test/support/tinyRun.js";
import { runFiles } from "../runs/runFiles.js";
import type { TrainSettings } from "./config.js";
import { readWeights } from "./weights.js";

/** The weights of a run's end by name. */
async function lastOf(run: string): Promise<ReadonlyMap<string, Float32Array>> {
  const { tensors } = await readWeights(join(run, runFiles.last));
  return new Map([...tensors].map(([name, { data }]) => [name, data as Float32Array]));
}

/** Trains on from the weights of a run; what was there, and what came of it. */
async function trainOn(settings: Partial<TrainSettings>) {
  const folder = temporaryFolder();
  const [first, second] = ["first", "second"].map((name) => join(folder, name));
  const { engine } = { engine: "reference" as const, ...settings };
  await trainTiny({ out: first, epochs: 2, engine });
  const pretrained = join(first, runFiles.last);
  await trainTiny({ ...settings, out: second, pretrained });
  return { before: await lastOf(first), after: await lastOf(second), run: second, pretrained };
}

describe("freeze", () => {
  const cases: Partial<TrainSettings>[] = [
    { engine: "reference" },
    { engine: "native" },
    { engine: "native", accumulate: 2 },
    { engine: "native", swarm: "pso", particles: 2 },
    { engine: "reference", optimizer: "entropy-sgd" },
  ];
  test.each(cases)("leaves weights and statistics as they are: %j", async (settings) => {
    const { before, after } = await trainOn({ ...settings, freeze: "conv,norm" });
    for (const name of after.keys()) {
      const frozen = name.startsWith("conv") || name.startsWith("norm");
      expect([name, [...before.get(name)!].every((v, at) => v === after.get(name)![at])]).toEqual([
        name,
        frozen,
      ]);
    }
  });

  test("goes on where a run was stopped, to the same bytes", async () => {
    const { after, pretrained } = await trainOn({ freeze: "conv", epochs: 3 });
    const out = join(temporaryFolder(), "run");
    await trainTiny({ out, pretrained, freeze: "conv", epochs: 3, steps: 14 });
    await trainTiny({ out, steps: 1000 }, { resume: true });
    expect(await lastOf(out)).toEqual(after);
  });

  test("asks for weights that could stay, and for parts that are there", async () => {
    const out = join(temporaryFolder(), "run");
    await expect(trainTiny({ out, freeze: "conv" })).rejects.toThrow(
      "setting freeze is conv: there are no weights that could stay; give some by pretrained",
    );
    await expect(trainOn({ freeze: "conv3" })).rejects.toThrow(
      'unknown part of tiny "conv3" (did you mean "conv"?)',
    );
    await expect(trainOn({ freeze: "conv", rates: { conv: 0.5 } })).rejects.toThrow(
      "setting rates: conv is frozen and has a rate",
    );
  });
});

describe("rates", () => {
  test.each([
    { engine: "reference" },
    { engine: "native" },
    { engine: "native", accumulate: 2 },
  ] as const)("a part's step is the rule's times its rate: %j", async (settings) => {
    const one = { ...settings, steps: 1, optimizer: "adam", decay: 0.1, augment: "" };
    const [plain, paced] = [await trainOn(one), await trainOn({ ...one, rates: { conv: 0.25 } })];
    const stepOf = ({ before, after }: typeof plain, name: string) =>
      [...after.get(name)!].map((value, at) => value - before.get(name)![at]);
    for (const name of ["conv.weight", "fc.weight"]) {
      const rate = name.startsWith("conv") ? 0.25 : 1;
      const [whole, part] = [stepOf(plain, name), stepOf(paced, name)];
      for (const [at, step] of part.entries()) expect(step).toBeCloseTo(rate * whole[at], 6);
      expect(Math.max(...part.map(Math.abs))).toBeGreaterThan(1e-4);
    }
  });

  test("are refused where an optimizer moves its net as a whole", async () => {
    await expect(trainOn({ rates: { conv: 0.5 }, optimizer: "entropy-sgd" })).rejects.toThrow(
      "setting rates: entropy-sgd moves all parts of a net alike; take another optimizer",
    );
  });
});
