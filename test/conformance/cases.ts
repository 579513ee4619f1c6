// The cases of every primitive. A new op joins the suite by a line here.

import type { Value } from "../../src/graph/index.js";
import * as g from "../../src/graph/index.js";
import { type DType, dtypes } from "../../src/tensor/dtype.js";
import type { Shape } from "../../src/tensor/shape.js";
import { type Case, type Operand, SCALAR, use, VECTOR } from "./case.js";
import { chainCases } from "./chainCases.js";
import { convCases } from "./convCases.js";
import { integerCases } from "./integerCases.js";
import { layoutCases } from "./layoutCases.js";
import { normCases } from "./normCases.js";
import { poolCases } from "./poolCases.js";
import { rowCases } from "./rowCases.js";

type Range = readonly [number, number];
type Unary = (x: Value) => Value;
type Binary = (a: Value, b: Value) => Value;

/** A function of one number, on an odd length and on images. */
const unary = (op: string, build: Unary, range?: Range, settings = {}): Case[] =>
  [[7], [2, 17, 3, 5]].map((shape) =>
    use(op, `[${shape}]`, [{ shape, range }], ([x]) => build(x), settings),
  );

const broadcasts: readonly (readonly [Shape, Shape])[] = [
  [[5], [5]],
  [
    [2, 16, 3, 3],
    [2, 16, 3, 3],
  ],
  [
    [2, 17, 3, 3],
    [1, 17, 1, 1],
  ],
  [
    [3, 1],
    [1, 4],
  ],
  [[], [2, 3]],
  [
    [2, 3, 4, 5],
    [4, 1],
  ],
  [
    [2, 6, 1, 1],
    [2, 6, 4, 4],
  ],
];

/** A function of two numbers, over the ways to broadcast. */
const binary = (op: string, build: Binary, range?: Range): Case[] =>
  broadcasts.map(([a, b]) =>
    use(
      op,
      `[${a}] and [${b}]`,
      [
        { shape: a, range },
        { shape: b, range },
      ],
      ([x, y]) => build(x, y),
    ),
  );

const labels: Operand = { shape: [6], dtype: "i32" };
const bytes: Operand = { shape: [2, 3, 4, 4], dtype: "u8", range: [0, 256] };
/** Numbers of every element type that others cannot hold, where there are such. */
const ranges: Readonly<Record<DType, Range>> = {
  f32: [-400, 400],
  i32: [-400, 400],
  u8: [0, 256],
  i8: [-128, 128],
  bf16: [-400, 400],
};
const flat = { differentiable: false };
const bound = ({ graph }: Value) => g.expand(g.constant(graph, 0.125), [1]);

const products: readonly (readonly [a: Shape, b: Shape, g.MatmulOptions])[] = [
  [[3, 4], [4, 5], {}],
  [[64, 17], [17, 10], {}],
  [[4, 3], [4, 5], { transposeA: true }],
  [[3, 4], [5, 4], { transposeB: true }],
  [[4, 3], [5, 4], { transposeA: true, transposeB: true }],
  [[1, 16], [16, 1], {}],
  [[1, 1], [1, 1], {}],
  [[3, 2, 6], [3, 6, 5], {}],
  [[3, 6, 2], [3, 5, 6], { transposeA: true, transposeB: true }],
  [[1, 4, 6], [1, 5, 6], { transposeB: true, activation: "relu6" }],
  [[1, 300], [66, 300], { transposeB: true, activation: "relu6" }],
  [[4, 35], [7, 35], { transposeB: true }],
  [[17, 120], [6, 120], { transposeB: true }],
  [[63, 31], [13, 31], { transposeB: true, activation: "relu6" }],
  [[6, 7], [5, 7], { transposeB: true }],
  [[65, 20], [9, 20], { transposeB: true }],
];

