import { expect, test } from "vitest";
import { rescueLine } from "./particleRows.js";

test("a rescue's line tells what losses are compared with, and a rate that is halved", () => {
  const rescue = { particle: 0, from: 3, loss: 2.3061, fromLoss: 0.481, rateFactor: 0.5 };
  expect(rescueLine(rescue, 2.3031)).toBe(
    "  net 0 is behind (loss 2.306, net 3 has 0.4810, one answer for all 2.303): takes its place, " +
      "at 0.5 of its own learning rate",
  );
  expect(rescueLine({ ...rescue, rateFactor: 1 }, 2.3031)).toMatch(/takes its place$/);
  expect(rescueLine({ ...rescue, loss: Number.NaN }, 2.3031)).toMatch(
    /^ {2}net 0 is behind \(diverged, net 3/,
  );
});
