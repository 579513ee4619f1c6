import fc from "fast-check";
import { expect, test } from "vitest";
import { editsBetween } from "./edits.js";

const letters = (text: string) => Array.from(text, (letter) => letter.charCodeAt(0));

test.each([
  ["kitten", "sitting", 3],
  ["", "abc", 3],
  ["abc", "", 3],
  ["abc", "abc", 0],
  ["ab", "ba", 2],
])("from %s to %s there are %i edits", (said, truth, distance) => {
  expect(editsBetween(letters(said), letters(truth)).distance).toBe(distance);
});

test("tokens that are kept are in both, in their order, and as many as a shortest way keeps", () => {
  const strings = fc.array(fc.nat(3), { maxLength: 8 });
  fc.assert(
    fc.property(strings, strings, (said, truth) => {
      const { distance, kept } = editsBetween(said, truth);
      const back = editsBetween(truth, said);
      expect(back.distance).toBe(distance);
      // What is kept can be read off both, so that the rest has to be put in, taken out or replaced.
      let from = 0;
      for (const place of kept) {
        from = said.indexOf(truth[place], from) + 1;
        expect(from).toBeGreaterThan(0);
      }
      expect([...kept].sort((a, b) => a - b)).toEqual(kept);
      expect(distance).toBeGreaterThanOrEqual(Math.max(said.length, truth.length) - kept.length);
    }),
  );
});
