import { expect, test } from "vitest";
import { printable, printableLines } from "./printable.js";

test("names keep their letters, in any script", () => {
  for (const name of ["cat", "a b_c-1", "\u732b", "Vo\u0308gel", "\ud83d\udc08"]) {
    expect(printable(name)).toBe(name);
  }
});

test.each([
  ["\u001b]0;title\u0007", "\\u001b]0;title\\u0007"],
  ["\u009b31m", "\\u009b31m"],
  ["a\r\nb\tc\u007f", "a\\u000d\\u000ab\\u0009c\\u007f"],
  ["\u202egpj.exe", "\\u202egpj.exe"],
])("%j is not obeyed by a terminal", (name, shown) => {
  expect(printable(name)).toBe(shown);
});

test("lines stay lines, and JSON stays the same JSON", () => {
  expect(printableLines("a\nb\u001b")).toBe("a\nb\\u001b");
  const value = { name: "\u009b\u202e\u001b" };
  expect(JSON.parse(printableLines(JSON.stringify(value, undefined, 2)))).toEqual(value);
});
