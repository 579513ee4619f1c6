import { expect, test } from "vitest";
import { z } from "zod";
import { checkPlain, parseSettings } from "./settings.js";

const schema = z.strictObject({
  count: z.int().min(1).optional(),
  rate: z.number().optional(),
  name: z.string().optional(),
  on: z.boolean().optional(),
  by: z.record(z.string(), z.number()).optional(),
  kind: z.enum(["l2", "rms"]).optional(),
  every: z.union([z.int().min(1), z.literal("epoch")]).optional(),
  form: z.union([z.literal(1), z.literal(2), z.literal("knn")]).optional(),
  own: z.int({ error: "expected an odd number" }).optional(),
  part: z.enum(["a", "b"], { error: "expected a part of the net" }).optional(),
});

test.each([
  [{ count: 1.5 }, "setting count is 1.5: expected a whole number"],
  [{ count: "x" }, 'setting count is "x": expected a number'],
  [{ count: 0 }, "setting count is 0: expected at least 1"],
  [{ rate: "x" }, 'setting rate is "x": expected a number'],
  [{ name: 3 }, "setting name is 3: expected a text"],
  [{ on: 1 }, "setting on is 1: expected true or false"],
  [{ by: 3 }, "setting by is 3: expected values by name"],
  [{ kind: "l3" }, 'setting kind is "l3": expected "l2" or "rms"'],
  [{ every: "x" }, 'setting every is "x": expected a number or "epoch"'],
  [{ every: 0 }, "setting every is 0: expected at least 1"],
  [{ form: 3 }, 'setting form is 3: expected 1, 2 or "knn"'],
  [{ own: 0.5 }, "setting own is 0.5: expected an odd number"],
  [{ part: "c" }, 'setting part is "c": expected a part of the net'],
  ["count=1", 'settings: found "count=1"; expected an object'],
])("%j is refused in words", (settings, message) => {
  expect(() => parseSettings(schema, settings)).toThrow(message);
  expect(() => parseSettings(schema, settings, "pso")).toThrow(`pso: ${message}`);
});

test("saved data are refused in the same words", () => {
  expect(() => checkPlain(schema, { count: 1.5 }, "state")).toThrow(
    "state: count is 1.5: expected a whole number",
  );
});
