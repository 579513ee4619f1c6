// A grammar's rules as trees (see grammar.ts for the language).

import { brief } from "../text/words.js";
import { linesOf, logOf, type Piece, piecesOf, refuse, type Spot } from "./textLines.js";

/** What a piece of a grammar accepts. */
export type Tree =
  | {
      readonly kind: "name" | "quoted";
      readonly text: string;
      readonly says?: Said;
      readonly spot: Spot;
    }
  | { readonly kind: "empty"; readonly says?: Said; readonly spot: Spot }
  | { readonly kind: "row"; readonly parts: readonly Tree[] }
  | {
      readonly kind: "choice";
      readonly parts: readonly { readonly weight: number; readonly tree: Tree }[];
    }
  | {
      readonly kind: "repeat";
      readonly of: Tree;
      readonly least: number;
      readonly most: number;
      readonly spot: Spot;
    };

/** What stands behind a colon; undefined text: nothing. */
export interface Said {
  readonly text?: string;
}

export interface Rule {
  readonly name: string;
  readonly tree: Tree;
  readonly spot: Spot;
}

const MOST_NESTED = 100;
const MOST_COPIES = 1000;
const signs: Readonly<Record<string, readonly [least: number, most: number]>> = {
  "*": [0, Infinity],
  "+": [1, Infinity],
  "?": [0, 1],
};

/** Reads the pieces of one rule (recursive descent). */
class Reader {
  private at = 0;
  private depth = 0;

  constructor(
    private readonly pieces: readonly Piece[],
    private readonly end: Spot,
  ) {}

  whole(): Tree {
    const tree = this.choice();
    if (this.at < this.pieces.length) this.unexpected("a token, a rule, | or the end of the rule");
    return tree;
  }

  private get next(): Piece | undefined {
    return this.pieces[this.at];
  }

  private isSign(...texts: readonly string[]): boolean {
    return this.next?.kind === "sign" && texts.includes(this.next.text);
  }

  private unexpected(expected: string): never {
    const found = this.next ? `"${brief(this.next.text)}"` : "nothing more";
    return refuse(this.next ?? this.end, `found ${found}`, expected);
  }

  private choice(): Tree {
    if (++this.depth > MOST_NESTED) {
      refuse(
        this.next ?? this.end,
        `brackets in brackets, ${MOST_NESTED} deep`,
        "fewer: rules of their own",
      );
    }
    const parts = [this.alternative()];
    while (this.isSign("|")) {
      this.at++;
      parts.push(this.alternative());
    }
    this.depth--;
    return parts.length === 1 && parts[0].weight === 0 ? parts[0].tree : { kind: "choice", parts };
  }

  private alternative(): { weight: number; tree: Tree } {
    const { next } = this;
    const weight = next?.kind === "probability" ? logOf(next.text, next) : 0;
    if (next?.kind === "probability") this.at++;
    const parts: Tree[] = [];
    while (this.next && !this.isSign("|", ")")) parts.push(this.repeated());
    if (parts.length === 0) this.unexpected("a token or a rule; <> for nothing");
    return { weight, tree: parts.length === 1 ? parts[0] : { kind: "row", parts } };
  }

  private repeated(): Tree {
    let tree = this.single();
    for (; this.next; this.at++) {
      const { next } = this;
      if (next.kind !== "count" && !this.isSign("*", "+", "?")) break;
      const [least, most] = next.kind === "count" ? this.copies(next) : signs[next.text];
      tree = { kind: "repeat", of: tree, least, most, spot: next };
    }
    return tree;
  }

  private copies(piece: Piece): readonly [number, number] {
    const match = /^(\d{1,4})(\s*,\s*(\d{0,4}))?$/.exec(piece.text);
    const least = Number(match?.[1]);
    const most = match?.[2] === undefined ? least : match[3] === "" ? Infinity : Number(match[3]);
    if (match && least <= most && Math.max(least, most === Infinity ? 0 : most) <= MOST_COPIES)
      return [least, most];
    return refuse(
      piece,
      `the count is {${brief(piece.text)}}`,
      `{2}, {2,3} or {2,}, rising, of at most ${MOST_COPIES}`,
    );
  }

  private single(): Tree {
    const { next } = this;
    if (next && this.isSign("(")) {
      this.at++;
      const tree = this.choice();
      if (!this.isSign(")")) this.unexpected(`a ) for the ( of line ${next.line}`);
      this.at++;
      return tree;
    }
    if (next && this.isSign("<>")) {
      this.at++;
      return { kind: "empty", says: this.said(), spot: next };
    }
    if (next?.kind !== "word" && next?.kind !== "quoted") this.unexpected("a token or a rule");
    this.at++;
    const kind = next!.kind === "word" ? "name" : "quoted";
    return { kind, text: next!.text, says: this.said(), spot: next! };
  }

  /** What stands behind a colon. */
  private said(): Said | undefined {
    if (!this.isSign(":")) return undefined;
    this.at++;
    const { next } = this;
    const empty = this.isSign("<>");
    if (!empty && next?.kind !== "word" && next?.kind !== "quoted")
      this.unexpected("a token, or <> for nothing");
    this.at++;
    return empty ? {} : { text: next!.text };
  }
}

/** The pieces of each rule. A line without `=` goes on with the rule before. */
function rulesOf(text: string, source: string): { name: Piece; pieces: Piece[] }[] {
  const rules: { name: Piece; pieces: Piece[] }[] = [];
  for (const { content, spot } of linesOf(text, source)) {
    const pieces = piecesOf(content, spot);
    if (pieces.length === 0) continue;
    const [name, sign] = pieces;
    if (sign?.kind === "sign" && sign.text === "=") {
      if (name.kind !== "word")
        refuse(spot, `the name of a rule is "${brief(name.text)}"`, "a word without quotes");
      rules.push({ name, pieces: pieces.slice(2) });
    } else if (rules.length > 0) {
      rules[rules.length - 1].pieces.push(...pieces);
    } else {
      refuse(spot, `"${brief(content.trim())}"`, "a rule: name = what it is made of");
    }
  }
  return rules;
}

/** The rules of a grammar in their order. */
export function parseGrammar(text: string, source: string): Rule[] {
  const seen = new Map<string, Piece>();
  return rulesOf(text, source).map(({ name, pieces }) => {
    const before = seen.get(name.text);
    if (before)
      refuse(name, `rule ${brief(name.text)} is in line ${before.line} already`, "another name");
    seen.set(name.text, name);
    return { name: name.text, tree: new Reader(pieces, pieces.at(-1) ?? name).whole(), spot: name };
  });
}
