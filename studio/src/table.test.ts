import { expect, test } from "vitest";
import { routeOf } from "./route.js";
import { changed } from "./server.js";
import { column, grouped } from "./table.js";
import { filtered, noFilter, sorted } from "./views/runOrder.js";

const table = {
  columns: ["epoch", "particle", "loss"],
  rows: [
    [1, 0, 3],
    [1, 1, 4],
    [2, 1, null],
  ],
};

test("a table is split by net, with a gap where nothing is known", () => {
  expect(column(table, "loss")).toEqual([3, 4, null]);
  expect(column(null, "loss")).toEqual([]);
  const { x, series } = grouped(table, "particle", "loss");
  expect(x).toEqual([1, 2]);
  expect([...series]).toEqual([
    [0, [3, null]],
    [1, [4, null]],
  ]);
});

test("parts take new values and new rows", () => {
  const first = changed({}, [{ part: "results", value: table }]);
  const next = changed(first, [
    { part: "results", from: 2, rows: [[2, 0, 1]] },
    { part: "live", value: null },
  ]);
  expect(next.results!.rows).toEqual([
    [1, 0, 3],
    [1, 1, 4],
    [2, 0, 1],
  ]);
  expect(next.live).toBeNull();
  expect(first.results!.rows).toEqual(table.rows);
});

const run = (path: string, best?: number, state = "finished") =>
  ({ id: path, path, state, updated: 0, model: "lenet5", best }) as never;

test("runs are found by words and states, and sorted with those without a value last", () => {
  const runs = [run("a-10", 0.5), run("a-2"), run("b", 0.9, "running")];
  const paths = (found: readonly { path: string }[]) => found.map(({ path }) => path);
  expect(paths(filtered(runs, { ...noFilter, text: "LENET a-" }))).toEqual(["a-10", "a-2"]);
  expect(paths(filtered(runs, { ...noFilter, state: "running" }))).toEqual(["b"]);
  expect(paths(sorted(runs, { key: "best", down: true }))).toEqual(["b", "a-10", "a-2"]);
  expect(paths(sorted(runs, { key: "best", down: false }))).toEqual(["a-10", "b", "a-2"]);
  expect(paths(sorted(runs, { key: "path", down: false }))).toEqual(["a-2", "a-10", "b"]);
});

test("an address names a view, and whatever it does not know is the list", () => {
  const id = "0123456789abcdef";
  expect(routeOf(`#/run/${id}`)).toEqual({ view: "run", id });
  expect(routeOf(`#/compare/${id},x,${id}`)).toEqual({ view: "compare", ids: [id, id] });
  expect(routeOf("#/start")).toEqual({ view: "start" });
  for (const hash of ["", "#/", "#/run/../x", "#/compare/", "#/else/1"]) {
    expect(routeOf(hash)).toEqual({ view: "runs" });
  }
});
