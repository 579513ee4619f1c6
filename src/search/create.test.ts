import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { createSearch, runSearch } from "./create.js";
import type { Told } from "./search.js";

const search = () => createSearch({ space: "x=float:0:1", sampler: "random", trials: 6, seed: 1 });

test("a trial is told before it begins, and the search waits for who is told", async () => {
  const order: string[] = [];
  const onTold = async (told: readonly Told[]) => {
    await pause(1);
    order.push(`told ${told.length}`);
  };
  await runSearch(
    search(),
    async (_, number) => {
      order.push(`begin ${number}`);
      return 1;
    },
    { onTold },
  );
  expect(order.slice(0, 5)).toEqual(["told 1", "begin 0", "told 1", "told 2", "begin 1"]);
});

test("an interrupted trial ends a search, which goes on with it", async () => {
  const begun: number[] = [];
  const told = await runSearch(search(), async (_, number) => {
    begun.push(number);
    return number === 2 ? undefined : number;
  });
  expect(told.map(({ losses }) => losses)).toEqual([[0], [1], undefined]);
  const rest = await runSearch(search(), async (_, number) => number, { told });
  expect(rest.map(({ losses }) => losses?.[0])).toEqual([0, 1, 2, 3, 4, 5]);
  expect(begun).toEqual([0, 1, 2]);
});

test("a signal lets nothing begin any more, and what runs ends", async () => {
  const controller = new AbortController();
  const told = await runSearch(
    search(),
    async (_, number) => {
      if (number === 1) controller.abort();
      await pause(1);
      return number;
    },
    { workers: 3, signal: controller.signal },
  );
  expect(told.map(({ losses }) => losses)).toEqual([[0], [1]]);
});

test("what throws ends a search after the trials that run beside it", async () => {
  let ended = 0;
  const run = runSearch(
    search(),
    async (_, number) => {
      if (number === 0) throw new Error("no");
      await pause(5);
      ended++;
      return 1;
    },
    { workers: 3 },
  );
  await expect(run).rejects.toThrow("no");
  expect(ended).toBe(2);
});

test("trials that still ran begin again, no more at once than workers", async () => {
  let running = 0;
  let most = 0;
  const { space } = search();
  const told = [0.1, 0.2, 0.3].map((x): Told => ({ settings: { [space[0].name]: x } }));
  await runSearch(
    search(),
    async () => {
      most = Math.max(most, ++running);
      await pause(1);
      running--;
      return 1;
    },
    { told, workers: 2 },
  );
  expect(most).toBe(2);
});
