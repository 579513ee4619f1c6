// What JavaScript passes to the addon is not what it says, or does not stay what it is: an error, or the numbers
// that there were when the call was made.

import { beforeAll, describe, expect, it } from "vitest";
import { fieldsOf } from "../../../test/support/sources.js";
import * as g from "../../graph/index.js";
import type { Engine } from "../engine.js";
import { type Addon, loadAddon, type NativeQueue } from "./addon.js";
import { nativeEngine } from "./index.js";

function built(): boolean {
  try {
    return Boolean(loadAddon());
  } catch {
    return false;
  }
}

/** y = x + w with w of 4 elements at offset 1, x 4 bytes as numbers; v takes y. */
const sum = {
  values: [
    { dtype: "u8", shape: [4] },
    { dtype: "f32", shape: [4] },
    { dtype: "f32", shape: [4] },
    { dtype: "f32", shape: [4] },
  ],
  nodes: [
    { op: "input", inputs: [], outputs: [0], attrs: { name: "x", dtype: "u8", shape: [4] } },
    { op: "cast", inputs: [0], outputs: [1], attrs: { dtype: "f32" } },
    { op: "read", inputs: [], outputs: [2], attrs: { vector: "w", offset: 1, shape: [4] } },
    {
      op: "fused",
      inputs: [1, 2],
      outputs: [3],
      attrs: { shape: [4], code: ["add"], args: [0, 1, -1], values: [0], results: [2] },
    },
    { op: "write", inputs: [3], outputs: [], attrs: { vector: "v", offset: 0 } },
  ],
  outputs: [3],
  vectors: ["w", "v"],
  inputs: ["x"],
  scalars: [],
};

const lie = (type: { prototype: object }, length: number) =>
  Object.defineProperty(Object.create(type.prototype), "length", { value: length });

/** A typed array whose own properties tell a length that it has not. */
const boasting = <T extends object>(array: T, length: number): T =>
  Object.defineProperty(array, "length", { value: length });

const detached = <T extends ArrayBufferView>(array: T): T => {
  structuredClone(array.buffer, { transfer: [array.buffer as ArrayBuffer] });
  return array;
};

