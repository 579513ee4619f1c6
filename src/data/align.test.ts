import { expect, test } from "vitest";
import { alignLabels } from "./align.js";
import type { Labels } from "./labels.js";
import { ragged } from "./ragged.js";

test("finds tags, values and pixels by name; what is lacking is not known", () => {
  const tags: Labels = { kind: "tags", of: Uint8Array.of(1, 0, 0, 1), classes: ["b", "a"] };
  expect(alignLabels(tags, ["a", "b", "c"], "x")).toMatchObject({
    of: Uint8Array.of(0, 1, 2, 1, 0, 2),
  });
  const values: Labels = { kind: "values", of: Float32Array.of(1, 2), names: ["age"] };
  expect(alignLabels(values, ["size", "age"], "x")).toMatchObject({
    of: Float32Array.of(Number.NaN, 1, Number.NaN, 2),
  });
  const of = ragged(new Uint8Array(0), [[0, 1, 255]]);
  const mask: Labels = { kind: "mask", of, classes: ["sky", "sea"] };
  expect(alignLabels(mask, ["sea", "sky"], "x")).toMatchObject({
    of: { data: Uint8Array.of(1, 0, 255), offsets: of.offsets },
  });
});

test("a name that the others lack is refused only where it occurs", () => {
  const of = (...classes: number[]): Labels => ({
    kind: "class",
    of: Int32Array.from(classes),
    classes: ["cat", "dgo"],
  });
  expect(alignLabels(of(0, 0), ["dog", "cat"], "set")).toMatchObject({ of: Int32Array.of(1, 1) });
  expect(() => alignLabels(of(0, 1), ["dog", "cat"], "set")).toThrow(
    'set has "dgo" (did you mean "dog"?); known are dog, cat',
  );
  const tags: Labels = { kind: "tags", of: Uint8Array.of(0, 1), classes: ["a", "z"] };
  expect(() => alignLabels(tags, ["a"], "set")).toThrow('set has "z"');
});
