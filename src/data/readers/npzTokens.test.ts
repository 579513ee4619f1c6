import { describe, expect, test } from "vitest";
import { hostTensor } from "../../tensor/index.js";
import { labelAt } from "../labels.js";
import { makeTokens } from "./npzTokens.js";

const part = (...rows: number[][]) => ({
  tensor: hostTensor("i32", [rows.length, 2], Int32Array.from(rows.flat())),
  source: "set.npz: tokens",
  images: { length: 2, height: 4, width: 6 },
});

describe("rows of tokens", () => {
  test("are strings by image, in their order", () => {
    const [labels] = makeTokens([part([1, 2], [0, 0], [1, 1])], undefined);
    expect([0, 1].map((at) => labelAt(labels, at))).toEqual(["0", "21"]);
  });

  test.each([
    [part([2, 0]), /row 0 has image 2; there are 2/],
    [part([0, 0], [1, -1]), /row 1 has token -1; expected 0 to 0/],
    [part([0, 0]), /image 1 has no token/],
    [{ ...part(), tensor: hostTensor("i32", [1, 3]) }, /shape \[1, 3\]; expected \[tokens, 2\]/],
  ] as const)("are refused by array and row", (wrong, message) => {
    expect(() => makeTokens([wrong], undefined)).toThrow(message);
  });
});
