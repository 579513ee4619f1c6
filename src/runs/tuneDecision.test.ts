import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stripeSplits, temporaryFolder } from "../../test/support/tinyRun.js";
import { hostTensor } from "../tensor/host.js";
import { writeNpz } from "../tensor/npz.js";
import { openTrained, train, tuneDecision } from "./index.js";

/** A run of tags on images whose brightness tells them, of which most have few. */
async function tagsRun(): Promise<string> {
  const folder = temporaryFolder();
  const { train: part } = stripeSplits();
  const tags = Uint8Array.from({ length: 2 * part.length }, (_, at) =>
    Number(part.labels.of[at >> 1] === (at & 1)),
  );
  const data = join(folder, "tags.npz");
  const arrays = [
    ["images", hostTensor("u8", [part.length, 6, 6], part.images.bytes as Uint8Array<ArrayBuffer>)],
    ["tags", hostTensor("u8", [part.length, 2], tags)],
  ] as const;
  writeFileSync(data, writeNpz(arrays));
  const out = join(folder, "run");
  const settings = { data, model: "convnet-gn", size: 8, epochs: 2, batch: 16, lr: 0.01 };
  await train({ ...settings, selection: 0.3, threads: 1, out });
  return out;
}

test("what is chosen on the selection images is saved, and eval and predict go by it", async () => {
  const run = await tagsRun();
  const { images, before, after, constants } = await tuneDecision(run, { threads: 1 });
  expect(images).toBe(36);
  expect(after.f2).toBeGreaterThan(before.f2);
  expect(after.map).toBe(before.map);
  const net = await openTrained(run, { threads: 1 });
  expect(net.info.constants).toEqual(constants);
  await net.close();
  // A second start of the finished run keeps it.
  await train({ out: run }, { resume: true });
  const resumed = await openTrained(run, { threads: 1 });
  expect(resumed.info.constants).toEqual(constants);
  await resumed.close();
  // Chosen again, from there, nothing changes.
  const again = await tuneDecision(run, { threads: 1 });
  expect(again.constants).toEqual(constants);
  expect(again.before).toEqual(after);
});

test("a folder that is no run is told so, and left as it is", async () => {
  const folder = temporaryFolder();
  await expect(tuneDecision(folder)).rejects.toThrow(/no run/);
  expect(readdirSync(folder)).toEqual([]);
});

test("a run of classes has nothing to choose", async () => {
  const out = join(temporaryFolder(), "run");
  const settings = { data: "stripes", model: "convnet-gn", size: 8, steps: 1, batch: 16 };
  await train({ ...settings, threads: 1, out }, { data: stripeSplits() });
  const net = await openTrained(out, { threads: 1 });
  await expect(net.tuned(stripeSplits().train)).rejects.toThrow(
    "task classify has nothing to choose: it says what is likeliest",
  );
  await net.close();
});
