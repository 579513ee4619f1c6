// Grammars, lexicons, strings and n-grams: what they accept, with which scores, and what is refused by which line.

import { describe, expect, test } from "vitest";
import {
  type Automaton,
  closure,
  compose,
  countNgrams,
  emissions,
  forwardScore,
  gradients,
  readGrammar,
  readLexicon,
  readStrings,
  requirePath,
  stringAcceptor,
  union,
  viterbiPath,
} from "./index.js";

const amounts = [..."0123456789", ",", ".", "*"];
const read = (text: string, tokens: readonly string[] = amounts) =>
  readGrammar(text, { tokens, source: "it" });
const labelsOf = (text: string, tokens: readonly string[] = amounts) =>
  [...text].map((letter) => tokens.indexOf(letter));
const scoreOf = (of: Automaton, text: string, tokens?: readonly string[]) =>
  forwardScore(compose(stringAcceptor(labelsOf(text, tokens)), of)).value;

const AMOUNTS = `# amounts as they stand on cheques
amount = "*"* (digit{1,3} (, digit{3})*
  | digit{4,}) . digit digit # cents
digit = 0 | 1 | 2 | 3 | 4
      | 5 | 6 | 7 | 8 | 9
`;

describe("a grammar", () => {
  test("accepts what it says", () => {
    const grammar = read(AMOUNTS);
    for (const text of ["1.00", "**12.34", "1,234.56", "123,456,789.01", "123456.00"]) {
      expect(scoreOf(grammar, text), text).toBe(0);
    }
    for (const text of ["", "1.0", ".00", "12,34.00", "1,2345.00", "1*.00", "1.000"]) {
      expect(scoreOf(grammar, text), text).toBe(-Infinity);
    }
    expect(grammar.input.includes(-1)).toBe(false);
  });

  test.each([
    ["a = 0{2}", ["00"], ["0", "000"]],
    ["a = 0{1,2} 1?", ["0", "00", "01", "001"], ["", "000", "011"]],
    ["a = 0{2,}", ["00", "0000"], ["0"]],
    ["a = 0{0,1}", ["", "0"], ["00"]],
    ["a = 0+ | <>", ["", "0", "00"], ["1"]],
    ["a = (0 1)* (2 | 3)+", ["2", "0133"], ["01", "0"]],
    ["a = (0* 1)*", ["", "1", "0011"], ["0", "10"]],
    ["a = (b | 2)? b\nb = 0 1", ["01", "0101", "201"], ["2", "012"]],
    ['a = "," "." 0', [",.0"], [",."]],
    ["a = 0?+{1,2}".replace("?+", "+"), ["0", "000"], [""]],
  ])("%s", (text, accepted, refused) => {
    const grammar = read(text);
    for (const one of accepted) expect(scoreOf(grammar, one), one).toBeGreaterThanOrEqual(0);
    for (const one of refused) expect(scoreOf(grammar, one), one).toBe(-Infinity);
  });

  test("weighs choices by their probabilities", () => {
    const grammar = read("a = [0.25] 0 | [0.75] b 1\nb = [0.5] 2 | 3 | [0.1] <>");
    expect(scoreOf(grammar, "0")).toBeCloseTo(Math.log(0.25), 12);
    expect(scoreOf(grammar, "21")).toBeCloseTo(Math.log(0.375), 12);
    expect(scoreOf(grammar, "31")).toBeCloseTo(Math.log(0.75), 12);
    expect(scoreOf(grammar, "1")).toBeCloseTo(Math.log(0.075), 12);
  });

  test("translates what stands in front of a colon", () => {
    const options = { tokens: ["a", "b"], outputs: ["x y", "="], source: "it" };
    const grammar = readGrammar('t = (a:"x y" | b:<> | <>:"=" a:"=")*', options);
    const path = viterbiPath(compose(stringAcceptor([0, 1, 0]), grammar))!;
    expect(new Set([...path.outputs])).toEqual(new Set([0]));
    expect(grammar.symbols.output).toEqual(["x y", "="]);
    const said = compose(
      compose(stringAcceptor([0]), grammar),
      stringAcceptor([1, 1], ["x y", "="]),
    );
    expect(viterbiPath(said)!.inputs).toEqual(Int32Array.of(0));
  });

  test.each([
    ["", "grammar it accepts nothing: no path leads from a start to an end; expected one at least"],
    ["# nothing\n", "grammar it accepts nothing"],
    ["0 1", 'it, line 1: "0 1"; expected a rule: name = what it is made of'],
    ["a = 0\na = 1", "it, line 2: rule a is in line 1 already; expected another name"],
    ['"a" = 0', 'it, line 1: the name of a rule is "a"; expected a word without quotes'],
    ["a = 0 x", 'it, line 1: unknown token "x"; expected one of 0 1 2 3 4 5 6 7 8 9 , . *'],
    ["a = digti\ndigit = 1", 'it, line 1: unknown token "digti" (did you mean "digit"?)'],
    ["a = 0\n\nunused = y", 'it, line 3: unknown token "y"'],
    ["a =", "it, line 1: found nothing more; expected a token or a rule; <> for nothing"],
    ["a = 0 |", "it, line 1: found nothing more"],
    ["a = (0 1", "it, line 1: found nothing more; expected a ) for the ( of line 1"],
    ["a = 0\n  ) 1", 'it, line 2: found ")"; expected a token, a rule, | or the end of the rule'],
    ["a = * 0", 'it, line 1: found "*"; expected a token or a rule'],
    ["a = 0:", "it, line 1: found nothing more; expected a token, or <> for nothing"],
    ["a = b:1\nb = 0", "it, line 1: rule b has a colon behind it; expected colons behind tokens"],
    [
      "a = 0{3,2}",
      "it, line 1: the count is {3,2}; expected {2}, {2,3} or {2,}, rising, of at most 1000",
    ],
    ["a = 0{1001}", "it, line 1: the count is {1001}"],
    ["a = 0{x}", "it, line 1: the count is {x}"],
    ["a = [0] 1 | 2", "it, line 1: the probability is [0]; expected a number above 0, as [0.5]"],
    ["a = [x] 1", "it, line 1: the probability is [x]"],
    ['a = "0', 'it, line 1: ""0" cannot be read; expected a word, or one in quotes that end'],
    ["a = 0 }", 'it, line 1: "}" cannot be read'],
    [
      "a = (0*)*",
      "it, line 1: what is repeated without end may be empty; expected one token at least in it",
    ],
    ["a = b+\nb = 0? c{0,2}\nc = 1", "it, line 1: what is repeated without end may be empty"],
    [
      "a = b 0\nb = 1 | c\nc = b",
      "it, line 3: rule b is made of itself (b > c > b); expected no circle: * repeats",
    ],
    ["a = 0 a", "it, line 1: rule a is made of itself (a > a)"],
    ["0 = 1", "it, line 1: rule 0 is called as a token is; expected another name"],
    [
      `a = ${"(".repeat(200)}`,
      "it, line 1: brackets in brackets, 100 deep; expected fewer: rules of their own",
    ],
    ["a = b{1000}\nb = c{1000}\nc = 0 1", "more than 1000000 arcs"],
  ])("%j is refused", (text, message) => {
    expect(() => read(text)).toThrow(message);
    expect(() => read(text)).toThrow(expect.objectContaining({ name: "InputError" }));
  });

  test("tokens that are there twice are refused", () => {
    expect(() => read("a = x", ["x", "y", "x"])).toThrow(
      'tokens: "x" is there twice; expected different ones',
    );
  });
});

