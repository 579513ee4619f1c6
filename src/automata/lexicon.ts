// Lexicons: which words there are, and the tokens that each is written with, as a tree of prefixes.

import { brief } from "../text/words.js";
import { requirePath } from "./accepts.js";
import { type Arc, type Automaton, automaton, EPSILON, type Symbols } from "./automaton.js";
import { linesOf, logOf, refuse, type Spot, Tokens, wordsOf } from "./textLines.js";

export interface LexiconOptions {
  /** Texts of the labels that the words are written with. */
  readonly tokens: Symbols;
  /** Texts of the words' own labels; default those of the file in their order. */
  readonly words?: Symbols;
  /** Where the text comes from, for messages. */
  readonly source: string;
}

interface Entry {
  readonly word: string;
  readonly labels: readonly number[];
  readonly weight: number;
  readonly spot: Spot;
}

function entriesOf(text: string, tokens: Tokens, source: string): Entry[] {
  const seen = new Map<string, number>();
  return linesOf(text, source).flatMap(({ content, spot }) => {
    const match = /^\s*\[([^\]]*)\](.*)$/.exec(content);
    const weight = match ? logOf(match[1].trim(), spot) : 0;
    const [word, ...written] = wordsOf(match ? match[2] : content, spot);
    if (word === undefined) return match ? refuse(spot, "no word", "[0.5] word token token") : [];
    if (written.length === 0)
      refuse(spot, `word "${brief(word)}" has no tokens`, "the word, then its tokens");
    const labels = written.map((token) => tokens.of(token, spot));
    const key = JSON.stringify([word, labels]);
    const before = seen.get(key);
    if (before !== undefined)
      refuse(spot, `word "${brief(word)}" with these tokens is in line ${before}`, "it once");
    seen.set(key, spot.line);
    return [{ word, labels, weight, spot }];
  });
}

/**
 * The transducer from tokens to a word. Words with the same beginning share its states; a word is said with its last
 * token. The closure of it reads any number of words.
 *
 * ```
 * two       t w o          # the word, then its tokens, parted by blanks
 * [0.3] too t o o          # with a probability in front
 * ```
 *
 * Words and tokens with blanks, or with a leading `#`, `[` or `"`, stand in double quotes; `#` starts a comment.
 *
 * @throws InputError naming the line of a token or word that is not known, a word without tokens, an entry that is there
 * twice; and for a lexicon without words.
 * @example
 * const lexicon = readLexicon("on o n\nno n o\n", { tokens: ["n", "o"], source: "words.txt" });
 * viterbiPath(compose(stringAcceptor([0, 1]), lexicon))!.outputs; // Int32Array.of(1)
 */
export function readLexicon(text: string, { tokens, words, source }: LexiconOptions): Automaton {
  const entries = entriesOf(text, new Tokens(tokens), source);
  const known = new Tokens(words ?? [...new Set(entries.map(({ word }) => word))]);
  // State 0 is where words begin, state 1 where all of them end.
  const [START, END] = [0, 1];
  const arcs: Arc[] = [];
  const children = new Map<string, number>();
  let states = 2;
  for (const { word, labels, weight, spot } of entries) {
    let state = START;
    for (const label of labels.slice(0, -1)) {
      const key = `${state} ${label}`;
      let next = children.get(key);
      if (next === undefined) {
        next = states++;
        children.set(key, next);
        arcs.push([state, next, label, EPSILON]);
      }
      state = next;
    }
    arcs.push([state, END, labels[labels.length - 1], known.of(word, spot), weight]);
  }
  const symbols = { input: tokens, output: known.symbols };
  return requirePath(
    automaton({ states, start: [START], final: [END], arcs, symbols }),
    `lexicon ${source}`,
  );
}
