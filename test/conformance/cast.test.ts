// What becomes of numbers that another element type does not hold, the same on every engine.

import { describe, expect, it } from "vitest";
import { cast, Graph, input } from "../../src/graph/index.js";
import { bfloat16Of } from "../../src/tensor/bfloat16.js";
import type { DType, HostData } from "../../src/tensor/dtype.js";
import { everyEngine } from "./engines.js";

const { NaN: NAN, POSITIVE_INFINITY: INF } = Number;
const TIE = 1 + 2 ** -8;

/** Elements, and what they are in another type. */
const casts: readonly {
  [F in DType]: readonly [from: F, HostData[F], to: DType, HostData[DType]];
}[DType][] = [
  [
    "f32",
    Float32Array.of(1.9, -1.9, -0, 127.9, 128, -128.9, -129, 3e38, -INF, NAN),
    "i8",
    Int8Array.of(1, -1, 0, 127, 127, -128, -128, 127, -128, 0),
  ],
  [
    "f32",
    Float32Array.of(-0.9, -1, 255.9, 256, INF, NAN),
    "u8",
    Uint8Array.of(0, 0, 255, 255, 255, 0),
  ],
  [
    "f32",
    Float32Array.of(2147483520, 2 ** 31, -(2 ** 31), -3e9, INF, -INF, NAN, -7.5),
    "i32",
    Int32Array.of(2147483520, 2147483647, -2147483648, -2147483648, 2147483647, -2147483648, 0, -7),
  ],
  [
    "f32",
    Float32Array.of(1, TIE, 1 + 3 * 2 ** -8, -TIE - 2 ** -20, 3.4e38, -INF, -0),
    "bf16",
    Uint16Array.of(0x3f80, 0x3f80, 0x3f82, 0xbf81, 0x7f80, 0xff80, 0x8000),
  ],
  [
    "i32",
    Int32Array.of(16777217, -128, 2147483647),
    "f32",
    Float32Array.of(16777216, -128, 2 ** 31),
  ],
  ["i32", Int32Array.of(300, -300, -5), "i8", Int8Array.of(127, -128, -5)],
  ["i32", Int32Array.of(300, -300, 5), "u8", Uint8Array.of(255, 0, 5)],
  ["i32", Int32Array.of(257, 259, -1), "bf16", bfloat16Of([256, 260, -1])],
  ["u8", Uint8Array.of(0, 127, 128, 255), "i8", Int8Array.of(0, 127, 127, 127)],
  ["i8", Int8Array.of(-128, -1, 127), "u8", Uint8Array.of(0, 0, 127)],
  ["i8", Int8Array.of(-128, -1, 127), "i32", Int32Array.of(-128, -1, 127)],
  [
    "bf16",
    Uint16Array.of(0xbfc0, 0x0100, 0x7fc0, 0xff80),
    "f32",
    Float32Array.of(-1.5, 2 ** -125, NAN, -INF),
  ],
  ["bf16", bfloat16Of([-1.5, 1e38, NAN, -INF]), "i8", Int8Array.of(-1, 127, 0, -128)],
];

describe.each(everyEngine)("$title", ({ skip, open }) => {
  it.skipIf(skip).each(casts)("casts %s %s to %s", async (from, elements, to, expected) => {
    const graph = new Graph();
    graph.output("y", cast(input(graph, "x", [elements.length], from), to));
    const engine = await open();
    const program = await engine.compile(graph);
    expect((await program.run({ inputs: { x: elements } })).y).toEqual(expected);
    await engine.close();
  });

  it.skipIf(skip)("keeps NaN, whatever its bits", async () => {
    const graph = new Graph();
    const half = cast(input(graph, "x", [2]), "bf16");
    graph.output("half", half);
    graph.output("y", cast(half));
    const engine = await open();
    const x = new Float32Array(Uint32Array.of(0x7f800001, 0xffffffff).buffer);
    const { y } = await (await engine.compile(graph)).run({ inputs: { x } });
    expect([...y]).toEqual([NAN, NAN]);
    await engine.close();
  });
});
