import { expect, test } from "vitest";
import { tinyTflite } from "../../test/support/tinyTflite.js";
import { tfliteTensors } from "./tfliteWeights.js";

test("convolutions have the names of their order and the axes of all kernels here", () => {
  const tensors = tfliteTensors(tinyTflite(), "tiny");
  const found = [...tensors].map(([name, { shape, data }]) => [name, shape, [...data]]);
  const normalisation = (name: string, bias: readonly number[]) => [
    [`${name}.bn.weight`, [2], [1, 1]],
    [`${name}.bn.bias`, [2], bias],
    [`${name}.bn.running_mean`, [2], [0, 0]],
    [`${name}.bn.running_var`, [2], [1, 1]],
  ];
  // Stored out, height, width, in: numbers 0 to 11 less 2, halved.
  const kernel = [-1, 0.5, -0.5, 1, 0, 1.5, 2, 3.5, 2.5, 4, 3, 4.5];
  expect(found).toEqual([
    ["conv0.weight", [2, 3, 1, 2], kernel],
    ...normalisation("conv0", [1, -2]),
    ["conv1.weight", [2, 1, 2, 1], [0, 2, 1, 3]],
    ...normalisation("conv1", [1, 2]),
    ["fc.weight", [3, 2, 1, 1], [0, 1, 2, 3, 4, 5]],
    ["fc.bias", [3], [7, 8, 9]],
  ]);
});

test("an operator without weights is refused", () => {
  const bytes = tinyTflite();
  const view = new DataView(bytes.buffer);
  // The kernel's place among the inputs of the first operator.
  const list = [3, 0, 1, 2];
  const at = Array.from({ length: bytes.length - 16 }, (_, from) => from).find((from) =>
    list.every((value, k) => view.getInt32(from + 4 * k, true) === value),
  )!;
  view.setInt32(at + 8, 0, true);
  expect(() => tfliteTensors(bytes, "tiny")).toThrow(
    /conv0: the file has no weights of 4 axes for it/,
  );
});
