export { requirePath } from "./accepts.js";
export type { Side } from "./adjacency.js";
export { asgTarget, ctcTarget, ctcTopology, transitions } from "./alignments.js";
export { fromAttText, toAttText } from "./attText.js";
export {
  type Alphabets,
  type Arc,
  type Automaton,
  type AutomatonSpec,
  automaton,
  EPSILON,
  type Origin,
  type Structure,
  type Symbols,
  type Weighted,
  type Weights,
  withWeights,
} from "./automaton.js";
export { type BestString, bestPaths, bestStrings } from "./bestPaths.js";
export { compose, intersect } from "./compose.js";
export { connect } from "./connect.js";
export { type CtcOptions, ctcFrames, ctcLoss, ctcSpans } from "./ctc.js";
export { toDot } from "./dotText.js";
export { drawAutomaton } from "./drawing.js";
export { forwardScore } from "./forward.js";
export { gradients } from "./gradients.js";
export { type GrammarOptions, readGrammar } from "./grammar.js";
export { type LexiconOptions, readLexicon } from "./lexicon.js";
export { emissions, stringAcceptor } from "./linear.js";
export { countNgrams, type NgramOptions } from "./ngrams.js";
export { type Path, pathAutomaton } from "./path.js";
export { closure, concat, union } from "./rational.js";
export { arcsort, invert, project, reverse } from "./relabel.js";
export { removeEpsilon, type Semiring } from "./removeEpsilon.js";
export { samplePath } from "./sample.js";
export { addScores, negateScore, type Score, subtractScores, type Term } from "./score.js";
export { readStrings } from "./textLines.js";
export { viterbiPath, viterbiScore } from "./viterbi.js";
