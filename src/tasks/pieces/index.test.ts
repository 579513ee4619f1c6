import { describe, expect, test } from "vitest";
import { piecesOf, ragged, type TokenLabels } from "../../data/index.js";
import { InputError } from "../../inputError.js";
import { Random } from "../../tensor/philox.js";
import { criteria, stringLoss } from "./criteria.js";
import { grammarIn } from "./grammarNumbers.js";
import { pieces } from "./index.js";
import { interpretationOf } from "./interpretation.js";
import { readingsOf } from "./reading.js";

const [TOKENS, ROOM] = [2, 8];

/** Logits of a line of three atoms, six pieces, in room for more. */
function outputs(seed: number): Float32Array {
  const random = new Random({ seed, purpose: "search" });
  const output = Float32Array.from({ length: (TOKENS + 2) * ROOM }, () => random.normal());
  const spread = output.subarray((TOKENS + 1) * ROOM);
  spread.fill(1).fill(0, piecesOf(3).length);
  return output;
}

const labels: TokenLabels = {
  kind: "tokens",
  of: ragged(new Int32Array(0), [[0, 1]]),
  vocabulary: ["a", "b"],
};

/** Constants of a grammar. */
const grammarOf = (text: string) =>
  pieces.constants!(labels, { grammar: { text, source: "words.grammar" } });

const lossOf = (output: Float32Array, truth: number[], criterion: number, grammar = "") =>
  stringLoss(
    interpretationOf(output, TOKENS),
    truth,
    criteria[criterion],
    grammar === "" ? undefined : grammarIn(grammarOf(grammar)),
    new Float32Array(output.length),
    1,
  );

/** Probabilities of all strings by going through all ways to cut and to say. */
function probabilities(output: Float32Array): Map<string, number> {
  const { probabilities: of, graph } = interpretationOf(output, TOKENS);
  const found = new Map<string, number>();
  const go = (state: number, text: string, share: number) => {
    if (state === 3) found.set(text, (found.get(text) ?? 0) + share);
    for (const [piece, { from, to }] of piecesOf(3).entries()) {
      if (from !== state) continue;
      for (let c = 0; c < TOKENS; c++) go(to, text + c, share * of[piece * (TOKENS + 1) + c]);
    }
  };
  go(0, "", 1);
  expect(graph.states).toBe(4);
  const sum = [...found.values()].reduce((a, b) => a + b, 0);
  return new Map([...found].map(([text, share]) => [text, share / sum]));
}

describe("the loss of a line", () => {
  test.each(criteria.map(({ name }, at) => [name, at] as const))(
    "has the gradient of finite differences: %s",
    (_, at) => {
      for (const grammar of ["", "s = a+ | [0.3] b a"]) {
        const constants = grammar === "" ? undefined : grammarIn(grammarOf(grammar));
        const output = outputs(3);
        const gradient = new Float32Array(output.length);
        const truth = grammar === "" ? [0, 1] : [1, 0];
        stringLoss(interpretationOf(output, TOKENS), truth, criteria[at], constants, gradient, 1);
        expect(gradient.some((slope) => slope !== 0)).toBe(true);
        for (let k = 0; k < (TOKENS + 1) * ROOM; k++) {
          const moved = (by: number) => lossOf(output.with(k, output[k] + by), truth, at, grammar);
          const slope = (moved(1e-2) - moved(-1e-2)) / 2e-2;
          expect(gradient[k]).toBeCloseTo(slope, 3);
        }
      }
    },
  );

  test("is minus the log of the probability of the string, which those of all strings make 1", () => {
    const output = outputs(4);
    const all = probabilities(output);
    for (const [text, share] of all) {
      expect(Math.exp(-lossOf(output, [...text].map(Number), 0))).toBeCloseTo(share, 9);
    }
  });

  test("is 0 where nothing else can be said, and never below", () => {
    expect(lossOf(outputs(5), [0, 1], 0, "s = a b")).toBeCloseTo(0, 9);
    for (let seed = 0; seed < 20; seed++) {
      for (const at of [0, 2]) expect(lossOf(outputs(seed), [0, 1], at)).toBeGreaterThan(-1e-9);
    }
  });

  test("teaches nothing where no path says the string, which is counted", () => {
    expect(lossOf(outputs(1), [0, 0, 0, 0], 0)).toBe(Infinity);
    expect(lossOf(outputs(1), [0, 1], 0, "s = b")).toBe(Infinity);
    const size = { height: ROOM * 4, width: 4 };
    const tokens = new Int32Array(ROOM + 1).fill(-1).fill(0, 0, 4);
    const found = pieces.hostLoss!(outputs(1), { tokens }, 1, { criterion: [0] }, size);
    expect(found.tallies).toEqual({ withoutPath: 1 });
    expect([...found.losses]).toEqual([0]);
    expect(found.gradient.every((slope) => slope === 0)).toBe(true);
  });
});

describe("reading", () => {
  test("says the likeliest string and the next with their probabilities", () => {
    const output = outputs(6);
    const sorted = [...probabilities(output)].sort((a, b) => b[1] - a[1]);
    const found = readingsOf(interpretationOf(output, TOKENS), undefined);
    expect(found.map(({ tokens }) => tokens.join(""))).toEqual(sorted.slice(0, 2).map(([t]) => t));
    for (const [at, { confidence }] of found.entries()) {
      expect(confidence).toBeCloseTo(sorted[at][1], 9);
    }
  });

  test("says what a grammar allows, and nothing that anybody believes where it allows nothing", () => {
    const line = interpretationOf(outputs(7), TOKENS);
    const [{ tokens }] = readingsOf(line, grammarIn(grammarOf("s = b b")));
    expect(tokens).toEqual([1, 1]);
    const [none] = readingsOf(line, grammarIn(grammarOf("s = b{7}")));
    expect(none).toEqual({ tokens: [], confidence: 0 });
  });

  test("says nothing of a line without ink", () => {
    const blank = outputs(1).fill(0, (TOKENS + 1) * ROOM);
    expect(readingsOf(interpretationOf(blank, TOKENS), undefined)).toEqual([
      { tokens: [], confidence: 0 },
    ]);
  });

  test("tells where tokens stand by the cuts", () => {
    const info = {
      ...{ names: labels.vocabulary, constants: grammarOf("s = a b"), shape: [4, ROOM] },
      size: { height: ROOM * 4, width: 4 },
    };
    const [{ text, symbols }] = pieces.decode(outputs(2), info);
    expect(text).toBe("ab");
    const [first, second] = symbols as { left: number; right: number }[];
    expect([first.left, second.left, second.right]).toEqual([0, first.right, 3]);
  });
});

describe("a grammar", () => {
  test.each([
    ['s = a "x"', /words\.grammar.*"?x/s],
    ["s = a:b", /words\.grammar: it reads a and says b/],
    ["", /words\.grammar accepts nothing/],
  ])("is refused with its file: %s", (text, message) => {
    expect(() => grammarOf(text)).toThrow(InputError);
    expect(() => grammarOf(text)).toThrow(message);
  });

  test("that does not accept the text of a training image is refused with the image", () => {
    const dataset = {
      ...{ name: "lines", length: 1, channels: 1, labels, ids: ["one.png"] },
      images: { bytes: new Uint8Array(1), offsets: Float64Array.of(0), sizes: Int32Array.of(1, 1) },
    };
    expect(() => pieces.checkConstants!(dataset, grammarOf("s = b"))).toThrow(
      /one\.png: the grammar does not accept its text, a b/,
    );
    pieces.checkConstants!(dataset, grammarOf("s = a b"));
  });
});