const matmuls = products.flatMap(([a, b, options]): Case[] => {
  const name = `[${a}] x [${b}] ${Object.keys(options).join(", ")}`;
  const columns = b.at(options.transposeB ? -2 : -1)!;
  return [
    use("matmul", name, [a, b], ([x, y]) => g.matmul(x, y, options)),
    use("matmul", `${name} bias`, [a, b, [columns]], ([x, y, bias]) =>
      g.matmul(x, y, { ...options, bias }),
    ),
    use("matmul", `${name} bias, ReLU`, [a, b, [columns]], ([x, y, bias]) =>
      g.matmul(x, y, { ...options, bias, activation: "relu" }),
    ),
  ];
});

const reductions: readonly (readonly [Shape, readonly number[] | undefined, boolean])[] = [
  [[7], undefined, false],
  [[2, 17, 3, 5], undefined, false],
  [[2, 17, 3, 5], [0, 2, 3], false],
  [[2, 16, 4, 4], [2, 3], true],
  [[2, 3, 4, 5], [1], true],
  [[6, 10], [-1], true],
  [[6, 10], [0], false],
];

const reduces = reductions.flatMap(([shape, axes, keep]): Case[] => {
  const name = `[${shape}] over [${axes ?? "all"}]${keep ? ", kept" : ""}`;
  return [
    use("reduceSum", name, [shape], ([x]) => g.reduceSum(x, axes, keep)),
    use("reduceMax", name, [shape], ([x]) => g.reduceMax(x, axes, keep)),
  ];
});

const segments = [
  [0, 37],
  [0, 1, 2, 20, 37],
].flatMap((offsets): Case[] => [
  use("segmentSum", `at ${offsets}`, [[37]], ([x]) => g.segmentSum(x, offsets)),
  use("segmentExpand", `at ${offsets}`, [[offsets.length - 1]], ([x]) =>
    g.segmentExpand(x, offsets),
  ),
]);

const sizes = [
  [8, 8],
  [3, 5],
  [1, 1],
  [7, 4],
  [4, 4],
];

const resizes = (["nearest", "bilinear"] as const).flatMap((mode) =>
  sizes.flatMap((size): Case[] => [
    use("resize", `${mode} to ${size}`, [[2, 3, 4, 4]], ([x]) => g.resize(x, size, mode)),
    use("resizeGrad", `${mode} from ${size}`, [[2, 16, ...size]], ([dy]) =>
      g.resizeGrad(dy, [4, 4], mode),
    ),
  ]),
);

/** 2 * x0 + |x1|, twice rooted, as the fusion pass writes it: two results, one constant. */
const chain = {
  shape: [2, 3],
  code: ["constant", "mul", "abs", "add", "sqrt"],
  args: [-1, -1, -1, 0, 2, -1, 1, -1, -1, 3, 4, -1, 5, -1, -1],
  values: [2, 0, 0, 0, 0],
  results: [5, 6],
};

const positive: Range = [0.5, 3];

