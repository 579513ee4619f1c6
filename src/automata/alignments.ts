// What a string looks like in frames: graphs of CTC (Graves, Fernandez, Gomez and Schmidhuber 2006, "Connectionist
// temporal classification", ICML) and ASG (Collobert, Puhrsch and Synnaeve 2016, arXiv 1609.03193).

import { InputError } from "../inputError.js";
import { type Arc, type Automaton, automaton, EPSILON, type Symbols } from "./automaton.js";
import { checkLabels, MOST_LABEL } from "./linear.js";

interface AlignmentOptions {
  /** Texts of the classes, blank included. */
  readonly symbols?: Symbols;
}

const acceptorArc = (source: number, target: number, label: number): Arc => [
  source,
  target,
  label,
  label,
];
const both = (symbols?: Symbols) => ({ input: symbols, output: symbols });

function checkBlank(blank: number, classes: number): void {
  if (Number.isInteger(blank) && blank >= 0 && blank < classes) return;
  throw new InputError(`blank is ${blank}; expected a class from 0 to ${classes - 1}`);
}

/**
 * The acceptor of all ways to say a string in frames by CTC: each label in one or more frames, blanks between them as
 * liked, and one at least between equal labels. It has 2 L + 1 states for L labels. The loss is
 * `negateScore(forwardScore(intersect(emissions(...), ctcTarget(...))))` for log-probabilities.
 *
 * @throws InputError for a label that is the blank or no class.
 * @example
 * const half = Math.log(0.5);
 * const frames = emissions([half, half, half, half], 2, 2);
 * Math.exp(forwardScore(intersect(frames, ctcTarget([0], 1))).value); // 0.75
 */
export function ctcTarget(
  labels: ArrayLike<number>,
  blank: number,
  options: AlignmentOptions = {},
): Automaton {
  const classes = options.symbols?.length ?? MOST_LABEL;
  checkBlank(blank, classes);
  checkLabels("ctcTarget", labels, classes);
  const arcs: Arc[] = [acceptorArc(0, 0, blank)];
  for (let at = 0; at < labels.length; at++) {
    const label = labels[at];
    if (label === blank) {
      throw new InputError(`ctcTarget: label ${at} is the blank, ${blank}; expected another class`);
    }
    const [before, here, after] = [2 * at, 2 * at + 1, 2 * at + 2];
    arcs.push(acceptorArc(before, here, label));
    if (at > 0 && labels[at - 1] !== label) arcs.push(acceptorArc(here - 2, here, label));
    arcs.push(acceptorArc(here, here, label));
    arcs.push(acceptorArc(here, after, blank), acceptorArc(after, after, blank));
  }
  const last = 2 * labels.length;
  const final = labels.length === 0 ? [0] : [last - 1, last];
  return automaton({ states: last + 1, start: [0], final, arcs, symbols: both(options.symbols) });
}

/**
 * The transducer from frames to labels by CTC's rule: equal classes in a row are one label, and blanks none. Composed
 * with a grammar it gives what may stand in frames; of one string, `ctcTarget` is the same and faster. It has a state
 * and `classes` arcs for each class.
 *
 * @throws InputError for a blank that is no class.
 * @example
 * const collapsed = compose(stringAcceptor([2, 2, 0, 2, 1]), ctcTopology(3, 0));
 * viterbiPath(collapsed)!.outputs; // Int32Array.of(2, 2, 1)
 */
export function ctcTopology(
  classes: number,
  blank: number,
  { symbols }: AlignmentOptions = {},
): Automaton {
  checkBlank(blank, classes);
  const all = Array.from({ length: classes }, (_, label) => label);
  const arcs = all.flatMap((before) =>
    all.map(
      (label): Arc => [before, label, label, label === blank || label === before ? EPSILON : label],
    ),
  );
  return automaton({ states: classes, start: [blank], final: all, arcs, symbols: both(symbols) });
}

/**
 * The acceptor of all ways to say a string in frames by ASG: each label in one or more frames, and no blank. Equal
 * labels in a row need a class of their own, such as "once more".
 *
 * @throws InputError for no label, or one that is no class.
 * @example
 * const frames = stringAcceptor([1, 1, 0]);
 * forwardScore(intersect(frames, asgTarget([1, 0]))).value; // 0
 */
export function asgTarget(
  labels: ArrayLike<number>,
  { symbols }: AlignmentOptions = {},
): Automaton {
  checkLabels("asgTarget", labels, symbols?.length ?? MOST_LABEL);
  const { length } = labels;
  if (length === 0) throw new InputError("asgTarget: no labels; expected one at least");
  const arcs = Array.from(labels).flatMap((label, at) => [
    acceptorArc(at, at + 1, label),
    acceptorArc(at + 1, at + 1, label),
  ]);
  return automaton({
    states: length + 1,
    start: [0],
    final: [length],
    arcs,
    symbols: both(symbols),
  });
}

/**
 * The acceptor of all strings of classes, in which each pair of neighbours has a score: the transitions of ASG. Arc
 * `from * classes + to` weighs `to` behind `from`; behind them lie the arcs of the first labels, which weigh 0.
 *
 * @param scores [classes, classes]: row `from`, column `to`
 * @throws InputError for another number of scores, and for NaN.
 * @example
 * const pairs = transitions([0, -1, -2, 0], 2);
 * forwardScore(intersect(stringAcceptor([0, 1, 1]), pairs)).value; // -1
 */
export function transitions(
  scores: ArrayLike<number>,
  classes: number,
  { symbols }: AlignmentOptions = {},
): Automaton {
  if (scores.length !== classes * classes) {
    throw new InputError(
      `transitions: ${scores.length} scores; expected ${classes * classes}, a row of ${classes} for each class`,
    );
  }
  const all = Array.from({ length: classes }, (_, label) => label);
  const arcs = all.flatMap((from) =>
    all.map((to): Arc => [from, to, to, to, scores[from * classes + to]]),
  );
  const first = all.map((label) => acceptorArc(classes, label, label));
  return automaton({
    states: classes + 1,
    start: [classes],
    final: all,
    arcs: [...arcs, ...first],
    symbols: both(symbols),
  });
}
