import { expect, test } from "vitest";
import { freshSettings } from "./fresh.js";
import { randomOf, type Told } from "./search.js";
import { parseSpace } from "./spaceText.js";

/** Trials that stopped at a level, of which those near `best` are the best. */
const at = (until: number, best: number, length: number): Told[] =>
  Array.from({ length }, (_, place) => {
    const x = (place + 0.5) / length;
    return { settings: { x }, until, losses: [Math.abs(x - best)] };
  });

/** The middle of what is proposed. */
function proposed(told: readonly Told[]): number {
  const asked = { space: parseSpace("x=float:0:1"), told, trials: 99, random: randomOf(1) };
  const found = Array.from({ length: 21 }, (_, number) =>
    Number(freshSettings({ ...asked, number }, "tpe")["x"]),
  );
  return found.sort((a, b) => a - b)[10];
}

test("proposals learn from the highest level of ten trials or more", () => {
  const low = at(1, 0.2, 40);
  expect(proposed([...low, ...at(3, 0.8, 10)])).toBeGreaterThan(0.7);
  expect(proposed([...low, ...at(3, 0.8, 9)])).toBeLessThan(0.3);
});
