// Losses of a whole line, worked out on its interpretation graph (LeCun, Bottou, Bengio and Haffner 1998, section VI). Each
// compares the paths that say the truth with all paths, or looks at those of the truth alone.

import {
  type Automaton,
  compose,
  forwardScore,
  gradients,
  negateScore,
  type Score,
  stringAcceptor,
  subtractScores,
  viterbiScore,
} from "../../automata/index.js";
import { PIECE_OUTPUTS } from "../../models/pieces.js";
import type { Interpretation } from "./interpretation.js";

/** How the paths of a line become a loss. */
export interface Criterion {
  readonly name: string;
  readonly description: string;
  /** Of an automaton: that of all its paths, or of the best. */
  readonly score: (of: Automaton) => Score;
  /** Whether the score of the truth is seen against that of everything that could be said. */
  readonly discriminative: boolean;
}

/** Every criterion, the default first. */
export const criteria: readonly Criterion[] = [
  {
    name: "gtn",
    description: "minus the log of the probability of the truth among all strings",
    score: forwardScore,
    discriminative: true,
  },
  {
    name: "viterbi",
    description: "the best way to say the truth, without a look at what else could be said",
    score: viterbiScore,
    discriminative: false,
  },
  {
    name: "discriminative-viterbi",
    description: "how far the best way to say the truth is behind the best of all",
    score: viterbiScore,
    discriminative: true,
  },
];

/**
 * The loss of a string, whose derivative by the net's output, times a factor, is added to `into`. Only the tokens' and the
 * rubbish's logits have one.
 *
 * @param truth tokens of the string
 * @param grammar of what can be said; default every string
 * @param into f32 [tokens + 2, room]
 * @returns Infinity where no path says the string: then nothing is added
 */
export function stringLoss(
  line: Interpretation,
  truth: ArrayLike<number>,
  { score, discriminative }: Criterion,
  grammar: Automaton | undefined,
  into: Float32Array,
  factor: number,
): number {
  const { graph, tokens, pieces, probabilities } = line;
  const string = stringAcceptor(truth);
  const right = compose(graph, grammar ? compose(string, grammar) : string);
  const said = score(right);
  if (said.value === -Infinity) return Infinity;
  const loss = discriminative
    ? subtractScores(score(grammar ? compose(graph, grammar) : graph), said)
    : negateScore(said);
  const [{ weight }] = gradients(loss, [graph]);
  const room = into.length / (tokens + PIECE_OUTPUTS);
  // Through the logarithm of softmax over the tokens and rubbish.
  for (let piece = 0; piece < pieces; piece++) {
    let sum = 0;
    for (let c = 0; c < tokens; c++) sum += weight[piece * tokens + c];
    for (let c = 0; c <= tokens; c++) {
      const own = c < tokens ? weight[piece * tokens + c] : 0;
      const slope = own - probabilities[piece * (tokens + 1) + c] * sum;
      into[c * room + piece] += factor * slope;
    }
  }
  return loss.value;
}