describe("a lexicon", () => {
  const tokens = ["t", "w", "o", "e", "n"];
  const text = `# numbers
two t w o
[0.25] to   t o
[0.5]  too  t o
ten t e n
"t e" t e
`;
  const lexicon = readLexicon(text, { tokens, source: "it" });

  test("says words with their probabilities, and shares beginnings", () => {
    expect(lexicon.symbols.output).toEqual(["two", "to", "too", "ten", "t e"]);
    const spelled = compose(stringAcceptor(labelsOf("to", tokens)), lexicon);
    expect(forwardScore(spelled).value).toBeCloseTo(Math.log(0.75), 12);
    expect(viterbiPath(spelled)!.outputs).toEqual(Int32Array.of(2));
    expect(viterbiPath(compose(stringAcceptor(labelsOf("te", tokens)), lexicon))!.outputs).toEqual(
      Int32Array.of(4),
    );
    expect(compose(stringAcceptor(labelsOf("tw", tokens)), lexicon).states).toBe(0);
    // t, tw, te, and one state in which words begin and one where they end.
    expect(lexicon.states).toBe(5);
    const several = compose(stringAcceptor(labelsOf("twoten", tokens)), closure(lexicon));
    expect(viterbiPath(several)!.outputs).toEqual(Int32Array.of(0, 3));
  });

  test.each([
    ["", "lexicon it accepts nothing: no path leads from a start to an end; expected one at least"],
    ["two t w o\n\nto t x", 'it, line 3: unknown token "x"; expected one of t w o e n'],
    ["two", 'it, line 1: word "two" has no tokens; expected the word, then its tokens'],
    ["[0.5]", "it, line 1: no word; expected [0.5] word token token"],
    ["[-1] two t w o", "it, line 1: the probability is [-1]; expected a number above 0, as [0.5]"],
    [
      "to t o\n[0.1] to t o",
      'it, line 2: word "to" with these tokens is in line 1; expected it once',
    ],
    ['"two t', 'it, line 1: ""two t" cannot be read'],
  ])("%j is refused", (content, message) => {
    expect(() => readLexicon(content, { tokens, source: "it" })).toThrow(message);
  });

  test("words that are not known are refused", () => {
    const read = () =>
      readLexicon("two t w o\ntow t o w", { tokens, words: ["two"], source: "it" });
    expect(read).toThrow(
      'it, line 2: unknown token "tow" (did you mean "two"?); expected one of two',
    );
  });
});

