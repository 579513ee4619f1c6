import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { stripes, temporaryFolder, tinyModel, trainTiny } from "../../test/support/tinyRun.js";
import type { ReadProgress } from "../data/index.js";
import { type ModelInput, paced } from "../models/index.js";
import { runFiles } from "../runs/runFiles.js";
import type { TrainEvent } from "./events.js";
import { readWeights } from "./weights.js";

const frozen = { conv: 0, norm: 0 };
const settings = { augment: "", epochs: 3 } as const;

/** Weights to begin with. */
async function given(): Promise<string> {
  const out = join(temporaryFolder(), "given");
  await trainTiny({ ...settings, out, epochs: 1 });
  return join(out, runFiles.last);
}

async function numbersOf(run: string): Promise<[string, number[]][]> {
  const { tensors } = await readWeights(join(run, runFiles.last));
  return [...tensors].map(([name, { data }]) => [name, [...(data as Float32Array)]]);
}

test("what is learnt from kept features is what is learnt from the images", async () => {
  const cache = temporaryFolder();
  vi.stubEnv("XDG_CACHE_HOME", cache);
  const pretrained = await given();
  const [kept, plain] = ["kept", "plain"].map((name) => join(temporaryFolder(), name));
  const { summary } = await trainTiny({
    ...{ ...settings, out: kept, pretrained },
    freeze: "conv,norm",
  });
  // The same parts are frozen, but no setting says so: nothing is kept.
  const own = (input: ModelInput) => paced(tinyModel(input), frozen);
  const { summary: other } = await trainTiny(
    { ...settings, out: plain, pretrained },
    { model: own },
  );
  const found = await numbersOf(kept);
  for (const [at, [name, numbers]] of (await numbersOf(plain)).entries()) {
    expect(found[at][0]).toBe(name);
    for (const [k, number] of numbers.entries()) expect(found[at][1][k]).toBeCloseTo(number, 5);
  }
  expect(summary.test!.loss).toBeCloseTo(other.test!.loss, 5);
  expect(summary.best).toMatchObject({ epoch: other.best!.epoch });
  // No file is left.
  expect(readdirSync(join(cache, "convoy"), { recursive: true })).toEqual(["images"]);
  vi.unstubAllEnvs();
});

test("a run on kept features is resumed to the same bytes", async () => {
  const pretrained = await given();
  const [whole, parts] = ["whole", "parts"].map((name) => join(temporaryFolder(), name));
  const freeze = "conv,norm";
  await trainTiny({ ...settings, out: whole, pretrained, freeze });
  await trainTiny({ ...settings, out: parts, pretrained, freeze, steps: 13 });
  await trainTiny({ out: parts, steps: 1000 }, { resume: true });
  expect(await numbersOf(parts)).toEqual(await numbersOf(whole));
});

test("images that differ from epoch to epoch are not kept", async () => {
  const pretrained = await given();
  const cache = temporaryFolder();
  vi.stubEnv("XDG_CACHE_HOME", cache);
  const events: TrainEvent[] = [];
  await trainTiny(
    { out: join(temporaryFolder(), "run"), pretrained, freeze: "conv,norm", augment: "flip" },
    { listeners: [(event) => void events.push(event)] },
  );
  vi.unstubAllEnvs();
  expect(events.some(({ type }) => type === "runEnd")).toBe(true);
  expect(existsSync(join(cache, "convoy"))).toBe(false);
});

test("a run that is stopped while features are worked out ends at once, and goes on later", async () => {
  const pretrained = await given();
  const [whole, parts] = ["whole", "parts"].map((name) => join(temporaryFolder(), name));
  const freeze = "conv,norm";
  // Several batches of features.
  const data = { train: stripes(500, 1), test: stripes(33, 2) };
  await trainTiny({ ...settings, out: whole, pretrained, freeze }, { data });
  const abort = new AbortController();
  const told: ReadProgress[] = [];
  const { summary } = await trainTiny(
    { ...settings, out: parts, pretrained, freeze },
    {
      data,
      signal: abort.signal,
      onProgress(progress) {
        told.push(progress);
        abort.abort();
      },
    },
  );
  expect(told.at(-1)!.done).toBeLessThan(told.at(-1)!.total);
  expect(summary).toMatchObject({ epochs: 0, gradients: 0 });
  await trainTiny({ out: parts }, { data, resume: true });
  expect(await numbersOf(parts)).toEqual(await numbersOf(whole));
});
