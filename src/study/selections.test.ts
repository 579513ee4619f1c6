// Selectors compared: rows, pairs, and a folder in which they go on.

import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { iris, species } from "../../test/support/iris.js";
import { getSelector } from "../selection/index.js";
import {
  keptShares,
  runSelections,
  type SelectionRun,
  type SelectionStudy,
  selectionRows,
} from "./selections.js";

const folder = mkdtempSync(join(tmpdir(), "convoy-selections-"));
afterAll(() => rmSync(folder, { recursive: true }));

const method = (name: string) => ({ name, selector: getSelector(name) });
const study: SelectionStudy = {
  table: { name: "iris", features: iris, classes: species },
  methods: [method("random"), method("none")],
  seeds: [1, 2],
  ...{ folds: 3, particles: 4, iterations: 3 },
};

test("every method runs with every seed, in pairs", async () => {
  const places: string[] = [];
  const runs = await runSelections(study, {
    watch: ({ method, seed, done, total, fold }) =>
      places.push(`${method} ${seed} ${done}/${total} ${fold ?? "over"}`),
  });
  expect(runs!.map(({ method, seed }) => `${method} ${seed}`)).toEqual([
    "random 1",
    "none 1",
    "random 2",
    "none 2",
  ]);
  expect(places.slice(0, 5)).toEqual([
    "random 1 0/4 0",
    "random 1 0/4 1",
    "random 1 0/4 2",
    "random 1 1/4 over",
    "none 1 1/4 0",
  ]);
  expect(runs![0].folds.map(({ evaluations }) => evaluations)).toEqual([12, 12, 12]);
});

describe("in a folder", () => {
  test("what is over is read, seeds and methods may be added, an interrupted run is given up", async () => {
    const out = join(folder, "a");
    const abort = new AbortController();
    const stopped = await runSelections(
      { ...study, out },
      {
        signal: abort.signal,
        watch: ({ done, fold }) => {
          if (done === 1 && fold === 0) abort.abort();
        },
      },
    );
    expect(stopped).toBeUndefined();
    const saved = () =>
      readdirSync(out)
        .filter((name) => name.includes("seed"))
        .sort();
    expect(saved()).toEqual(["random-seed1.json"]);
    let folds = 0;
    const count = { watch: ({ fold }: { fold?: number }) => void (fold !== undefined && folds++) };
    const gone = await runSelections({ ...study, out }, count);
    expect(folds).toBe(9);
    expect(gone).toEqual(await runSelections(study));
    const more = { ...study, seeds: [1, 2, 3], methods: [...study.methods, method("mi")], out };
    folds = 0;
    expect(await runSelections(more, count)).toHaveLength(9);
    expect(folds).toBe(15);
  });

  test("another table or other settings are refused", async () => {
    const out = join(folder, "b");
    await runSelections({ ...study, out });
    await expect(runSelections({ ...study, folds: 4, out })).rejects.toThrow(
      "holds another selection: folds was 3, now it is 4",
    );
    const features = { ...iris, data: iris.data.map((value) => value + 1) };
    await expect(
      runSelections({ ...study, table: { ...study.table, features }, out }),
    ).rejects.toThrow("holds another selection: table.sums.0 was");
  });
});

test("nothing to compare, and a method twice, are refused", async () => {
  await expect(runSelections({ ...study, methods: [] })).rejects.toThrow("0 methods, 2 seeds");
  const twice = [method("mi"), method("mi")];
  await expect(runSelections({ ...study, methods: twice })).rejects.toThrow("mi is given twice");
  const wrong = [{ ...method("bpso"), options: { pull: 1 } }];
  await expect(runSelections({ ...study, methods: wrong })).rejects.toThrow(
    'unknown option "pull"',
  );
});

/** A run with accuracies of its two folds, each of which kept a column. */
const run = (method: string, seed: number, outers: readonly number[]): SelectionRun => ({
  method,
  seed,
  folds: outers.map((outer, fold) => ({
    ...{ fold, outer, inner: outer + 0.1, fitness: 0, evaluations: 12, distinct: 10, curve: [] },
    ...{ columns: [3, 5 + fold], dropped: [] },
  })),
});

test("rows are means over folds with intervals over seeds, less the baseline by seed", () => {
  const runs = [
    run("random", 1, [0.8, 0.9]),
    run("none", 1, [0.7, 0.8]),
    run("random", 2, [0.7, 0.8]),
    run("none", 2, [0.8, 0.75]),
  ];
  const [random, none] = selectionRows(runs);
  expect(none.versus).toBeUndefined();
  expect(random.outer.mean).toBeCloseTo(0.8, 12);
  expect(random.leak.mean).toBeCloseTo(0.1, 12);
  expect([random.features.mean, random.evaluations, random.distinct]).toEqual([2, 12, 10]);
  expect(random.versus).toMatchObject({ wins: 1, losses: 1, ties: 0 });
  expect(random.versus!.mean).toBeCloseTo(0.0375, 12);
  // The larger of two differences is positive: sums 2 and 1, as 3 of 4 ways to set signs.
  expect(random.versus!.p).toBe(1);
  expect(selectionRows(runs, "random")[1].versus!.mean).toBeCloseTo(-0.0375, 12);
  expect([...keptShares(runs, "random")]).toEqual([
    [3, 1],
    [5, 0.5],
    [6, 0.5],
  ]);
});
