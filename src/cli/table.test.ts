import { expect, test } from "vitest";
import { table } from "./table.js";

test("columns are as wide as their longest cell, numbers to the right", () => {
  expect(
    table(
      ["layer", "parameters", "MFLOP"],
      [
        ["conv1", 156, 0.2352],
        ["a longer name", 48120, 10],
      ],
    ),
  ).toEqual([
    "layer          parameters  MFLOP",
    "-------------  ----------  -----",
    "conv1                 156   0.24",
    "a longer name      48,120  10.00",
  ]);
});

test("no rows leave the header", () => {
  expect(table(["a", "bc"], [])).toEqual(["a  bc", "-  --"]);
});
