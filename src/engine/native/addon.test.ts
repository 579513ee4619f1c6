// The boundary between JavaScript and the addon: what goes wrong there is an error, never a crash.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as g from "../../graph/index.js";
import { createEngine } from "../index.js";
import { type Addon, addonPath, loadAddon, NativeUnavailable } from "./addon.js";

function built(): boolean {
  try {
    loadAddon();
    return true;
  } catch {
    return false;
  }
}

const CURE = /convoy setup/;

describe("an addon that cannot be had", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "convoy-addon-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const errorOf = (path: string) => {
    try {
      loadAddon(path);
    } catch (error) {
      return error as Error;
    }
    throw new Error(`${path} was loaded`);
  };

  it("is not built", () => {
    const error = errorOf(join(folder, "none.node"));
    expect(error).toBeInstanceOf(NativeUnavailable);
    expect(error.message).toMatch(/is not built \(no .*none\.node\)/);
    expect(error.message).toMatch(CURE);
  });

  it.each([
    ["empty", ""],
    ["text", "not an addon"],
    ["half an ELF header", "\x7fELF\x02\x01\x01"],
  ])("is a file that is %s", (name, content) => {
    const path = join(folder, `${name}.node`);
    writeFileSync(path, content, "latin1");
    const error = errorOf(path);
    expect(error).toBeInstanceOf(NativeUnavailable);
    expect(error.message).toContain(path);
    expect(error.message).toMatch(/built for another machine/);
    expect(error.message).toMatch(CURE);
  });

  it.skipIf(!built() || process.platform !== "linux")("was built for another processor", () => {
    const bytes = readFileSync(addonPath);
    bytes.writeUInt16LE(243, 18); // e_machine of the ELF header: RISC-V
    const path = join(folder, "riscv.node");
    writeFileSync(path, bytes);
    const error = errorOf(path);
    expect(error).toBeInstanceOf(NativeUnavailable);
    expect(error.message).toMatch(/built for another machine/);
  });
});

/** A queue's graph as plain data, with one node between an input and an output. */
const graphOf = (
  node: { op: string; attrs: object; inputs?: number[]; outputs?: number[] },
  changes: object = {},
) => ({
  values: [
    { dtype: "f32", shape: [1, 2, 4, 4] },
    { dtype: "f32", shape: [1, 2, 2, 2] },
    { dtype: "u8", shape: [1, 2, 2, 2] },
  ],
  nodes: [
    {
      op: "input",
      inputs: [],
      outputs: [0],
      attrs: { name: "x", dtype: "f32", shape: [1, 2, 4, 4] },
    },
    { inputs: [0], outputs: [1, 2], ...node },
  ],
  outputs: [1],
  vectors: [],
  inputs: ["x"],
  scalars: [],
  ...changes,
});

const pool = {
  op: "maxPool2d",
  attrs: { kernel: [2, 2], strides: [2, 2], padding: [0, 0, 0, 0] },
};

