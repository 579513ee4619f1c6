import { expect, test } from "vitest";
import { hostTensor } from "./host.js";
import { writeNpz } from "./npz.js";
import { writeSafetensors } from "./safetensors.js";

test.each([
  ["npz", writeNpz],
  ["safetensors", writeSafetensors],
])("two tensors of one name cannot be written as %s", (_, write) => {
  const [a, b] = [hostTensor("u8", [1]), hostTensor("u8", [2])];
  expect(() =>
    write([
      ["w", a],
      ["b", b],
      ["w", b],
    ]),
  ).toThrow(new RangeError('two tensors are called "w"'));
});

test("a tensor has as many elements as its shape", () => {
  expect(() => hostTensor("u8", [2, 3], new Uint8Array(5))).toThrow(
    new RangeError("a tensor of [2, 3] over 5 elements"),
  );
});
