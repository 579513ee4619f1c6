// The likeliest strings of frames: prefix beam search (Graves 2012, "Sequence transduction with recurrent neural networks",
// arXiv 1211.3711; Hannun 2014, arXiv 1408.2873). The way along the single likeliest classes, greedy decoding, is missing
// the sums over the ways to say one string.

/** Strings that are kept from frame to frame. */
const WIDTH = 8;
/** Less likely classes of a frame are left out, and all but so many of the likeliest. */
const [LEAST, MOST] = [1e-4, 16];

/** A string that frames may begin with, and how likely: with a blank at its end, and with its last token. */
interface Prefix {
  readonly before?: Prefix;
  readonly token: number;
  readonly next: Map<number, Prefix>;
  blank: number;
  own: number;
  /** Of the frame that is being looked at. */
  newBlank: number;
  newOwn: number;
}

const prefix = (token: number, before?: Prefix): Prefix => ({
  ...{ before, token, next: new Map() },
  ...{ blank: 0, own: 0, newBlank: 0, newOwn: 0 },
});

const newSum = ({ newBlank, newOwn }: Prefix) => newBlank + newOwn;

/** The string with a token behind it. */
function longer(of: Prefix, token: number): Prefix {
  let found = of.next.get(token);
  if (!found) of.next.set(token, (found = prefix(token, of)));
  return found;
}

function tokensOf(of: Prefix): number[] {
  const tokens: number[] = [];
  for (let at = of; at.before; at = at.before) tokens.push(at.token);
  return tokens.reverse();
}

/** The classes of a frame that are likely enough, with their probabilities; the blank is always among them. */
function likelyClasses(logits: Float32Array, classes: number, frames: number, t: number) {
  let most = Number.NEGATIVE_INFINITY;
  for (let c = 0; c < classes; c++) most = Math.max(most, logits[c * frames + t]);
  let sum = 0;
  for (let c = 0; c < classes; c++) sum += Math.exp(logits[c * frames + t] - most);
  const likely: [number, number][] = [];
  for (let c = 0; c < classes; c++) {
    const probability = Math.exp(logits[c * frames + t] - most) / sum;
    if (probability >= LEAST || c === classes - 1) likely.push([c, probability]);
  }
  if (likely.length <= MOST) return likely;
  const blank = likely[likely.length - 1];
  const rest = likely.slice(0, -1).sort((a, b) => b[1] - a[1]);
  return [...rest.slice(0, MOST - 1), blank];
}

/**
 * The likeliest strings, best first, of at most eight.
 *
 * @param logits [classes, frames]; the last class is the blank
 */
export function likelyStrings(logits: Float32Array, frames: number): number[][] {
  const classes = logits.length / frames;
  const empty = prefix(-1);
  empty.blank = 1;
  let kept = [empty];
  for (let t = 0; t < frames; t++) {
    const touched = new Set<Prefix>();
    for (const [token, probability] of likelyClasses(logits, classes, frames, t)) {
      for (const one of kept) {
        if (token === classes - 1) {
          one.newBlank += (one.blank + one.own) * probability;
          touched.add(one);
          continue;
        }
        if (token === one.token) {
          one.newOwn += one.own * probability;
          touched.add(one);
        }
        const from = token === one.token ? one.blank : one.blank + one.own;
        if (from === 0) continue;
        const next = longer(one, token);
        next.newOwn += from * probability;
        touched.add(next);
      }
    }
    const best = [...touched].sort((a, b) => newSum(b) - newSum(a)).slice(0, WIDTH);
    // What matters is how likely they are beside each other.
    const scale = 1 / newSum(best[0]);
    for (const one of kept) [one.blank, one.own] = [0, 0];
    for (const one of best) [one.blank, one.own] = [one.newBlank * scale, one.newOwn * scale];
    for (const one of touched) [one.newBlank, one.newOwn] = [0, 0];
    kept = best;
  }
  return kept.map(tokensOf);
}