const bad: readonly (readonly [string, object, RegExp])[] = [
  ["an unknown op", graphOf({ op: "nothing", attrs: {} }), /lacks the op nothing/],
  ["no attribute", graphOf({ ...pool, attrs: {} }), /maxPool2d lacks the attribute kernel/],
  [
    "a short list",
    graphOf({ ...pool, attrs: { ...pool.attrs, strides: [] } }),
    /maxPool2d: expected 2 numbers as strides, found 0/,
  ],
  ["an operand of nowhere", graphOf({ ...pool, inputs: [7] }), /operand that nothing makes/],
  ["an operand of later", graphOf({ ...pool, inputs: [1] }), /operand that nothing makes/],
  ["a negative operand", graphOf({ ...pool, inputs: [-1] }), /operand that nothing makes/],
  ["an output of nowhere", graphOf(pool, { outputs: [9] }), /output that nothing makes/],
  ["an unbound input", graphOf(pool, { inputs: [] }), /nothing is bound as x/],
  ["a name twice", graphOf(pool, { inputs: ["x", "x"] }), /a name that is bound twice/],
  ["a frozen vector of nowhere", graphOf(pool, { frozen: ["w"] }), /nothing is bound as w/],
  [
    "a window of 2^62",
    graphOf({ ...pool, attrs: { ...pool.attrs, kernel: [2 ** 62, 2] } }),
    /whole numbers/,
  ],
  [
    "a window of NaN",
    graphOf({ ...pool, attrs: { ...pool.attrs, kernel: [NaN, 2] } }),
    /whole numbers/,
  ],
  [
    "a text as a list",
    graphOf({ ...pool, attrs: { ...pool.attrs, kernel: "22" } }),
    /expected a list as kernel/,
  ],
  [
    "a result that lies",
    graphOf({ op: "reshape", inputs: [0], outputs: [1], attrs: { shape: [1, 2, 2, 8] } }),
    /reshape \[1,2,4,4\]: the result is \[1,2,2,8\], the graph tells \[1,2,2,2\]/,
  ],
  [
    "a result of another type",
    graphOf(pool, {
      values: [
        { dtype: "f32", shape: [1, 2, 4, 4] },
        { dtype: "i32", shape: [1, 2, 2, 2] },
        { dtype: "u8", shape: [1, 2, 2, 2] },
      ],
    }),
    /or another type/,
  ],
  ["a result too few", graphOf({ ...pool, outputs: [1] }), /another number of results/],
  ["an operand too many", graphOf({ ...pool, inputs: [0, 0] }), /another number of operands/],
  ["an empty value", graphOf(pool, { values: [{ dtype: "f32", shape: [0] }] }), /without elements/],
];

describe.skipIf(!built())("the addon", () => {
  let addon: Addon;
  beforeAll(() => {
    addon = loadAddon();
  });

  it.each(bad)("rejects a graph with %s", async (_, graph, message) => {
    const queue = new addon.Queue(1);
    await expect(queue.compile(graph)).rejects.toThrow(message);
    await expect(queue.compile(graphOf(pool))).resolves.toHaveProperty("handle");
    queue.close();
  });

  it("throws for what is not a graph at all", () => {
    const queue = new addon.Queue(1);
    expect(() => queue.compile({})).toThrow();
    expect(() => queue.compile(graphOf(pool, { values: [{ dtype: "f16", shape: [1] }] }))).toThrow(
      /unknown element type f16/,
    );
    queue.close();
  });

  it("throws when there is no such memory", () => {
    expect(() => addon.allocate(-1)).toThrow(RangeError);
    expect(() => addon.allocate(0.5)).toThrow(RangeError);
    expect(() => addon.allocate(2 ** 52)).toThrow(/cannot give 4503599627370496 bytes/);
  });

  it("rejects what comes after close", async () => {
    const engine = await createEngine({ engine: "native", threads: 1 });
    const graph = new g.Graph();
    graph.output("y", g.exp(g.input(graph, "x", [2])));
    const program = await engine.compile(graph);
    const vector = engine.vector(3);
    const inputs = { x: new Float32Array(2) };
    await engine.close();
    const closed = /the engine is closed/;
    await expect(engine.compile(graph)).rejects.toThrow(closed);
    await expect(program.run({ inputs })).rejects.toThrow(closed);
    await expect(vector.read()).rejects.toThrow(closed);
    await expect(vector.write([1])).rejects.toThrow(closed);
    await expect(engine.reduce.norm(vector)).rejects.toThrow(closed);
  });

  it("finishes what was started before close", async () => {
    const engine = await createEngine({ engine: "native", threads: 2 });
    const vector = engine.vector(1000);
    const writes = Array.from({ length: 100 }, (_, at) => vector.write([at], at));
    const sum = engine.reduce.norm(vector);
    await engine.close();
    await Promise.all(writes);
    expect(await sum).toBeCloseTo(Math.sqrt((99 * 100 * 199) / 6), 6);
  });
});
