// A memory bank: rows of length 1, which keep a share of what they were.

import { expect, test } from "vitest";
import { createEngine } from "../../engine/index.js";
import { MemoryBank } from "./bank.js";

test("a row keeps the share that momentum says, and has length 1 again", async () => {
  const engine = await createEngine({ engine: "reference" });
  const bank = new MemoryBank(
    { engine, seed: 1, particle: 0 },
    { images: 3, dimensions: 2, momentum: 0.9 },
  );
  bank.rows.set([1, 0], 2);
  const others = [...bank.rows.slice(0, 2), ...bank.rows.slice(4)];
  // What the net gives counts by its direction alone.
  bank.follow([1], Float32Array.of(0, 5));
  const length = Math.hypot(0.9, 0.1);
  expect(bank.rows[2]).toBeCloseTo(0.9 / length, 6);
  expect(bank.rows[3]).toBeCloseTo(0.1 / length, 6);
  expect([...bank.rows.slice(0, 2), ...bank.rows.slice(4)]).toEqual(others);
  await engine.close();
});
