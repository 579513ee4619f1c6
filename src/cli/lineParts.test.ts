import { expect, test } from "vitest";
import { fitting, widthOf } from "./lineParts.js";

const parts = [
  { text: "epoch 1/2" },
  { text: "" },
  { text: "loss 1.5", rank: 1 },
  { text: "selection", style: (text: string) => `<${text}>` },
  { text: "10 img/s", rank: 2 },
];

test.each([
  [99, "epoch 1/2  loss 1.5  <selection>  10 img/s"],
  [40, "epoch 1/2  loss 1.5  <selection>  10 img/s"],
  [39, "epoch 1/2  loss 1.5  <selection>"],
  [29, "epoch 1/2  <selection>"],
  [5, "epoch 1/2  <selection>"],
])("in %i columns what matters less is left out", (width, line) => {
  expect(fitting(parts, width)).toBe(line);
});

test("a line has 79 letters where nothing says how many columns there are", () => {
  expect([widthOf({ columns: 120 }), widthOf({}), widthOf({ columns: 0 })]).toEqual([119, 79, 79]);
});
