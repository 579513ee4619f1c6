import { expect, test } from "vitest";
import { InputError } from "../inputError.js";
import { matcherOf } from "./glob.js";

test.each([
  ["*.png", ["a.png", ".png", "a.b.png"], ["a/b.png", "a.pngx", "a.jpg"]],
  ["**", ["", "a", "a/b"], []],
  ["**/*.png", ["a.png", "x/a.png", "x/y/a.png"], ["a.jpg", "x.png/a"]],
  ["a/**/b", ["a/b", "a/x/b", "a/x/y/b"], ["ab", "a/xb", "xa/b"]],
  ["?", ["a", "é", "😀"], ["", "ab", "/"]],
  ["[a-cx].{jpg,png}", ["b.jpg", "x.png"], ["d.jpg", "b.gif", "ab.jpg"]],
  ["[!a]b", ["bb"], ["ab", "/b", "b"]],
  ["[-a]", ["-", "a"], ["b"]],
  ["{,x}a{b,}", ["a", "xa", "ab", "xab"], ["b", "xxa"]],
  ["a.b+(c)^$|\\", ["a.b+(c)^$|\\"], ["axb+(c)^$|\\"]],
  ["[", ["["], ["a"]],
  ["{a", ["{a"], ["a"]],
])("%s", (pattern, fitting, others) => {
  const fits = matcherOf(pattern);
  expect(fitting.filter((path) => !fits(path))).toEqual([]);
  expect(others.filter(fits)).toEqual([]);
});

test("many stars and long names are no hard work", () => {
  expect(matcherOf(`${"*a".repeat(50)}b.png`)(`${"a".repeat(200)}.png`)).toBe(false);
  expect(matcherOf(`${"**/".repeat(50)}b.png`)(`${"a/".repeat(200)}c.png`)).toBe(false);
});

test("a range that ends before it begins is refused", () => {
  expect(() => matcherOf("[z-a].png")).toThrow(InputError);
  expect(() => matcherOf("[z-a].png")).toThrow("[z-a].png: the range z-a ends before it begins");
});
