import { expect, test } from "vitest";
import { showProgress } from "./select.js";

test("progress tells the time left, from the folds of this session alone", () => {
  for (const isTTY of [false, true]) {
    let [text, now] = ["", 0];
    const show = showProgress({ write: (more) => (text += more), isTTY }, 2, () => now);
    const place = { method: "mi", seed: 1, total: 3 };
    const run = { method: "mi", seed: 1, folds: [] };
    // Of a run that was read nothing can be told.
    show({ ...place, done: 1, run });
    now = 6_000;
    show({ ...place, done: 1, fold: 0 });
    now = 14_000;
    show({ ...place, done: 1, fold: 1 });
    show({ ...place, done: 2, run });
    now = 28_000;
    for (const fold of [0, 1]) show({ ...place, done: 2, fold });
    show({ ...place, done: 3, run });
    const lines = text
      .replaceAll("\x1b[K", "")
      .split(/[\n\r]+/)
      .filter((line) => line !== "");
    const over = lines.filter((line) => line.includes("outer accuracy"));
    expect(over.map((line) => line.replace(/: .*%/, ""))).toEqual([
      "[1/3] mi, seed 1",
      "[2/3] mi, seed 1, about 0:14 left",
      "[3/3] mi, seed 1, about 0:00 left",
    ]);
    if (isTTY) expect(lines[1]).toBe("[2/3] mi, seed 1: fold 1, about 0:18 left");
    else expect(lines).toEqual(over);
  }
});
