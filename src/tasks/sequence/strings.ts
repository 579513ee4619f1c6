// What tasks that read strings have in common: what they are asked, and how a string is told.

import { joinTokens, pointsBack, type TokenLabels } from "../../data/index.js";
import { InputError } from "../../inputError.js";
import type { Prediction, Task } from "../task.js";
import type { Reading } from "./reading.js";
import { leastOf } from "./rejection.js";

/** A token where it was read, in pixels from the left. */
export interface Placement {
  readonly token: string;
  readonly left: number;
  readonly right: number;
}

/** The parts of a task that reads strings which are the same however it reads them. */
export const ofStrings = {
  labels: "tokens",
  outputs: ({ vocabulary }) => vocabulary,
  check({ name, labels: { vocabulary } }) {
    if (vocabulary.length > 0) return;
    throw new InputError(`${name}: its vocabulary is empty; expected at least one token`);
  },
  reportOf: "token",
  reports: { precision: "share", recall: "share" },
  decisions: (constants) => [["a string", leastOf(constants)]],
  saysFrom: true,
  things: {
    columns: ["token", "left", "right"],
    rows: ({ symbols }) =>
      (symbols as readonly Placement[]).map(({ token, left, right }) => [token, left, right]),
  },
  placed(prediction, map) {
    const symbols = (prediction.symbols as readonly Placement[]).map((symbol) => {
      const [left, , right] = pointsBack([symbol.left, 0, symbol.right, 0], map);
      return { ...symbol, left, right };
    });
    return { ...prediction, symbols };
  },
  caption: ({ text, rejected }) => (rejected ? "(rejected)" : (text as string)),
  row: ({ text, confidence, rejected }) => [
    ["text", text as string],
    ["confidence", confidence as number],
    ["rejected", rejected ? 1 : 0],
  ],
} as const satisfies Partial<Task<TokenLabels>>;

/**
 * The best reading of a line as plain data, and the second best beside it.
 *
 * @param least confidence of a string that is said
 */
export function predictionOf(
  [{ tokens, confidence }, second]: readonly Reading[],
  names: readonly string[],
  least: number,
  symbols: readonly Placement[],
): Prediction {
  const text = (list: readonly number[]) =>
    joinTokens(
      list.map((token) => names[token]),
      names,
    );
  return {
    ...{ text: text(tokens), confidence, rejected: confidence < least, symbols },
    ...(second && { second: { text: text(second.tokens), confidence: second.confidence } }),
  };
}
