// What every engine promises besides the primitives: vectors, reductions, gather, order, refusals.

import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Engine, type Gather, type Input, SAMPLE_FIELDS } from "../../src/engine/engine.js";
import { gather } from "../../src/engine/reference/gather.js";
import { add, cast, Graph, input, mul, read, scalar, write } from "../../src/graph/index.js";
import { InputError } from "../../src/inputError.js";
import { dtypes, zeros } from "../../src/tensor/dtype.js";
import { Random } from "../../src/tensor/philox.js";
import { sourcesOf } from "../support/sources.js";
import { relativeError } from "./case.js";
import { everyEngine } from "./engines.js";

const width = fc.integer({ min: 1, max: 9 });
/** Thousandths: no subnormal numbers, which engines may take for 0. */
const thousandths = (min: number, max: number) =>
  fc.integer({ min: 1000 * min, max: 1000 * max }).map((number) => number / 1000);
const pixel = fc.oneof(fc.integer({ min: -4, max: 12 }), thousandths(-4, 12));
const slope = fc.oneof(fc.constantFrom(-1, 0, 1), thousandths(-2, 2));
const weight = thousandths(0, 1);

/** Maps from output to source pixels, boxes and mixing, whole numbers often among them. */
const sample = fc.tuple(
  slope,
  slope,
  pixel,
  slope,
  slope,
  pixel,
  pixel,
  pixel,
  pixel,
  pixel,
  weight,
  slope,
  slope,
  pixel,
  slope,
  slope,
  pixel,
  pixel,
  pixel,
  pixel,
  pixel,
);

const batch: fc.Arbitrary<Gather> = fc
  .record({
    count: width,
    height: width,
    width,
    channels: fc.constantFrom(1, 3, 4),
    outHeight: width,
    outWidth: width,
    samples: fc.array(fc.tuple(sample, fc.nat(100), fc.integer({ min: -1, max: 100 })), {
      minLength: 1,
      maxLength: 4,
    }),
  })
  .map(({ count, samples, ...size }) => {
    const random = new Random({ seed: count, purpose: "init" });
    const length = count * size.height * size.width * size.channels;
    return {
      ...size,
      images: Uint8Array.from({ length }, () => random.integer(256)),
      sources: sourcesOf(
        samples.flatMap(([, own, partner]) => [own % count, partner < 0 ? -1 : partner % count]),
        size,
      ),
      samples: Float32Array.from(samples.flatMap(([fields]) => fields)),
      mean: [100, 50, 25, 10].slice(0, size.channels),
      std: [50, 60, 70, 80].slice(0, size.channels),
    };
  });

const gathered = ({ samples, channels, outHeight, outWidth }: Gather) =>
  (samples.length / SAMPLE_FIELDS) * channels * outHeight * outWidth;

/** w <- w * x + s; returns what w was. */
function stepGraph(): Graph {
  const graph = new Graph();
  const w = read(graph, "w", [3], 1);
  graph.output("before", w);
  write("w", add(mul(w, input(graph, "x", [3])), scalar(graph, "s")), 1);
  return graph;
}

