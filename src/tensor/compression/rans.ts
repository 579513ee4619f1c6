// The entropy stage of compressed values: eight interleaved range coders of the ANS family (Duda 2013,
// arXiv 1311.2540) over one table of frequencies. The native engine's is native/kernels/rans.h; both make
// the same words.

const BITS = 12;
/** What the frequencies of all symbols add up to. */
export const TOTAL = 2 ** BITS;
const LOW = 2 ** 16;
const STATES = 8;
const SYMBOLS = 256;

/** What encoding gives: words of 16 bits, and the states that decoding starts from. */
export interface Encoded {
  readonly words: Uint16Array;
  readonly states: Uint32Array;
}

const indexOfLargest = (counts: Uint32Array): number =>
  counts.reduce((best, count, at) => (count > counts[best] ? at : best), 0);

/** Frequencies of some symbols: none 0 that occurs, none the total, and all together the total. */
export function frequenciesOf(symbols: Uint8Array): Uint32Array {
  const counts = new Uint32Array(SYMBOLS);
  for (const symbol of symbols) counts[symbol]++;
  let left = TOTAL;
  for (const [at, count] of counts.entries()) {
    if (count === 0) continue;
    counts[at] = Math.max(
      1,
      Math.floor((count * TOTAL + Math.floor(symbols.length / 2)) / symbols.length),
    );
    left -= counts[at];
  }
  while (left !== 0) {
    const largest = indexOfLargest(counts);
    const change = Math.max(left, -Math.floor(counts[largest] / 2));
    counts[largest] += change;
    left -= change;
  }
  const largest = indexOfLargest(counts);
  if (counts[largest] === TOTAL) {
    counts[largest]--;
    counts[largest === 0 ? 1 : 0]++;
  }
  return counts;
}

/** Where each symbol's range begins. */
function startsOf(frequencies: Uint32Array): Uint32Array {
  const starts = new Uint32Array(SYMBOLS);
  for (let at = 1; at < SYMBOLS; at++) starts[at] = starts[at - 1] + frequencies[at - 1];
  return starts;
}

/** Encodes symbols from the last to the first, so that they come back in order. */
export function encode(symbols: Uint8Array, frequencies: Uint32Array): Encoded {
  const starts = startsOf(frequencies);
  const states = new Uint32Array(STATES).fill(LOW);
  const words = new Uint16Array(symbols.length);
  let begin = symbols.length;
  for (let at = symbols.length - 1; at >= 0; at--) {
    const frequency = frequencies[symbols[at]];
    let state = states[at % STATES];
    if (state >= frequency * 2 ** (32 - BITS)) {
      words[--begin] = state;
      state >>>= 16;
    }
    const rest = state % frequency;
    states[at % STATES] = ((state - rest) / frequency) * TOTAL + starts[symbols[at]] + rest;
  }
  return { words: words.subarray(begin), states };
}

/** The symbols; undefined unless the words are exactly those that encoding them gave. */
export function decode(
  { words, states: from }: Encoded,
  frequencies: Uint32Array,
  count: number,
): Uint8Array | undefined {
  const states = Uint32Array.from(from);
  const starts = startsOf(frequencies);
  const symbolAt = new Uint8Array(TOTAL);
  for (const [symbol, frequency] of frequencies.entries()) {
    symbolAt.fill(symbol, starts[symbol], starts[symbol] + frequency);
  }
  const symbols = new Uint8Array(count);
  let next = 0;
  for (let at = 0; at < count; at++) {
    const state = states[at % STATES];
    const slot = state % TOTAL;
    const symbol = symbolAt[slot];
    symbols[at] = symbol;
    let after = frequencies[symbol] * (state >>> BITS) + slot - starts[symbol];
    if (after < LOW) after = after * 2 ** 16 + (words[next++] ?? 0);
    states[at % STATES] = after;
  }
  const whole = next === words.length && states.every((state) => state === LOW);
  return whole ? symbols : undefined;
}
