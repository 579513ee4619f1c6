import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { likelyStrings } from "./beam.js";
import { placedTokens, readingsOf } from "./reading.js";

/** Every string with the probability that frames [classes, frames] say it, by going through all ways. */
function allStrings(logits: Float32Array, frames: number): Map<string, number> {
  const classes = logits.length / frames;
  const found = new Map<string, number>();
  const walk = (t: number, last: number, text: string, probability: number) => {
    if (t === frames) {
      found.set(text, (found.get(text) ?? 0) + probability);
      return;
    }
    const column = Array.from({ length: classes }, (_, c) => Math.exp(logits[c * frames + t]));
    const sum = column.reduce((a, b) => a + b, 0);
    for (const [c, value] of column.entries()) {
      const more = c === classes - 1 || c === last ? "" : String(c);
      walk(t + 1, c, text + more, (probability * value) / sum);
    }
  };
  walk(0, -1, "", 1);
  return found;
}

describe("readings", () => {
  test("are the likeliest strings, each with its probability among all", () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -4, max: 4, noNaN: true }), { minLength: 15, maxLength: 15 }),
        (numbers) => {
          const logits = Float32Array.from(numbers);
          const all = allStrings(logits, 5);
          const [best, second] = readingsOf(logits, 5);
          const ranked = [...all.values()].sort((a, b) => b - a);
          expect(best.confidence).toBeCloseTo(ranked[0], 6);
          expect(second.confidence).toBeLessThanOrEqual(best.confidence);
          for (const { tokens, confidence } of [best, second]) {
            expect(confidence).toBeCloseTo(all.get(tokens.join(""))!, 6);
          }
        },
      ),
    );
  });

  test("come from a beam that leaves nothing out where there are no more strings than it holds", () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -3, max: 3, noNaN: true }), { minLength: 10, maxLength: 10 }),
        (numbers) => {
          const logits = Float32Array.from(numbers);
          const all = allStrings(logits, 5);
          const found = likelyStrings(logits, 5).map((tokens) => all.get(tokens.join(""))!);
          expect(found).toHaveLength(all.size);
          for (let at = 1; at < found.length; at++) {
            expect(found[at]).toBeLessThanOrEqual(found[at - 1] * (1 + 1e-9));
          }
        },
      ),
    );
  });

  test("count all ways to say a string, where the single likeliest way says another one", () => {
    // Graves' example: blanks are likeliest in both frames, but one label has three ways.
    const logits = Float32Array.from([0.4, 0.4, 0.6, 0.6], Math.log);
    expect(readingsOf(logits, 2)).toMatchObject([
      { tokens: [0], confidence: expect.closeTo(0.64, 6) },
      { tokens: [], confidence: expect.closeTo(0.36, 6) },
    ]);
  });

  test("place their tokens in the frames that show them", () => {
    const shown = [2, 0, 0, 2, 0, 1, 1, 2];
    const logits = new Float32Array(3 * 8);
    for (const [t, c] of shown.entries()) logits[c * 8 + t] = 10;
    const [{ tokens, confidence }] = readingsOf(logits, 8);
    expect(tokens).toEqual([0, 0, 1]);
    expect(confidence).toBeGreaterThan(0.99);
    expect(placedTokens(logits, 8, tokens)).toEqual([
      { token: 0, from: 1, to: 3 },
      { token: 0, from: 4, to: 5 },
      { token: 1, from: 5, to: 7 },
    ]);
  });
});
