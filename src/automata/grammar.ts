// Grammars as text, made into transducers. They are regular: rules stand for what they are made of.

import { brief } from "../text/words.js";
import { requirePath } from "./accepts.js";
import { type Arc, type Automaton, automaton, EPSILON, type Symbols } from "./automaton.js";
import { parseGrammar, type Rule, type Tree } from "./grammarTree.js";
import { removeEpsilon } from "./removeEpsilon.js";
import { refuse, type Spot, Tokens } from "./textLines.js";

export interface GrammarOptions {
  /** Texts of the labels that the grammar reads. */
  readonly tokens: Symbols;
  /** Texts of what it says behind colons; default the same. */
  readonly outputs?: Symbols;
  /** Where the text comes from, for messages. */
  readonly source: string;
}

const MOST_ARCS = 1_000_000;

/** Puts a grammar's trees between states (Thompson 1968). */
class Compiler {
  readonly arcs: Arc[] = [];
  states = 2;
  private readonly rules: ReadonlyMap<string, Rule>;
  private readonly tokens: Tokens;
  private readonly outputs: Tokens;

  constructor(rules: readonly Rule[], options: GrammarOptions) {
    this.rules = new Map(rules.map((rule) => [rule.name, rule]));
    this.tokens = new Tokens(options.tokens);
    this.outputs = options.outputs ? new Tokens(options.outputs) : this.tokens;
    const taken = rules.find(({ name }) => this.tokens.has(name));
    if (taken)
      refuse(taken.spot, `rule ${brief(taken.name)} is called as a token is`, "another name");
  }

  /** Paths of a tree from a state to another. */
  put(tree: Tree, from: number, to: number): void {
    if (tree.kind === "row") this.row(tree.parts, from, to);
    else if (tree.kind === "choice") this.choice(tree.parts, from, to);
    else if (tree.kind === "repeat") this.repeat(tree, from, to);
    else if (tree.kind === "name" && this.rules.has(tree.text)) this.rule(tree, from, to);
    else this.token(tree, from, to);
  }

  /** Whether a tree accepts the empty string. */
  isEmpty(tree: Tree): boolean {
    if (tree.kind === "row") return tree.parts.every((part) => this.isEmpty(part));
    if (tree.kind === "choice") return tree.parts.some((part) => this.isEmpty(part.tree));
    if (tree.kind === "repeat") return tree.least === 0 || this.isEmpty(tree.of);
    if (tree.kind === "empty") return true;
    const rule = tree.kind === "name" ? this.rules.get(tree.text) : undefined;
    return rule !== undefined && this.isEmpty(rule.tree);
  }

  private arc(from: number, to: number, input: number, output: number, weight = 0): void {
    this.arcs.push([from, to, input, output, weight]);
  }

  private said(tree: Tree & { readonly kind: "name" | "quoted" | "empty" }, label: number): number {
    if (!tree.says) return label;
    return tree.says.text === undefined ? EPSILON : this.outputs.of(tree.says.text, tree.spot);
  }

  private token(
    tree: Tree & { readonly kind: "name" | "quoted" | "empty" },
    from: number,
    to: number,
  ): void {
    const others = tree.kind === "name" ? this.rules.keys() : [];
    const label = tree.kind === "empty" ? EPSILON : this.tokens.of(tree.text, tree.spot, others);
    this.arc(from, to, label, this.said(tree, label));
  }

  private choice(
    parts: readonly { readonly weight: number; readonly tree: Tree }[],
    from: number,
    to: number,
  ): void {
    for (const { weight, tree } of parts) {
      // A weight needs an arc of its own, as what follows may be of many arcs.
      const start = weight === 0 ? from : this.states++;
      if (weight !== 0) this.arc(from, start, EPSILON, EPSILON, weight);
      this.put(tree, start, to);
    }
  }

  private row(parts: readonly Tree[], from: number, to: number): void {
    let state = from;
    parts.forEach((part, at) => {
      const next = at + 1 === parts.length ? to : this.states++;
      this.put(part, state, next);
      state = next;
    });
  }

  private repeat(
    { of, least, most, spot }: Tree & { readonly kind: "repeat" },
    from: number,
    to: number,
  ): void {
    let state = from;
    const go = (next: number) => {
      this.put(of, state, next);
      state = next;
      if (this.arcs.length > MOST_ARCS)
        refuse(spot, `more than ${MOST_ARCS} arcs`, "fewer repetitions");
    };
    for (let copy = 0; copy < least; copy++) go(this.states++);
    if (most === Infinity) {
      const middle = this.states++;
      this.arc(state, middle, EPSILON, EPSILON);
      this.put(of, middle, middle);
      state = middle;
    }
    for (let copy = least; copy < most && most < Infinity; copy++) {
      this.arc(state, to, EPSILON, EPSILON);
      go(this.states++);
    }
    this.arc(state, to, EPSILON, EPSILON);
  }

