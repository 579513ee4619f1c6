import { expect, test } from "vitest";
import { valueBetween } from "./between.js";

const image = { height: 2, width: 2, data: [0, 100, 200, 40] };

test("pixels are met at whole numbers, and their mean in the middle of all", () => {
  expect([0, 1].flatMap((y) => [0, 1].map((x) => valueBetween(image, x, y)))).toEqual(image.data);
  expect(valueBetween(image, 0.5, 0.5)).toBe(85);
  expect(valueBetween(image, 0.25, 1)).toBe(160);
});

test("outside lies what is said, or the outermost pixels go on", () => {
  expect(valueBetween(image, -3, 0)).toBe(0);
  expect(valueBetween(image, 5, 5)).toBe(40);
  expect(valueBetween(image, -3, 0, 255)).toBe(255);
  expect(valueBetween(image, 1.5, 1, 140)).toBe(90);
});
