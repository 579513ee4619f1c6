import { expect, test } from "vitest";
import { alongside, differing } from "./alongside.js";

test("curves come onto one axis, with gaps where one has no point", () => {
  const { x, all } = alongside([
    { x: [1, 2, 4], y: [0.1, 0.2, null] },
    { x: [2, 3], y: [5, 6] },
    { x: [], y: [] },
  ]);
  expect(x).toEqual([1, 2, 3]);
  expect(all).toEqual([
    [0.1, 0.2, null],
    [null, 5, 6],
    [null, null, null],
  ]);
});

test("settings in which runs differ are told, and no others", () => {
  expect(
    differing([
      { a: "1", b: "2" },
      { a: "1", b: "3", c: "x" },
    ]),
  ).toEqual([
    ["b", ["2", "3"]],
    ["c", ["", "x"]],
  ]);
});