for (const { title, open, skip } of everyEngine) {
  describe.skipIf(skip)(title, () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await open();
    });
    afterAll(() => engine?.close());

    async function vector(...numbers: number[]) {
      const result = engine.vector(numbers.length);
      await result.write(numbers);
      return result;
    }

    it("holds vectors", async () => {
      const v = engine.vector(5);
      expect([...(await v.read())]).toEqual([0, 0, 0, 0, 0]);
      await v.write([1, 2], 2);
      expect([...(await v.read(1, 4))]).toEqual([0, 1, 2]);
      await expect(v.write([1, 2], 4)).rejects.toThrow(RangeError);
    });

    it("reduces in double precision", async () => {
      const a = await vector(1, 2, 3, 4, 1e8);
      const b = await vector(1, 1, 1, 1, 0);
      expect(await engine.reduce.dot(a, b)).toBe(10);
      expect(await engine.reduce.norm(a)).toBeCloseTo(Math.sqrt(30 + 1e16), 6);
      expect([...(await engine.reduce.bySegment(a, b, { offsets: [1, 1, 3, 5] }))]).toEqual([
        0, 5, 4,
      ]);
      const one = await vector(1);
      await expect(engine.reduce.dot(a, one)).rejects.toThrow(RangeError);
      await expect(engine.reduce.bySegment(a, a, { offsets: [0, 6] })).rejects.toThrow(RangeError);
      await expect(engine.reduce.bySegment(a, a, { offsets: [2, 1] })).rejects.toThrow(RangeError);
    });

    it.each(dtypes)("holds buffers of %s, which programs read", async (dtype) => {
      const buffer = engine.buffer(dtype, 5);
      expect([buffer.dtype, buffer.length]).toEqual([dtype, 5]);
      expect(await buffer.read()).toEqual(zeros(dtype, 5));
      const part = zeros(dtype, 2);
      part.set([3, 7]);
      await buffer.write(part, 2);
      const graph = new Graph();
      graph.output("x", input(graph, "x", [5], dtype));
      const program = await engine.compile(graph);
      // What is stored later is no matter of a run that was started before.
      const run = program.run({ inputs: { x: buffer } });
      const later = buffer.write(zeros(dtype, 1), 3);
      expect([...(await run).x]).toEqual([0, 0, 3, 7, 0]);
      await later;
      expect([...(await buffer.read(2, 4))]).toEqual([3, 0]);
    });

    it("refuses memory for no whole number of elements, or of no type", () => {
      for (const length of [1.5, -1, Number.NaN, 2 ** 53]) {
        const message = `${length} elements of f32: expected a whole number from 0`;
        expect(() => engine.buffer("f32", length)).toThrow(message);
        expect(() => engine.vector(length)).toThrow(message);
        expect(() => engine.buffer(length)).toThrow(message);
      }
      for (const dtype of ["f64", "__proto__", undefined] as unknown as "f32"[]) {
        expect(() => engine.buffer(dtype, 4)).toThrow(`elements of ${dtype}: expected one of f32`);
      }
    });

    it("refuses what does not fit a buffer, and a buffer that does not fit an input", async () => {
      const buffer = engine.buffer("i8", 3);
      await expect(buffer.read(1, 4)).rejects.toThrow("[1, 4) of a buffer of 3 i8");
      await expect(buffer.write(new Int8Array(2), 2)).rejects.toThrow(RangeError);
      await expect(buffer.write(new Int8Array(1), -1)).rejects.toThrow(RangeError);
      const bytes = new Uint8Array(1) as unknown as Int8Array;
      await expect(buffer.write(bytes)).rejects.toThrow("expected Int8Array, found Uint8Array");
      const graph = new Graph();
      graph.output("y", cast(input(graph, "x", [3], "i8")));
      const program = await engine.compile(graph);
      for (const x of [engine.buffer("u8", 3), engine.buffer("i8", 4)]) {
        await expect(program.run({ inputs: { x } })).rejects.toThrow(/input "x".*buffer of/);
      }
      const foreign = { ...engine.buffer("i8", 3), dtype: "i8", length: 3 } as Input;
      await expect(program.run({ inputs: { x: foreign } })).rejects.toThrow(/another/);
    });

    it("does what was started in the order of the calls", async () => {
      const program = await engine.compile(stepGraph());
      const w = await vector(9, 1, 2, 3);
      const x = Float32Array.of(2, 2, 2);
      const runs = [1, 2, 3].map((s) =>
        program.run({ vectors: { w }, inputs: { x }, scalars: { s } }),
      );
      expect([...(await w.read())]).toEqual([9, 19, 27, 35]);
      const before = (await Promise.all(runs)).map((outputs) => [...outputs.before]);
      expect(before).toEqual([
        [1, 2, 3],
        [3, 5, 7],
        [8, 12, 16],
      ]);
    });

    it("reports memory and cost", async () => {
      const { memory, flops } = await engine.compile(stepGraph());
      expect(flops).toBe(6);
      expect(memory.peakBytes).toBeGreaterThanOrEqual(memory.activationBytes);
      expect(memory.activationBytes).toBeGreaterThan(0);
    });

    it("refuses bindings that do not fit, by name", async () => {
      const program = await engine.compile(stepGraph());
      const fits = {
        vectors: { w: engine.vector(4) },
        inputs: { x: engine.buffer(3) },
        scalars: { s: 0 },
      };
      const wrong = [
        [{ vectors: {} }, '"w"'],
        [{ vectors: { w: engine.vector(3) } }, '"w"'],
        [{ inputs: {} }, '"x"'],
        [{ inputs: { x: new Float32Array(4) } }, '"x"'],
        [{ scalars: {} }, '"s"'],
      ] as const;
      for (const [change, name] of wrong) {
        await expect(program.run({ ...fits, ...change })).rejects.toThrow(name);
        await expect(program.run({ ...fits, ...change })).rejects.toThrow(RangeError);
      }
      await program.run(fits);
    });

    it("gathers batches", async () => {
      await fc.assert(
        fc.asyncProperty(batch, async (stored) => {
          const expected = new Float32Array(gathered(stored));
          gather(stored, expected);
          const out = engine.buffer(expected.length);
          await engine.gather(stored, out);
          expect(relativeError(out, expected)).toBeLessThan(1e-4);
        }),
      );
    });

    /** One image of 2x2 pixels, behind four bytes of another. */
    const stored: Gather = {
      images: new Uint8Array(8),
      channels: 1,
      sources: Float64Array.of(4, 2, 2, -1, 0, 0),
      samples: new Float32Array(SAMPLE_FIELDS),
      outHeight: 1,
      outWidth: 1,
      mean: [0],
      std: [1],
    };

    it("refuses a gather that does not fit", async () => {
      const out = engine.buffer(1);
      await engine.gather(stored, out);
      const wrong: Partial<Gather>[] = [
        { sources: Float64Array.of(5, 2, 2, -1, 0, 0) },
        { sources: Float64Array.of(-1, 0, 0, 0, 2, 2) },
        { sources: Float64Array.of(0, 2, 2, 8, 2, 2) },
        { sources: Float64Array.of(0, 2, 2.5, -1, 0, 0) },
        { samples: new Float32Array(SAMPLE_FIELDS - 1) },
        { outWidth: 2 },
        { mean: [] },
        { std: [1, 2] },
      ];
      for (const change of wrong) {
        await expect(engine.gather({ ...stored, ...change }, out)).rejects.toThrow(RangeError);
      }
    });

    it("names a file of images that is not there", async () => {
      const path = "/no/such/file.bytes";
      const elsewhere = { ...stored, images: { path, bytes: 8 } };
      const error = await engine.gather(elsewhere, engine.buffer(1)).catch((found) => found);
      expect(error).toBeInstanceOf(InputError);
      expect(error.message).toMatch(/no\/such\/file.bytes: .*no such file/i);
    });

    it("rejects calls after it was closed", async () => {
      const other = await open();
      const program = await other.compile(stepGraph());
      await other.close();
      await expect(program.run({})).rejects.toThrow();
      await expect(other.compile(stepGraph())).rejects.toThrow();
      await other.close();
    });
  });
}
