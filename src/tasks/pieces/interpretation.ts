// The interpretation graph of a line (LeCun, Bottou, Bengio and Haffner 1998, doi 10.1109/5.726791): its states are the cuts,
// and from cut to cut leads an arc for each token that the piece between them may be, weighed by what the net says of the
// piece. A path is a way to cut the line, and to read what is cut.

import { type Arc, type Automaton, automaton, withWeights } from "../../automata/index.js";
import { piecesOf } from "../../data/index.js";
import { PIECE_OUTPUTS } from "../../models/pieces.js";

/** What a net says of one line. */
export interface Interpretation {
  readonly atoms: number;
  readonly pieces: number;
  readonly tokens: number;
  /** Probabilities of each piece's tokens, and that it is none, [pieces, tokens + 1]. */
  readonly probabilities: Float64Array;
  /** Arc `piece * tokens + token`, weighed by the log-probability of the token. */
  readonly graph: Automaton;
}

const shapes = new Map<string, Automaton>();

/** The arcs between the cuts of a line of so many atoms, without weights. */
function shapeOf(atoms: number, tokens: number): Automaton {
  const key = `${atoms} ${tokens}`;
  let shape = shapes.get(key);
  if (!shape) {
    const arcs = piecesOf(atoms).flatMap(({ from, to }) =>
      Array.from({ length: tokens }, (_, token): Arc => [from, to, token, token]),
    );
    shape = automaton({ states: atoms + 1, start: [0], final: [atoms], arcs });
    shapes.set(key, shape);
  }
  return shape;
}

/** How many atoms a line has by its pieces. */
function atomsBy(pieces: number): number {
  let atoms = 0;
  while (piecesOf(atoms).length < pieces) atoms++;
  return atoms;
}

/**
 * Reads what a net gives of one line.
 *
 * @param output f32 [tokens + 2, room]: logits of the tokens and of no sign, and how much the ink stands out, which is 0
 * where there is no piece any more
 */
export function interpretationOf(output: Float32Array, tokens: number): Interpretation {
  const room = output.length / (tokens + PIECE_OUTPUTS);
  const spread = output.subarray((tokens + 1) * room);
  let pieces = 0;
  while (pieces < room && spread[pieces] > 0) pieces++;
  const classes = tokens + 1;
  const probabilities = new Float64Array(pieces * classes);
  const weight = new Float64Array(pieces * tokens);
  for (let piece = 0; piece < pieces; piece++) {
    let most = -Infinity;
    for (let c = 0; c < classes; c++) most = Math.max(most, output[c * room + piece]);
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += Math.exp(output[c * room + piece] - most);
    const all = most + Math.log(sum);
    for (let c = 0; c < classes; c++) {
      const score = output[c * room + piece] - all;
      probabilities[piece * classes + c] = Math.exp(score);
      if (c < tokens) weight[piece * tokens + c] = score;
    }
  }
  const atoms = atomsBy(pieces);
  const graph = withWeights(shapeOf(atoms, tokens), { weight });
  return { atoms, pieces, tokens, probabilities, graph };
}
