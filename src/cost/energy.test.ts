import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { macsOf } from "../graph/index.js";
import {
  dataflows,
  type Energy,
  energyOf,
  eyeriss,
  getDataflow,
  operands,
  type Work,
} from "./index.js";

const from1 = (max: number) => fc.integer({ min: 1, max });
const bits = { weights: 16, activations: 16 };
const array = eyeriss.array!;
const ROOM = 2 ** 40;

/** A convolution as work; padding keeps the size. */
function convolution(
  batch: number,
  [outputs, inputs, groups]: readonly number[],
  [kernel, stride, size]: readonly number[],
): Work {
  const places = Math.ceil(size / stride);
  const loops = {
    ...{ batch, inputs: inputs * groups, outputs: outputs * groups, groups },
    ...{ kernel: [kernel, kernel], places: [places, places] },
  };
  return {
    loops,
    numbers: {
      weights: outputs * groups * inputs * kernel ** 2,
      inputs: batch * inputs * groups * size ** 2,
      outputs: batch * outputs * groups * places ** 2,
    },
  };
}

/** Random layers: also with gaps between windows, depthwise, of one pixel. */
const layers = fc
  .record({
    batch: from1(4),
    channels: fc.tuple(from1(300), from1(300), from1(4)),
    window: fc.tuple(from1(11), from1(13), from1(60)),
  })
  .map(({ batch, channels, window }) => ({
    work: convolution(batch, channels, window),
    twice: convolution(2 * batch, channels, window),
  }));

const bytesOf = ({ numbers }: Work) =>
  operands.reduce((sum, operand) => sum + numbers[operand], 0) * (bits.weights / 8);

describe.each(dataflows.map((flow) => [flow.name, flow] as const))("%s", (_, flow) => {
  const run = (work: Work, changed: Partial<typeof array> = {}, wide = bits): Energy =>
    energyOf(work, flow, { ...array, ...changed }, wide, "layer");

  test("never moves less than every number once, and no more where the buffer holds all", () => {
    fc.assert(
      fc.property(layers, from1(200), ({ work }, kilobytes) => {
        const least = bytesOf(work);
        const limited = run(work, { bufferBytes: 1024 * kilobytes });
        expect(limited.dramBytes).toBeGreaterThanOrEqual(least * (1 - 1e-12));
        expect(run(work, { bufferBytes: ROOM }).dramBytes / least).toBeCloseTo(1, 9);
        for (const energy of Object.values(limited.levels)) {
          expect(energy).toBeGreaterThanOrEqual(0);
        }
        expect(limited.total).toBeGreaterThan(limited.mac);
      }),
      { numRuns: 40 },
    );
  });

  test("takes no more with more elements, more buffer or more images at once", () => {
    fc.assert(
      fc.property(layers, from1(400), ({ work, twice }, pes) => {
        const once = run(work, { pes });
        const limit = once.total * (1 + 1e-9);
        expect(run(work, { pes: pes + 1 }).total).toBeLessThanOrEqual(limit);
        expect(run(work, { pes: 2 ** 30 }).total).toBeLessThanOrEqual(limit);
        expect(run(work, { pes, bufferBytes: ROOM }).total).toBeLessThanOrEqual(limit);
        expect(run(twice, { pes }).total).toBeLessThanOrEqual(2 * limit);
      }),
      { numRuns: 25 },
    );
  });

  test("moves half for half the bits in memories that hold as many numbers", () => {
    fc.assert(
      fc.property(layers, ({ work }) => {
        const [wide, half] = [{ registerBytes: 512 }, { registerBytes: 256 }];
        const all = run(work, { ...wide, bufferBytes: 65_536 });
        const less = run(work, { ...half, bufferBytes: 32_768 }, { weights: 8, activations: 8 });
        const data = ({ total, mac }: Energy) => total - mac;
        expect(data(less) / data(all)).toBeCloseTo(0.5, 9);
        expect(less.dramBytes / all.dramBytes).toBeCloseTo(0.5, 9);
        // (0.2 + 0.1) / (0.8 + 0.1) of Horowitz's picojoules.
        expect(less.mac / all.mac).toBeCloseTo(1 / 3, 9);
      }),
      { numRuns: 25 },
    );
  });
});

test("accesses of a layer by hand, whose numbers all stay in the buffer", () => {
  // 2 channels to 4 by 3x3 at 4x4 places: weights are used 16 times, images 288 / 32 = 36 times, sums 18.
  const work = convolution(1, [4, 2, 1], [3, 1, 4]);
  expect(macsOf(work.loops)).toBe(1152);
  const energy = { unit: "access", mac: 1, register: 1, array: 10, buffer: 100, dram: 1000 };
  const machine = { ...array, pes: 12, registerBytes: 14, bufferBytes: 4096, energy };
  const { levels, mac } = energyOf(work, getDataflow("row-stationary"), machine, bits, "layer");
  // Weights: 4 in a row, by 4 elements, 1 from the buffer. Images: 3 in a row, by 3 elements, 4 from the buffer.
  // Sums: 3 in a row, of 3 elements, 2 by the buffer.
  expect(mac).toBe(1152);
  expect(levels.dram).toBeCloseTo(1000 * (72 + 32 + 64), 6);
  expect(levels.buffer).toBeCloseTo(100 * (72 * 1 + 32 * 4 + 64 * 2 * 1), 6);
  expect(levels.array).toBeCloseTo(10 * (72 * 4 + 32 * 12 + 64 * 2 * 2), 6);
  expect(levels.register).toBeCloseTo(72 * 16 + 32 * 36 + 64 * 2 * 2 * 3 * 2, 6);
});

test("groups share nothing: they take as much as layers of their own", () => {
  const [one, four] = [1, 4].map((groups) => convolution(2, [12, 6, groups], [3, 1, 20]));
  for (const flow of dataflows) {
    const [alone, together] = [one, four].map((work) => energyOf(work, flow, array, bits, "layer"));
    expect(together.total / alone.total).toBeCloseTo(4, 9);
  }
});

test("a buffer too small for all makes the operand come again that costs least", () => {
  // Weights of 1x1: 64 KB; images and sums of 2 places a few hundred bytes: they stay, weights come once.
  const few = convolution(1, [256, 128, 1], [1, 1, 2]);
  const flow = getDataflow("row-stationary");
  expect(energyOf(few, flow, { ...array, bufferBytes: 8192 }, bits, "few").dramBytes).toBe(
    bytesOf(few),
  );
  // Neither 64 KB of weights nor 200 KB of images and 400 KB of sums fit: something comes again.
  const many = convolution(1, [256, 128, 1], [1, 1, 28]);
  const tight = energyOf(many, flow, { ...array, bufferBytes: 8192 }, bits, "many").dramBytes;
  expect(tight).toBeGreaterThan(1.5 * bytesOf(many));
});
