// Targets of lines in pieces: the tokens of each.

import type { Size, TargetMaker, TokenLabels } from "../../data/index.js";
import { sheetPieces } from "../../models/pieces.js";
import { TOKENS, tokensOf } from "../sequence/targets.js";

/** Behind the tokens of a line. */
const END = -1;

/** Tokens of a line as its targets have them. */
export function tokensIn(tokens: ArrayLike<number>, at: number, room: number): number[] {
  const own = Array.from({ length: room }, (_, k) => tokens[at * room + k]);
  const end = own.indexOf(END);
  return end < 0 ? own : own.slice(0, end);
}

/** One token for each piece at most, and one more, so that a longer string is known to be too long. */
const roomFor = (size: Size): number => sheetPieces(size) + 1;

/** Pieces of a sheet whose targets have room for so many tokens. */
export const piecesFor = (room: number): number => room - 1;

/** Makes the tokens of lines. */
export function pieceTargets(labels: TokenLabels, _: unknown, size: Size): TargetMaker {
  const room = roomFor(size);
  return {
    inputs: { [TOKENS]: { dtype: "i32", shape: [room] } },
    fill({ indices, samples }, { [TOKENS]: tokens }) {
      tokens.fill(END);
      for (const at of samples.keys()) {
        tokens.set(tokensOf(labels, indices[2 * at]).subarray(0, room), at * room);
      }
    },
  };
}
