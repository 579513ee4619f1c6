// The loss of CTC (Graves, Fernandez, Gomez and Schmidhuber 2006, "Connectionist temporal classification", ICML) by its own
// recursions: what `ctcTarget` and `emissions` give by automata, without building any.

/** `log(e^a + e^b)`. */
const addLogs = (a: number, b: number): number => {
  const [less, more] = a < b ? [a, b] : [b, a];
  return less === Number.NEGATIVE_INFINITY ? more : more + Math.log1p(Math.exp(less - more));
};

/** Log-probabilities [frames][classes] of logits [classes][frames]. */
function logProbabilities(logits: ArrayLike<number>, classes: number, frames: number) {
  const logs = new Float64Array(classes * frames);
  for (let t = 0; t < frames; t++) {
    let most = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < classes; c++) most = Math.max(most, logits[c * frames + t]);
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += Math.exp(logits[c * frames + t] - most);
    const shift = most + Math.log(sum);
    for (let c = 0; c < classes; c++) logs[t * classes + c] = logits[c * frames + t] - shift;
  }
  return logs;
}

/** Frames that a string needs: one for each label, and one between two that are equal. */
export function ctcFrames(labels: ArrayLike<number>): number {
  let frames = labels.length;
  for (let at = 1; at < labels.length; at++) if (labels[at] === labels[at - 1]) frames++;
  return frames;
}

/** Settings of {@link ctcLoss}. */
export interface CtcOptions {
  /** Frames that may say labels, those behind them say nothing; default all. */
  readonly until?: number;
  /** Gets the derivative by each logit [classes, frames]: zeros where the loss is infinite. */
  readonly gradient?: Float64Array;
}

/**
 * Minus the log of the probability that frames say a string: `Infinity` where they are too few for it.
 *
 * @param logits [classes, frames]; the last class is the blank
 * @param labels the string, of classes before the blank; may be empty
 * @example
 * // Two frames of a class and the blank, all as likely: three ways of four.
 * Math.exp(-ctcLoss([0, 0, 0, 0], 2, [0])).toFixed(4); // "0.7500"
 */
export function ctcLoss(
  logits: ArrayLike<number>,
  frames: number,
  labels: ArrayLike<number>,
  { until = frames, gradient }: CtcOptions = {},
): number {
  const classes = logits.length / frames;
  const blank = classes - 1;
  const states = 2 * labels.length + 1;
  const classOf = (s: number) => (s % 2 === 0 ? blank : labels[s >> 1]);
  /** Whether a label may follow the one before it without a blank. */
  const skips = (s: number) => s % 2 === 1 && s > 1 && labels[s >> 1] !== labels[(s >> 1) - 1];
  const logs = logProbabilities(logits, classes, frames);
  const none = Number.NEGATIVE_INFINITY;

  // forward[t][s]: all ways to be in state s after frame t.
  const forward = new Float64Array(until * states).fill(none);
  for (let t = 0; t < until; t++) {
    for (let s = 0; s < states; s++) {
      let before = t === 0 ? (s < 2 ? 0 : none) : forward[(t - 1) * states + s];
      if (t > 0 && s > 0) before = addLogs(before, forward[(t - 1) * states + s - 1]);
      if (t > 0 && skips(s)) before = addLogs(before, forward[(t - 1) * states + s - 2]);
      forward[t * states + s] = before + logs[t * classes + classOf(s)];
    }
  }
  const end = (until - 1) * states + states - 1;
  const total = states > 1 ? addLogs(forward[end], forward[end - 1]) : forward[end];
  let silence = 0;
  for (let t = until; t < frames; t++) silence += logs[t * classes + blank];
  if (!gradient) return -(total + silence);
  gradient.fill(0);
  if (total === none) return Number.POSITIVE_INFINITY;

  // backward[s]: all ways to go on from state s behind frame t.
  let backward = new Float64Array(states).fill(none);
  backward.fill(0, Math.max(0, states - 2));
  for (let t = frames - 1; t >= 0; t--) {
    for (let c = 0; c < classes; c++) gradient[c * frames + t] = Math.exp(logs[t * classes + c]);
    if (t >= until) {
      gradient[blank * frames + t] -= 1;
      continue;
    }
    for (let s = 0; s < states; s++) {
      gradient[classOf(s) * frames + t] -= Math.exp(forward[t * states + s] + backward[s] - total);
    }
    const through = backward.map((value, s) => value + logs[t * classes + classOf(s)]);
    backward = through.map((stay, s) => {
      let on = stay;
      if (s + 1 < states) on = addLogs(on, through[s + 1]);
      if (s + 2 < states && skips(s + 2)) on = addLogs(on, through[s + 2]);
      return on;
    });
  }
  return -(total + silence);
}

/**
 * The frames of each label on the likeliest way to say a string: `[first, end)`; none where there is no way.
 *
 * @param logits [classes, frames]; the last class is the blank
 */
export function ctcSpans(
  logits: ArrayLike<number>,
  frames: number,
  labels: ArrayLike<number>,
): (readonly [first: number, end: number])[] {
  const classes = logits.length / frames;
  const states = 2 * labels.length + 1;
  const none = Number.NEGATIVE_INFINITY;
  const classOf = (s: number) => (s % 2 === 0 ? classes - 1 : labels[s >> 1]);
  let best = new Float64Array(states).fill(none);
  best.fill(0, 0, 2);
  /** How many states lie between a state and the one before it on its best way. */
  const steps = new Uint8Array(frames * states);
  for (let t = 0; t < frames; t++) {
    const before = best;
    best = before.map((stay, s) => {
      let most = stay;
      for (let step = 1; t > 0 && step <= Math.min(2, s); step++) {
        if (step === 2 && (s % 2 === 0 || labels[s >> 1] === labels[(s >> 1) - 1])) continue;
        if (before[s - step] > most) [most, steps[t * states + s]] = [before[s - step], step];
      }
      return most + logits[classOf(s) * frames + t];
    });
  }
  let s = states - 1;
  if (states > 1 && best[s - 1] > best[s]) s--;
  if (best[s] === none) return [];
  const spans = Array.from(labels, (): [number, number] => [frames, 0]);
  for (let t = frames - 1; t >= 0; t--) {
    if (s % 2 === 1) spans[s >> 1] = [t, Math.max(spans[s >> 1][1], t + 1)];
    s -= steps[t * states + s];
  }
  return spans;
}