  private rule(tree: Tree & { readonly kind: "name" | "quoted" }, from: number, to: number): void {
    if (tree.says)
      refuse(tree.spot, `rule ${brief(tree.text)} has a colon behind it`, "colons behind tokens");
    this.put(this.rules.get(tree.text)!.tree, from, to);
    if (this.arcs.length > MOST_ARCS)
      refuse(tree.spot, `more than ${MOST_ARCS} arcs`, "a smaller grammar");
  }
}

/** Names in a tree. */
function namesIn(tree: Tree): { readonly text: string; readonly spot: Spot }[] {
  if (tree.kind === "row") return tree.parts.flatMap(namesIn);
  if (tree.kind === "choice") return tree.parts.flatMap((part) => namesIn(part.tree));
  if (tree.kind === "repeat") return namesIn(tree.of);
  return tree.kind === "name" ? [tree] : [];
}

/** Trees in a tree that are repeated without end. */
function endless(tree: Tree): (Tree & { readonly kind: "repeat" })[] {
  if (tree.kind === "row") return tree.parts.flatMap(endless);
  if (tree.kind === "choice") return tree.parts.flatMap((part) => endless(part.tree));
  if (tree.kind !== "repeat") return [];
  return [...(tree.most === Infinity ? [tree] : []), ...endless(tree.of)];
}

/** Refuses rules that are made of themselves. */
function checkCircles(rules: readonly Rule[]): void {
  const byName = new Map(rules.map((rule) => [rule.name, rule]));
  const done = new Set<string>();
  const visit = (rule: Rule, way: readonly string[]) => {
    if (done.has(rule.name)) return;
    for (const { text, spot } of namesIn(rule.tree)) {
      const next = byName.get(text);
      if (!next) continue;
      const at = [...way, rule.name].indexOf(text);
      if (at >= 0) {
        const circle = [...way, rule.name].slice(at);
        refuse(
          spot,
          `rule ${text} is made of itself (${[...circle, text].join(" > ")})`,
          "no circle: * repeats",
        );
      }
      visit(next, [...way, rule.name]);
    }
    done.add(rule.name);
  };
  for (const rule of rules) visit(rule, []);
}

/**
 * The transducer of a grammar. Its first rule is what it accepts:
 *
 * ```
 * amount = "*"{0,2} whole . digit digit       # a row, with names of rules and tokens
 * whole  = digit{1,3} ("," digit{3})*         # {2}, {2,3}, {2,}, * + ? repeat
 * digit  = [0.2] 0 | [0.8] (1 | 2 | 3)        # choices, with probabilities in front
 * ```
 *
 * A line without `=` goes on with the rule before; `#` starts a comment. Tokens that are no plain words stand in double
 * quotes. `a:b` reads `a` and says `b`, `a:<>` says nothing, `<>` is nothing. Rules cannot be made of themselves.
 *
 * @throws InputError naming the line of what cannot be read, a token that is not known, a rule that is made of itself,
 * something that may be empty and is repeated without end; and for a grammar that accepts nothing.
 * @example
 * const tokens = ["0", "1", "."];
 * const grammar = readGrammar("price = digit+ . digit{2}\ndigit = 0 | 1", { tokens, source: "price.grammar" });
 * forwardScore(compose(stringAcceptor([1, 2, 0, 0]), grammar)).value; // 0
 */
export function readGrammar(text: string, options: GrammarOptions): Automaton {
  const rules = parseGrammar(text, options.source);
  checkCircles(rules);
  const compiler = new Compiler(rules, options);
  // Rules that the first one does not use are checked as well, between states of their own.
  const [first, ...others] = rules.map(({ tree }) => tree);
  if (first) compiler.put(first, 0, 1);
  for (const tree of others) compiler.put(tree, compiler.states++, compiler.states++);
  for (const { tree } of rules) {
    for (const { of, spot } of endless(tree)) {
      if (compiler.isEmpty(of))
        refuse(spot, "what is repeated without end may be empty", "one token at least in it");
    }
  }
  const symbols = { input: options.tokens, output: options.outputs ?? options.tokens };
  const { states, arcs } = compiler;
  const raw = automaton({ states, start: [0], final: first ? [1] : [], arcs, symbols });
  return removeEpsilon(requirePath(raw, `grammar ${options.source}`));
}
