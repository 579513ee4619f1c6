// A run with bits for each layer: within its size, it opens as any other; what is no net in f32 is refused.

import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stripesFile } from "../../../test/support/stripesFile.js";
import { openDataset } from "../../data/index.js";
import { openTrained, train } from "../index.js";
import { runFiles } from "../runFiles.js";
import { compressMixed, type MixedReport } from "./mixed.js";

const folder = mkdtempSync(join(tmpdir(), "convoy-mixed-"));
afterAll(() => rmSync(folder, { recursive: true }));
const [run, out] = [join(folder, "run"), join(folder, "mixed")];
const threads = 1;
let report: MixedReport;

beforeAll(async () => {
  const data = stripesFile(folder);
  await train({ data, model: "lenet5", epochs: 12, batch: 10, threads, out: run });
  report = (await compressMixed(run, { targetSize: 0.09, epochs: 2, lr: 0.01, out, threads }))!;
}, 120_000);

test("the weights take no more than the share; the first and the last layer have 8 bits, the others what they need", () => {
  const { bytes, layers } = report;
  expect(bytes.before).toBe(4 * 61_111);
  expect(bytes.after).toBeLessThanOrEqual(0.09 * bytes.before);
  expect(bytes.after).toBeGreaterThan(0.07 * bytes.before);
  expect(layers.map(({ name }) => name)).toEqual(["conv1", "conv2", "fc1", "fc2", "fc3"]);
  const [first, ...others] = layers.map(({ bits }) => bits);
  expect([first, others.pop()]).toEqual([8, 8]);
  expect(new Set(others).size).toBeGreaterThan(1);
  expect(layers.every(({ images }) => images === 8)).toBe(true);
  const known = layers.filter(({ measure }) => measure !== undefined);
  expect(known.map(({ name }) => name)).toEqual(["conv2", "fc1", "fc2"]);
});

test("training wins back what was lost", () => {
  const { before, quantised, after, score } = report;
  expect(score.metric).toBe("accuracy");
  expect(after.loss).toBeLessThan(quantised.loss);
  expect(after.accuracy).toBeGreaterThan(before.accuracy - 0.1);
});

test("the run opens as any other", async () => {
  const net = await openTrained(out, { threads });
  const { test: images } = await openDataset(join(folder, "data.npz"));
  const { metrics } = await net.evaluate(images!);
  expect(net.info.passes).toMatchObject([{ pass: "quantise", method: "lsq" }]);
  await net.close();
  expect(metrics.accuracy).toBeGreaterThan(0.7);
});

test.each(["evolution", "fracbits"])("%s that is interrupted keeps nothing", async (by) => {
  const to = join(folder, "interrupted");
  const options = { by, targetSize: 0.09, out: to, threads, signal: AbortSignal.abort() };
  expect(await compressMixed(run, options)).toBe(undefined);
  expect(existsSync(to)).toBe(false);
});

describe("refused:", () => {
  const compress = (from: string, targetSize: number) =>
    compressMixed(from, { targetSize, out: join(folder, "refused"), threads });

  test("a size that nothing fits, with the smallest that something does", async () => {
    const message =
      /a size of 5.0 % of f32 is too small; the smallest possible is (\d.\d) %: layers at 2 bits/;
    const error: Error = await compress(run, 0.05).then(
      () => expect.unreachable(),
      (fault) => fault,
    );
    expect(error.message).toMatch(message);
    const [, smallest] = message.exec(error.message)!;
    const made = await compressMixed(run, {
      ...{ targetSize: Number(smallest) / 100, epochs: 0, threads },
      out: join(folder, "smallest"),
    });
    expect(made!.layers.map(({ bits }) => bits)).toEqual([8, 2, 2, 2, 8]);
    // Packed as one that was trained on is: a fifth of the bytes of f32 at most.
    const file = join(folder, "smallest", runFiles.best);
    expect(statSync(file).size).toBeLessThan(statSync(join(run, runFiles.best)).size / 5);
  });

  test.each([{}, { targetSize: 0.5, targetBops: 0.1 }])("no budget, or two: %o", async (budget) => {
    await expect(
      compressMixed(run, { ...budget, out: join(folder, "refused"), threads }),
    ).rejects.toThrow("bits need one budget; give targetSize");
  });

  test("a way to choose that is none", async () => {
    const options = { by: "hawk", targetSize: 0.5, out: join(folder, "refused"), threads };
    await expect(compressMixed(run, options)).rejects.toThrow(
      'unknown way to choose bits "hawk" (did you mean "hawq"?)',
    );
  });

  test("a net that has bits for each layer already", async () => {
    await expect(compress(out, 0.5)).rejects.toThrow(
      "holds a net after pass quantise; bits are chosen for nets that are whole and in f32",
    );
  });
});
