import { expect, test } from "vitest";
import { timeLeft } from "./timeLeft.js";

test("what is left takes as long as what was done; nothing is said before that", () => {
  expect(timeLeft(30, 2, 4)).toBe("1:00 left");
  expect(timeLeft(30, 2, 0)).toBe("0:00 left");
  expect(timeLeft(0, 0, 0)).toBe("0:00 left");
  expect(timeLeft(3, 0, 4)).toBe("");
});
