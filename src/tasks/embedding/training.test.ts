// Runs of the tasks that need no labels: they learn, go on to the same bytes, and play in swarms.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { stripeSplits, temporaryFolder, trainTiny } from "../../../test/support/tinyRun.js";
import type { Dataset } from "../../data/index.js";
import { runFiles } from "../../runs/runFiles.js";

const settings = {
  task: "local-aggregation",
  taskNumbers: { dimensions: 8, warmup: 1, clusters: 4, background: 40, clusterings: 2 },
  augment: "flip",
  epochs: 3,
} as const;

const bytes = (folder: string) => readFileSync(join(folder, runFiles.last));
const unlabelled = (dataset: Dataset): Dataset => ({ ...dataset, labels: { kind: "none" } });

describe.each([
  ["instance", { dimensions: 8 }],
  ["local-aggregation", settings.taskNumbers],
  ["deepcluster", { dimensions: 8, clusters: 4, clusterings: 2 }],
  ["simclr", { dimensions: 8 }],
  ["rotation", {}],
])("%s", (task, taskNumbers) => {
  test("goes on to the same bytes, and its loss falls", async () => {
    const [whole, parts] = [temporaryFolder(), temporaryFolder()];
    const { events } = await trainTiny({ ...settings, task, taskNumbers, out: whole });
    const losses = events.flatMap((e) => (e.type === "epochEnd" ? [e.trainLoss] : []));
    expect(losses[1]).toBeLessThan(losses[0]);
    // Stops within the second epoch, which has clusterings.
    await trainTiny({ ...settings, task, taskNumbers, out: parts, steps: 15 });
    await trainTiny({ out: parts, steps: 1000 }, { resume: true });
    expect(bytes(parts).equals(bytes(whole))).toBe(true);
  });

  test("learns from images of which nothing is known", async () => {
    const { train } = stripeSplits();
    const alone = { train: unlabelled(train) };
    const { summary } = await trainTiny(
      { ...settings, task, taskNumbers, out: temporaryFolder(), epochs: 1 },
      { data: alone },
    );
    const { metric } = summary.score;
    expect(metric).toBe(task === "rotation" ? "accuracy" : "uniformity");
    expect(summary.best?.score).toBeTypeOf("number");
  });
});

describe("local aggregation", () => {
  test("has a bank for each net of a swarm", async () => {
    const out = temporaryFolder();
    const swarm = { swarm: "gossip", particles: 2, epochs: 2 } as const;
    const { summary } = await trainTiny({ ...settings, ...swarm, out });
    expect(summary.score.metric).toBe("knn");
    const state = `${readFileSync(join(out, runFiles.state))}`;
    expect(state).toContain("particle0.task.bank");
    expect(state).toContain("particle1.task.clusters");
  });

  test.each([
    [
      { clusters: 200 },
      "clusters of task local-aggregation is 200: there are 108 images to learn from",
    ],
    [{ clusters: 1 }, "of one cluster all are close"],
    [
      { temperature: 0 },
      "temperature of task local-aggregation is 0; expected a number from 0.001",
    ],
    [{ temprature: 1 }, 'unknown number of task local-aggregation in taskNumbers "temprature"'],
  ])("refuses %o", async (taskNumbers, message) => {
    const out = temporaryFolder();
    await expect(trainTiny({ ...settings, taskNumbers, out })).rejects.toThrow(message);
  });

  test("learns from images that are all equal without a number that is not finite", async () => {
    const { train } = stripeSplits();
    const bytes = new Uint8Array((train.images.bytes as Uint8Array).length).fill(7);
    const equal = { train: { ...train, images: { ...train.images, bytes } } };
    const { summary } = await trainTiny({ ...settings, out: temporaryFolder() }, { data: equal });
    expect(summary.best?.uniformity).toSatisfy(Number.isFinite);
  });
});
