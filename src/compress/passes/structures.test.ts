import { describe, expect, test } from "vitest";
import { parseStructures } from "./structures.js";

describe("what a user asks for", () => {
  test.each([
    ["harmonic=2", "structure harmonic=2: expected no number"],
    ["t-vmf=", "structure t-vmf=: expected kappa"],
    ["t-vmf=-1", "structure t-vmf=-1: expected kappa"],
    ["harmonics", 'unknown structure "harmonics"'],
    ["harmonic,harmonic", 'structure "harmonic" is given twice'],
  ])("%s is refused", (text, message) => {
    expect(() => parseStructures(text)).toThrow(message);
  });
});