export const cases: readonly Case[] = [
  ...convCases,
  ...poolCases,
  ...chainCases,
  ...integerCases,
  ...layoutCases,
  ...normCases,
  ...matmuls,
  ...reduces,
  ...segments,
  ...resizes,
  ...unary("abs", g.abs),
  ...unary("erf", g.erf, [-3, 3]),
  ...unary("exp", g.exp),
  ...unary("gelu", g.gelu, [-5, 5]),
  ...unary("hardSwish", g.hardSwish, [-5, 5]),
  ...unary("log", g.log, positive),
  ...unary("neg", g.neg),
  ...unary("relu", g.relu),
  ...unary("relu6", g.relu6, [-4, 9]),
  ...unary("round", g.round, [-4, 4], flat),
  ...unary("sigmoid", g.sigmoid, [-6, 6]),
  ...unary("silu", g.silu, [-6, 6]),
  ...unary("sqrt", g.sqrt, positive),
  ...unary("step", g.step),
  ...unary("stopGradient", g.stopGradient, undefined, flat),
  ...unary("tanh", g.tanh, [-4, 4]),
  ...binary("add", g.add),
  ...binary("div", g.div, positive),
  ...binary("max", g.max),
  ...binary("min", g.min),
  ...binary("mul", g.mul),
  ...binary("pow", g.pow, positive),
  ...binary("sub", g.sub),
  use("select", "mask of one row", [[4], [3, 4], [3, 1]], ([mask, a, b]) =>
    g.select(g.step(mask), a, b),
  ),
  use(
    "fused",
    "two results",
    [{ shape: [2, 3], range: positive }, [3]],
    (operands, graph) => graph.apply(g.ops.fused, operands, chain),
    flat,
  ),
  use("constant", "times x", [[3]], ([x], graph) => g.mul(x, g.constant(graph, 1.5))),
  // More numbers than an engine may take at once, where one operand has left a place and the sum waits beside it.
  use(
    "constant",
    "times a long sum",
    [[1037], [1037]],
    ([x, y], graph) => g.mul(g.add(g.exp(x), g.exp(y)), g.constant(graph, 1.5)),
    flat,
  ),
  use("scalar", "times x", [[3]], ([x], graph) => g.mul(x, g.scalar(graph, SCALAR))),
  use("input", "as it is", [[2, 3]], ([x]) => x),
  use("read", "a part of a vector", [[2, 3]], ([x], graph) =>
    g.mul(x, g.read(graph, VECTOR, [2, 3], 7)),
  ),
  use("write", "after reading the old elements", [[2, 3]], ([x], graph) => {
    const old = g.read(graph, VECTOR, [2, 3], 5);
    g.write(VECTOR, g.add(x, old), 8);
    return g.mul(old, x);
  }),
  use("write", "before reading the old elements", [[3]], ([x], graph) => {
    g.write(VECTOR, x, 4);
    return g.mul(x, g.read(graph, VECTOR, [3], 3));
  }),
  use("write", "two parts that change places", [[3]], ([x], graph) => {
    const [low, high] = [g.read(graph, VECTOR, [3], 2), g.read(graph, VECTOR, [3], 5)];
    g.write(VECTOR, low, 5);
    g.write(VECTOR, high, 2);
    return x;
  }),
  use("uniform", "odd size", [[3, 7]], ([x], graph) => g.mul(x, g.uniform(graph, [3, 7], 4))),
  ...dtypes.flatMap((from) =>
    dtypes
      .filter((to) => to !== from)
      .map((to) =>
        use(
          "cast",
          `${from} to ${to}`,
          [{ shape: [2, 17, 3, 3], dtype: from, range: ranges[from] }],
          ([x]) => g.cast(x, to),
          flat,
        ),
      ),
  ),
  use("cast", "to bf16 and back", [[2, 17, 3, 3]], ([x]) => g.cast(g.cast(x, "bf16")), flat),
  use("compress", "a report", [[2, 17, 9, 5]], ([x]) => g.compress(x, bound(x), 4096)[1], flat),
  use(
    "compress",
    "a slot that is too small for the bound",
    [[2, 17, 9, 5]],
    ([x]) => g.compress(x, bound(x), 512)[1],
    flat,
  ),
  use(
    "restore",
    "numbers under a bound",
    [[2, 17, 9, 5]],
    ([x]) => g.restore(g.compress(x, bound(x), 4096)[0], x.shape),
    flat,
  ),
  use(
    "packBits",
    "signs of images",
    [[2, 17, 3, 3]],
    ([x]) => g.unpackBits(g.packBits(x, 1), 1, x),
    flat,
  ),
  use("packBits", "signs as bytes", [[2, 17, 3, 3]], ([x]) => g.packBits(x, 1), flat),
  ...[1, 2, 4].map((bits) =>
    use("unpackBits", `${bits} bits of bytes`, [bytes], ([x]) =>
      g.cast(g.unpackBits(g.packBits(x, bits), bits, x)),
    ),
  ),
  use("unpackBits", "bytes that a run brings along", [{ ...bytes, shape: [6] }], ([x]) =>
    g.cast(g.unpackBits(x, 4, { dtype: "u8", shape: [11] })),
  ),
  use(
    "unpackBits",
    "bytes that another op makes",
    [{ shape: [6], range: [0, 256] }],
    ([x]) => g.unpackBits(g.cast(x, "u8"), 1, { dtype: "f32", shape: [45] }),
    flat,
  ),
  use("norms", "images", [[2, 17, 3, 3]], ([x]) => g.norms(x), flat),
  ...rowCases,
  use(
    "ctc",
    "strings of up to three tokens, some equal",
    [
      { shape: [6, 4, 9], range: [-3, 3] },
      { ...labels, shape: [6, 3], range: [-0.6, 4] },
      { ...labels, shape: [6], range: [0, 12] },
    ],
    ([x, tokens, until]) => g.ctc(x, tokens, until),
  ),
  use(
    "ctc",
    "logits far apart",
    [
      { shape: [3, 20, 17], range: [-200, 200] },
      { ...labels, shape: [3, 5], range: [0, 21] },
      { ...labels, shape: [3], range: [12, 17] },
    ],
    ([x, tokens, until]) => g.ctc(x, tokens, until),
  ),
  ...[false, true].flatMap((reverse) => [
    use(
      "lstm",
      `${reverse ? "backwards" : "forwards"}, more images than go together`,
      [[5, 3, 12], { shape: [3, 12], range: [-1, 1] }],
      ([x, w]) => g.lstm(x, w, reverse),
    ),
    use(
      "lstm",
      `${reverse ? "backwards" : "forwards"}, more units than a vector has lanes`,
      [[2, 2, 80], { shape: [20, 80], range: [-1, 1] }],
      ([x, w]) => g.lstm(x, w, reverse),
    ),
    use(
      "lstmGrad",
      reverse ? "backwards" : "forwards",
      [
        [3, 4, 5],
        { shape: [5, 20], range: [-1, 1] },
        { shape: [3, 4, 20], range: [0, 1] },
        [3, 4, 5],
      ],
      ([dy, w, gates, cells]) => g.lstmGrad(dy, w, gates, cells, reverse),
      { differentiable: false },
    ),
  ]),
  use("lstm", "one step", [[2, 1, 8], { shape: [2, 8], range: [-1, 1] }], ([x, w]) => g.lstm(x, w)),
  use("expand", "rows", [[1, 4]], ([x]) => g.expand(x, [2, 3, 4])),
  use("expand", "channels", [[1, 16, 1, 1]], ([x]) => g.expand(x, [2, 16, 3, 3])),
  use("reshape", "images to rows", [[2, 17, 3, 3]], ([x]) => g.reshape(x, [2, -1])),
  use("reshape", "rows to images", [[2, 144]], ([x]) => g.reshape(x, [2, 16, 3, 3])),
  use("transpose", "matrix", [[3, 5]], ([x]) => g.transpose(x, [1, 0])),
  use("transpose", "channels last", [[2, 17, 3, 4]], ([x]) => g.transpose(x, [0, 2, 3, 1])),
  use("transpose", "as many axes as can be", [[2, 3, 2, 2, 3, 2]], ([x]) =>
    g.transpose(x, [5, 4, 3, 2, 1, 0]),
  ),
  use(
    "concat",
    "channels",
    [
      [2, 3, 4, 4],
      [2, 16, 4, 4],
      [2, 1, 4, 4],
    ],
    (all) => g.concat(all, 1),
  ),
  use(
    "concat",
    "rows",
    [
      [2, 5],
      [3, 5],
    ],
    (all) => g.concat(all, 0),
  ),
  use("slice", "channels", [[2, 17, 3, 3]], ([x]) => g.slice(x, [0, 5, 0, 0], [2, 8, 3, 3])),
  use("slice", "box", [[4, 6]], ([x]) => g.slice(x, [1, 2], [2, 3])),
  use("pad", "images", [[2, 16, 3, 3]], ([x]) => g.pad(x, [0, 0, 1, 2], [0, 0, 0, 1])),
  use("pad", "channels", [[2, 3, 3, 3]], ([x]) => g.pad(x, [0, 2, 0, 0], [0, 3, 0, 0])),
];