describe.skipIf(!built())("the native boundary", () => {
  let addon: Addon;
  let queue: NativeQueue;
  let handle: object;
  let engine: Engine;
  const own = (length: number) => new Float32Array(addon.allocate(4 * length), 0, length);
  beforeAll(async () => {
    addon = loadAddon();
    queue = new addon.Queue(1);
    ({ handle } = await queue.compile(sum));
    engine = nativeEngine({ threads: 1 });
    return async () => {
      queue.close();
      await engine.close();
    };
  });

  /** A run that is right but for some of its arguments. */
  const run = (changes: Record<number, unknown>) => {
    const right = [
      handle,
      [own(5).fill(1), own(4)],
      [Uint8Array.of(1, 2, 3, 4)],
      new Float32Array(0),
      new Uint32Array(4),
      new Float64Array(0),
    ];
    const given = right.map((argument, at) => (at in changes ? changes[at] : argument));
    return (queue.run as (...all: unknown[]) => Promise<unknown[]>)(...given);
  };

  it("takes what is right", async () => {
    expect(await run({})).toEqual([Float32Array.of(2, 3, 4, 5)]);
  });

  it.each<[string, number, () => unknown, RegExp]>([
    ["no handle", 0, () => ({}), /expected a program's handle/],
    ["vectors that are no list", 1, () => 5, /run: vectors: expected a list/],
    ["a vector too few", 1, () => [own(5)], /run: vectors: expected 2 elements, found 1/],
    [
      "a vector too short",
      1,
      () => [own(4), own(4)],
      /vector 0 has 4 elements, the program uses 5/,
    ],
    ["a vector that boasts", 1, () => [boasting(own(2), 5), own(4)], /vector 0 has 2 elements/],
    [
      "a vector of bytes",
      1,
      () => [new Uint8Array(20), own(4)],
      /a Float32Array, found a Uint8Array/,
    ],
    ["a vector in other memory", 1, () => [new Float32Array(5), own(4)], /memory that this addon/],
    ["a vector that is none", 1, () => [lie(Float32Array, 5), own(4)], /found something else/],
    ["an input that is none", 2, () => [lie(Uint8Array, 4)], /input 0: expected a Uint8Array/],
    ["an input of another type", 2, () => [new Int8Array(4)], /a Uint8Array, found a Int8Array/],
    ["an input too short", 2, () => [new Uint8Array(3)], /input 0: expected 4 elements, found 3/],
    ["an input too long", 2, () => [new Uint8Array(5)], /input 0: expected 4 elements, found 5/],
    ["an input that boasts", 2, () => [boasting(new Uint8Array(1), 4)], /4 elements, found 1/],
    ["an input detached before", 2, () => [detached(new Uint8Array(4))], /4 elements, found 0/],
    ["a scalar too many", 3, () => new Float32Array(1), /scalars: expected 0 elements, found 1/],
    ["a short key", 4, () => new Uint32Array(3), /key: expected 4 elements, found 3/],
    ["a key of another type", 4, () => [1, 2, 3, 4], /key: expected a Uint32Array/],
    ["a stamp too many", 5, () => new Float64Array(2), /stamps: expected 0 elements, found 2/],
  ])("refuses %s", (_, at, wrong, message) => {
    expect(() => run({ [at]: wrong() })).toThrow(message);
  });

  it.each(
    sum.values.flatMap(({ dtype, shape }, at) => [
      { at, what: "type", told: { dtype: "i32", shape } },
      { at, what: "shape", told: { dtype, shape: [5] } },
      { at, what: "number of axes", told: { dtype, shape: [4, 1] } },
    ]),
  )("compiles no graph that tells another type of value $at: its $what", async ({ at, told }) => {
    const values = sum.values.with(at, told);
    const compiling = (async () => queue.compile({ ...sum, values }))();
    await expect(compiling).rejects.toThrow(/the result is \[4\], the graph tells/);
  });

  it("is not moved by an input that is detached, shrunk or changed during a run", async () => {
    const right = [Float32Array.of(2, 3, 4, 5)];
    const moved = Uint8Array.of(1, 2, 3, 4);
    const first = run({ 2: [moved] });
    structuredClone(moved.buffer, { transfer: [moved.buffer] });
    // @ts-expect-error the library's types do not know resizable buffers
    const resizable = new Uint8Array(new ArrayBuffer(4, { maxByteLength: 1 << 20 }));
    resizable.set([1, 2, 3, 4]);
    const second = run({ 2: [resizable] });
    // @ts-expect-error as above
    resizable.buffer.resize(0);
    const changed = Uint8Array.of(1, 2, 3, 4);
    const third = run({ 2: [changed] });
    changed.fill(0);
    expect(await Promise.all([first, second, third])).toEqual([right, right, right]);
  });

  it("is not moved by a list that changes while it is read", async () => {
    const input = Uint8Array.of(1, 2, 3, 4);
    const vectors = [own(5).fill(1), own(4)];
    const list = Object.defineProperty([vectors[0], vectors[1]], 1, {
      get() {
        structuredClone(input.buffer, { transfer: [input.buffer] });
        return vectors[1];
      },
    });
    expect(() => run({ 1: list, 2: [input] })).toThrow(/expected 4 elements, found 0/);
  });

  it("stores what there was, where there is room", async () => {
    const target = own(4);
    const source = Float32Array.of(1, 2, 3);
    const written = queue.write(source, target.subarray(1));
    source.fill(9);
    await written;
    expect([...(await queue.read(target))]).toEqual([0, 1, 2, 3]);
    expect(() => queue.write(boasting(new Float32Array(8), 1), target)).toThrow(/longer/);
    expect(() => queue.write(source, new Float32Array(4))).toThrow(/memory that this addon/);
    expect(() => queue.read(new Float32Array(4))).toThrow(/memory that this addon/);
    expect(() => queue.read([1, 2] as never)).toThrow(/expected a typed array/);
  });

  it.each([
    ["fall", [0, 3, 2]],
    ["reach behind the end", [0, 5]],
    ["start before the beginning", [-1, 2]],
    ["are no numbers", [Number.NaN, 2]],
    ["are none", []],
  ])("refuses offsets that %s", (_, offsets) => {
    const vector = own(4);
    expect(() => queue.dots(vector, vector, Float64Array.from(offsets))).toThrow(/dots: /);
  });

  it.each([0, -1, 1.5, 2 ** 31, Number.NaN, "two", {}])("has no queue of %s threads", (threads) => {
    expect(() => new addon.Queue(threads as number)).toThrow(/threads: expected a whole number/);
  });

  const gather = (changes: Record<number, unknown>) => {
    const right = [
      Uint8Array.of(0, 1, 2, 3),
      1,
      Float64Array.of(0, 2, 2, -1, 0, 0),
      Float32Array.from(fieldsOf([1, 0, 0, 0, 1, 0])),
      [2, 2],
      Float32Array.of(0),
      Float32Array.of(1),
      own(4),
      new Float64Array(0),
    ];
    const given = right.map((argument, at) => (at in changes ? changes[at] : argument));
    return (queue.gather as (...all: unknown[]) => Promise<void>)(...given);
  };

  it.each<[string, Record<number, unknown>, RegExp]>([
    ["no whole image", { 0: new Uint8Array(3) }, /source 0 of sample 0 .* within the 3 bytes/],
    ["a handle that is none", { 0: {} }, /images: expected a Uint8Array/],
    ["images of another type", { 0: new Int8Array(4) }, /images: expected a Uint8Array/],
    ["no channels", { 1: 0 }, /channels: expected a whole number from 1/],
    ["a size that is none", { 2: Float64Array.of(0, 2, 0, -1, 0, 0) }, /source 0 of sample 0/],
    ["a size beyond counting", { 2: Float64Array.of(0, 2 ** 40, 2 ** 40, -1, 0, 0) }, /source 0/],
    ["an image too many", { 2: Float64Array.of(4, 2, 2, -1, 0, 0) }, /source 0 of sample 0/],
    ["a partner too many", { 2: Float64Array.of(0, 2, 2, 4, 2, 2) }, /source 1 of sample 0/],
    ["a negative place", { 2: Float64Array.of(-4, 2, 2, -1, 0, 0) }, /source 0 of sample 0/],
    ["no image", { 2: Float64Array.of(-1, 0, 0, -1, 0, 0) }, /source 0 of sample 0/],
    ["half a sample", { 2: Float64Array.of(0, 2, 2) }, /sources: expected 0 elements, found 3/],
    [
      "sources of another type",
      { 2: Float32Array.of(0, 2, 2) },
      /sources: expected a Float64Array/,
    ],
    ["a field too few", { 3: new Float32Array(10) }, /samples: expected 21 elements, found 10/],
    ["a larger result", { 4: [3, 2] }, /the result is too short/],
    ["the largest result that is counted", { 4: [2, 2 ** 29] }, /the result is too short/],
    ["a result beyond counting", { 4: [2, 2 ** 29 + 1] }, /height and width of the result/],
    ["a mean too many", { 5: new Float32Array(2) }, /means: expected 1 elements, found 2/],
    ["a result of another type", { 7: new Uint8Array(4) }, /the result: expected a Float32Array/],
    ["half an operation", { 8: new Float64Array(4) }, /operations: expected 0 elements, found 4/],
    ["an operation that is none", { 8: Float64Array.of(0, 12, 0, 0, 0, 0, 0, 0) }, /operation 0/],
    ["an operation on no image", { 8: Float64Array.of(1, 3, 0, 0, 0, 0, 0, 0) }, /operation 0/],
    ["an operation beyond", { 8: Float64Array.of(2, 3, 0, 0, 0, 0, 0, 0) }, /operation 0/],
    ["an argument beyond", { 8: Float64Array.of(0, 0, 1e9, 0, 0, 0, 0, 0) }, /operation 0/],
    ["no number", { 8: Float64Array.of(0, 0, Number.NaN, 0, 0, 0, 0, 0) }, /operation 0/],
    ["a result in other memory", { 7: new Float32Array(4) }, /memory that this addon/],
  ])("gathers nothing from %s", (_, changes, message) => {
    expect(() => gather(changes)).toThrow(message);
  });

  it("gathers the images that there were", async () => {
    const out = own(4);
    const images = Uint8Array.of(9, 9, 9, 9, 0, 1, 2, 3);
    const made = gather({ 0: images, 2: Float64Array.of(4, 2, 2, -1, 0, 0), 7: out });
    images.fill(7);
    structuredClone(images.buffer, { transfer: [images.buffer] });
    await made;
    expect([...out]).toEqual([0, 1, 2, 3]);
  });

  it("reads and writes whole elements within a vector only", async () => {
    const vector = engine.vector(4);
    await expect(vector.read(1, 5)).rejects.toThrow(RangeError);
    await expect(vector.read(0.5)).rejects.toThrow(RangeError);
    await expect(vector.write([1], 3.5)).rejects.toThrow(RangeError);
    await expect(vector.write([1, 2], 3)).rejects.toThrow(RangeError);
    await expect(vector.write({ length: 2 }, 2)).resolves.toBeUndefined();
  });

  it("finds the same where inputs lie in memory of its own or not", async () => {
    const graph = new g.Graph();
    graph.output("y", g.exp(g.input(graph, "x", [1000])));
    const program = await engine.compile(graph);
    const plain = Float32Array.from({ length: 1000 }, (_, at) => at / 1000);
    const shared = engine.buffer(1000);
    shared.set(plain);
    const found = await Promise.all([plain, shared].map((x) => program.run({ inputs: { x } })));
    expect(found[0]).toEqual(found[1]);
  });
});
