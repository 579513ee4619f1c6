import { expect, test } from "vitest";
import { Random } from "../tensor/philox.js";
import { cross, mutateValue } from "./mutation.js";
import { lies } from "./space.js";
import { parseSpace } from "./spaceText.js";

const random = new Random({ seed: 1, purpose: "search" });
const DRAWS = 200;

test("a value becomes another one of its domain, at both ends too", () => {
  for (const [text, values] of [
    ["n=int:1:3", [1, 2, 3]],
    ["n=logint:8:10", [8, 9, 10]],
    ["kind=a|b|c", ["a", "b", "c"]],
  ] as const) {
    const [domain] = parseSpace(text);
    for (const value of values) {
      const found = Array.from({ length: DRAWS }, () => mutateValue(domain, value, random));
      expect(found).not.toContain(value);
      expect(found.every((one) => lies(domain, one))).toBe(true);
    }
  }
});

test("of bits one is turned, whichever", () => {
  const [domain] = parseSpace("mask=bits:4");
  const found = Array.from({ length: DRAWS }, () => mutateValue(domain, "0110", random));
  expect(new Set(found)).toEqual(new Set(["1110", "0010", "0100", "0111"]));
});

test("each bit of a child is that of one parent or the other", () => {
  const space = parseSpace("mask=bits:3");
  const found = Array.from({ length: DRAWS }, () =>
    cross(space, { mask: "010" }, { mask: "111" }, random),
  );
  const masks = new Set(found.map(({ mask }) => mask));
  expect(masks).toEqual(new Set(["010", "011", "110", "111"]));
});
