import { expect, test } from "vitest";
import { formatBytes, parseBytes } from "./bytes.js";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 KB"],
  [31_415_926, "31.4 MB"],
  [25.3e9, "25.3 GB"],
])("%d bytes read %s", (count, text) => {
  expect(formatBytes(count)).toBe(text);
});

test("a rounded-up number is never too small", () => {
  expect(parseBytes(formatBytes(56_623_104, Math.ceil))).toBeGreaterThanOrEqual(56_623_104);
});

test.each([
  ["300MB", 300e6],
  ["1.5 gb", 1.5e9],
  ["12B", 12],
])("%s", (text, count) => {
  expect(parseBytes(text)).toBe(count);
});

test.each(["", "300", "MB", "-1MB", "3 MiB", "1e3MB"])('"%s" is refused', (text) => {
  expect(() => parseBytes(text)).toThrow(/300MB/);
});
