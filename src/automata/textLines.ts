// What grammars, lexicons and strings of tokens share as text: lines with comments, words and quoted words, tokens by
// name, probabilities in brackets.

import { InputError } from "../inputError.js";
import { brief, nearest } from "../text/words.js";
import type { Symbols } from "./automaton.js";

/** Where something stands, for messages. */
export interface Spot {
  readonly source: string;
  readonly line: number;
}

export const refuse = ({ source, line }: Spot, found: string, expected: string): never => {
  throw new InputError(`${source}, line ${line}: ${found}; expected ${expected}`);
};

/** One piece of a line. */
export interface Piece extends Spot {
  readonly kind: "word" | "quoted" | "sign" | "probability" | "count";
  readonly text: string;
  /** Whether there is nothing between it and the piece before. */
  readonly joined: boolean;
}

/** Pieces at the beginning of a text: what each looks like, and what of it counts. */
const forms: readonly (readonly [Piece["kind"], RegExp])[] = [
  ["quoted", /^"((?:[^"\\]|\\["\\])*)"/],
  ["probability", /^\[\s*([^\]\s]*)\s*\]/],
  ["count", /^\{\s*([^}]*?)\s*\}/],
  ["sign", /^(<>|[=|():*+?])/],
  ["word", /^([^\s"[\]{}=|():*+?#<>]+)/],
];

/** The pieces of a line in which signs have a meaning; blanks and what stands behind `#` are left out. */
export function piecesOf(content: string, spot: Spot): Piece[] {
  const pieces: Piece[] = [];
  let rest = content;
  for (;;) {
    const trimmed = rest.trimStart();
    if (trimmed === "" || trimmed.startsWith("#")) return pieces;
    const joined = pieces.length > 0 && trimmed.length === rest.length;
    const found = forms.map(([kind, form]) => ({ kind, match: form.exec(trimmed) }));
    const { kind, match } = found.find((one) => one.match) ?? {};
    if (!kind || !match)
      return refuse(
        spot,
        `"${brief(trimmed)}" cannot be read`,
        "a word, or one in quotes that end",
      );
    const text = kind === "quoted" ? match[1].replace(/\\(.)/g, "$1") : match[1];
    pieces.push({ ...spot, kind, text, joined });
    rest = trimmed.slice(match[0].length);
  }
}

/** Words of a line that are parted by blanks; a word with blanks, or a leading `#`, `[` or `"`, stands in quotes. */
export function wordsOf(content: string, spot: Spot): string[] {
  const words: string[] = [];
  for (let rest = content.trim(); rest !== "" && !rest.startsWith("#"); ) {
    const match = /^"((?:[^"\\]|\\["\\])*)"(?=\s|$)/.exec(rest) ?? /^([^\s"]\S*)/.exec(rest);
    if (!match)
      return refuse(spot, `"${brief(rest)}" cannot be read`, "a word, or one in quotes that end");
    words.push(match[0].startsWith('"') ? match[1].replace(/\\(.)/g, "$1") : match[1]);
    rest = rest.slice(match[0].length).trimStart();
  }
  return words;
}

/** The lines of a text with their numbers from 1. A byte order mark is left out. */
export const linesOf = (
  text: string,
  source: string,
): { readonly content: string; readonly spot: Spot }[] =>
  text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\n|\r/)
    .map((content, at) => ({ content, spot: { source, line: at + 1 } }));

/** The log of a probability, as it is written in brackets. */
export function logOf(text: string, spot: Spot): number {
  const value = Number(text);
  if (text !== "" && value > 0 && Number.isFinite(value)) return Math.log(value);
  return refuse(spot, `the probability is [${brief(text)}]`, "a number above 0, as [0.5]");
}

/** Labels of tokens by their texts. */
export class Tokens {
  private readonly labels: ReadonlyMap<string, number>;

  /** @throws InputError for a token that is there twice. */
  constructor(readonly symbols: Symbols) {
    this.labels = new Map(symbols.map((text, label) => [text, label]));
    if (this.labels.size === symbols.length) return;
    const twice = symbols.findIndex((text, label) => this.labels.get(text) !== label);
    throw new InputError(
      `tokens: "${brief(symbols[twice])}" is there twice; expected different ones`,
    );
  }

  has(text: string): boolean {
    return this.labels.has(text);
  }

  /** @throws InputError for a token that is not known, with its line. */
  of(text: string, spot: Spot, others: Iterable<string> = []): number {
    const label = this.labels.get(text);
    if (label !== undefined) return label;
    // Any letter is near to any other.
    const near = text.length > 2 ? nearest(text, [...this.symbols, ...others]) : undefined;
    const meant = near === undefined ? "" : ` (did you mean "${near}"?)`;
    return refuse(spot, `unknown token "${brief(text)}"${meant}`, this.known());
  }

  private known(): string {
    const { length } = this.symbols;
    if (length > 20) return `one of ${length} tokens`;
    return `one of ${this.symbols.join(" ")}`;
  }
}

/**
 * Labels of tokens, a string a line, tokens parted by blanks; empty lines are left out. A token with blanks, or with a
 * leading `#` or `"`, stands in double quotes; `#` starts a comment.
 *
 * @param source where the text comes from, for messages
 * @throws InputError naming the line of a token that is not known.
 * @example
 * readStrings("a b a\n\nb # short\n", ["a", "b"], "words.txt"); // [Int32Array.of(0, 1, 0), Int32Array.of(1)]
 */
export function readStrings(text: string, tokens: Symbols, source: string): Int32Array[] {
  const known = new Tokens(tokens);
  return linesOf(text, source)
    .map(({ content, spot }) => wordsOf(content, spot).map((word) => known.of(word, spot)))
    .filter((labels) => labels.length > 0)
    .map((labels) => Int32Array.from(labels));
}
