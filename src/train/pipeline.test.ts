import { describe, expect, test } from "vitest";
import type { Batch } from "../data/index.js";
import { pipeline } from "./pipeline.js";

const wait = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A queue that works in order, one job after the other, and writes down what happens. */
function queue() {
  const log: string[] = [];
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  const add = (name: string): Promise<string> => {
    waiting++;
    const job = last.then(async () => {
      await wait();
      waiting--;
      log.push(name);
      return name;
    });
    last = job;
    return job;
  };
  return { log, add, waiting: () => waiting };
}

const batchOf = (step: number) => ({ size: step }) as Batch;

function setUp() {
  const { log, add, waiting } = queue();
  const source = {
    batch: async (epoch: number, step: number) => {
      await add(`batch ${epoch}.${step}`);
      return batchOf(step);
    },
  };
  return { log, add, waiting, source };
}

describe("pipeline", () => {
  test("finishes every step once and in order, with the queue never empty in between", async () => {
    const { add, waiting, source } = setUp();
    const finished: string[] = [];
    const queued: number[] = [];
    const next = await pipeline(
      source,
      { epoch: 3, from: 2, to: 8 },
      {
        start: (batch, step) => add(`step ${step} of ${batch.size}`),
        finish: (result, batch, step) => {
          queued.push(waiting());
          finished.push(`${result}: ${batch.size} ${step}`);
        },
      },
    );
    expect(next).toBe(8);
    expect(finished).toEqual([2, 3, 4, 5, 6, 7].map((s) => `step ${s} of ${s}: ${s} ${s}`));
    expect(queued.slice(0, -1).every((count) => count >= 1)).toBe(true);
  });

  test("never holds more than three batches between asking and finishing", async () => {
    const { add, source } = setUp();
    let [open, most] = [0, 0];
    const counted = {
      batch: (epoch: number, step: number) => {
        most = Math.max(most, ++open);
        return source.batch(epoch, step);
      },
    };
    await pipeline(
      counted,
      { epoch: 0, from: 0, to: 9 },
      { start: () => add("step"), finish: () => void open-- },
    );
    expect(most).toBe(3);
  });

  test("stops where it is told to, after everything started has finished", async () => {
    const { add, waiting, source } = setUp();
    const finished: number[] = [];
    const next = await pipeline(
      source,
      { epoch: 0, from: 0, to: 10 },
      {
        start: () => add("step"),
        finish: (_, __, step) => void finished.push(step),
        proceed: (step) => step < 4,
      },
    );
    expect([next, finished, waiting()]).toEqual([4, [0, 1, 2, 3], 0]);
  });

  test.each(["start", "finish", "batch"])(
    "passes on an error in %s when nothing runs any more",
    async (place) => {
      const { add, waiting, source } = setUp();
      const failAt = (where: string, step: number) => {
        if (where === place && step === 3) throw new Error(`${where} 3`);
      };
      const run = pipeline(
        {
          batch: async (epoch, step) => {
            const batch = await source.batch(epoch, step);
            failAt("batch", step);
            return batch;
          },
        },
        { epoch: 0, from: 0, to: 10 },
        {
          start: async (_, step) => {
            const result = await add("step");
            failAt("start", step);
            return result;
          },
          finish: (_, __, step) => failAt("finish", step),
        },
      );
      await expect(run).rejects.toThrow(`${place} 3`);
      expect(waiting()).toBe(0);
    },
  );
});