describe("n-grams", () => {
  const strings = readStrings("a b a\nb a\n\na a # twice\na b b a\n", ["a", "b", "c"], "it");
  const model = (order: number) => countNgrams(strings, { order, labels: 3 });

  /** Witten and Bell's probability of one token behind the one before, straight from the strings. */
  function pair(before: number, next: number, order: number): number {
    const END = 3;
    const all = strings.flatMap((labels) =>
      [...labels, END].map((label, at) => [at === 0 ? -1 : labels[at - 1], label]),
    );
    const smoothed = (followers: readonly number[], shorter: number) => {
      const kinds = new Set(followers).size;
      const count = followers.filter((label) => label === next).length;
      return (count + kinds * shorter) / (followers.length + kinds);
    };
    const single = smoothed(
      all.map(([, label]) => label),
      1 / 4,
    );
    if (order === 1) return single;
    const followers = all.filter(([one]) => one === before).map(([, label]) => label);
    return followers.length === 0 ? single : smoothed(followers, single);
  }

  test.each([1, 2])("of order %i have Witten and Bell's probabilities", (order) => {
    for (const labels of [[], [0], [1], [2], [0, 1, 0], [1, 1, 0, 2, 0], [2, 2]]) {
      const expected = [...labels, 3].reduce(
        (sum, label, at) => sum + Math.log(pair(at === 0 ? -1 : labels[at - 1], label, order)),
        0,
      );
      const found = forwardScore(compose(stringAcceptor(labels), model(order))).value;
      expect(found).toBeCloseTo(expected, 10);
    }
  });

  test.each([1, 2, 3, 4])("of order %i: the probabilities of all strings sum to 1", (order) => {
    let sum = 0;
    for (let length = 0; length <= 80; length++) {
      const any = emissions(new Float64Array(3 * length), length, 3);
      sum += Math.exp(forwardScore(compose(any, model(order))).value);
    }
    expect(sum).toBeCloseTo(1, 6);
  });

  test("longer ones tell what came before", () => {
    const text = readStrings("a b c\nc b a\n".repeat(20), ["a", "b", "c"], "it");
    const probability = (order: number) =>
      Math.exp(
        forwardScore(compose(stringAcceptor([0, 1, 2]), countNgrams(text, { order, labels: 3 })))
          .value,
      );
    expect(probability(3)).toBeGreaterThan(0.4);
    expect(probability(2)).toBeLessThan(0.3);
  });

  test("learn: gradients reach their weights", () => {
    const grammar = model(2);
    const score = forwardScore(compose(stringAcceptor([0, 1]), grammar));
    const [{ final }] = gradients(score, [grammar]);
    expect(final.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 12);
  });

  test.each<[string, () => unknown]>([
    ["n-grams: order 0; expected a whole number from 1 to 20", () => model(0)],
    ["n-grams: no strings; expected one at least", () => countNgrams([], { order: 2, labels: 3 })],
    [
      "n-grams: string 1: label 0 is 3; expected a whole number from 0 to 2",
      () => countNgrams([[0], [3]], { order: 2, labels: 3 }),
    ],
    [
      'it, line 2: unknown token "d"; expected one of a b c',
      () => readStrings("a\nd", ["a", "b", "c"], "it"),
    ],
  ])("%s", (message, make) => {
    expect(make).toThrow(message);
  });
});

test("what accepts nothing is refused by name", () => {
  expect(() => requirePath(union([]), "the grammar")).toThrow("the grammar accepts nothing");
  const one = stringAcceptor([]);
  expect(requirePath(one, "it")).toBe(one);
});
