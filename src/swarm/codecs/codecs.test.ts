// The suite that every compressor passes: one row of the table each.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { at, gap, gradientOf, resealed, smallNet } from "../../../test/support/codecs.js";
import { InputError } from "../../inputError.js";
import { FormatError } from "../../tensor/formatError.js";
import {
  type Compressor,
  compressors,
  emptyMemory,
  getCompressor,
  type Memory,
  NotFiniteError,
  withFeedback,
} from "./index.js";

interface Case {
  readonly settings: object;
  /** Settings with which a message is the gradient itself, to 1e-5; absent where there are none. */
  readonly lossless?: object;
}

const table: Readonly<Record<string, Case>> = {
  none: { settings: {}, lossless: {} },
  sign: { settings: {} },
  "one-bit": { settings: {} },
  qsgd: { settings: { levels: 7, bucket: 64 } },
  terngrad: { settings: {} },
  "top-k": { settings: { share: 0.05 }, lossless: { share: 1 } },
  dgc: { settings: { share: 0.05 }, lossless: { share: 1, momentum: 0, warmup: 0 } },
  "power-sgd": { settings: { rank: 2 }, lossless: { rank: 100 } },
};

const { trainable } = smallNet;
const cases = compressors().map((kind) => ({ kind, ...table[kind.name] }));
const copyOf = (memory: Memory) =>
  Object.fromEntries(Object.entries(memory).map(([name, values]) => [name, values.slice()]));

/** What remains unsent of a compressor with memory. */
const unsent = (memory: Memory) => memory.error ?? memory.gathered;

/** Sums of gradients and of what messages brought, over some steps. */
function sums(compressor: Compressor, memory: Memory, steps: number) {
  const [given, sent] = [new Float64Array(trainable), new Float64Array(trainable)];
  for (let step = 0; step < steps; step++) {
    const gradient = gradientOf(step);
    const got = compressor.decode(compressor.encode(gradient, memory, at(step)));
    for (let index = 0; index < trainable; index++) {
      given[index] += gradient[index];
      sent[index] += got[index];
    }
  }
  return { given, sent };
}

describe.each(cases)("$kind.name", ({ kind, settings, lossless }) => {
  const compressor = kind.make(settings)(smallNet);
  const message = () => compressor.encode(gradientOf(0), emptyMemory(compressor), at());

  test("has a source", () => {
    expect(kind.source).toMatch(/arXiv|doi/);
  });

  test("gives everybody the same finite vector", () => {
    const decoded = compressor.decode(message());
    expect(decoded).toHaveLength(trainable);
    expect(decoded.every(Number.isFinite)).toBe(true);
    expect(kind.make(settings)(smallNet).decode(message())).toEqual(decoded);
  });

  test("zeros stay zeros", () => {
    const zeros = new Float32Array(trainable);
    const memory = emptyMemory(compressor);
    const decoded = compressor.decode(compressor.encode(zeros, memory, at()));
    expect(gap(decoded, zeros)).toBe(0);
    for (const values of Object.values(memory)) expect(gap(values, zeros)).toBe(0);
  });

  test.runIf(kind.feedback !== "own")("with error feedback loses nothing", () => {
    const fed = withFeedback(compressor, trainable);
    const memory = emptyMemory(fed);
    const { given, sent } = sums(fed, memory, 20);
    const total = sent.map((value, index) => value + unsent(memory)[index]);
    const largest = Math.max(...given.map(Math.abs), ...unsent(memory).map(Math.abs));
    expect(gap(total, given)).toBeLessThan(1e-5 * largest);
  });

  test.runIf(lossless)("can be lossless", () => {
    const exact = kind.make(lossless)(smallNet);
    const decoded = exact.decode(exact.encode(gradientOf(3), emptyMemory(exact), at()));
    expect(gap(decoded, gradientOf(3))).toBeLessThan(1e-5);
  });

  test("refuses numbers that are not finite and keeps its memory", () => {
    const all = [compressor, withFeedback(compressor, trainable)];
    for (const one of all) {
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
        const memory = emptyMemory(one);
        one.encode(gradientOf(0), memory, at());
        const before = copyOf(memory);
        const gradient = gradientOf(1);
        gradient[17] = bad;
        expect(() => one.encode(gradient, memory, at(1))).toThrow(NotFiniteError);
        expect(memory).toEqual(before);
      }
    }
  });

  test("the largest numbers there are give a finite vector or are refused", () => {
    const gradient = gradientOf(0).map((value) => Math.sign(value) * 3.4e38);
    try {
      const huge = compressor.encode(gradient, emptyMemory(compressor), at());
      expect(compressor.decode(huge).every(Number.isFinite)).toBe(true);
    } catch (error) {
      expect(error).toBeInstanceOf(NotFiniteError);
    }
  });

  test("goes on from saved memory with the same bytes", () => {
    const memory = emptyMemory(compressor);
    for (let step = 0; step < 3; step++) compressor.encode(gradientOf(step), memory, at(step));
    const saved = copyOf(memory);
    const next = compressor.encode(gradientOf(3), memory, at(3));
    expect(kind.make(settings)(smallNet).encode(gradientOf(3), saved, at(3))).toEqual(next);
  });

  test("refuses any message with a changed byte, by its name and byte", () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 255 }), (place, change) => {
        const damaged = message();
        damaged[place % damaged.length] ^= change;
        expect(() => compressor.decode(damaged, "message of net 2")).toThrow(
          /^message of net 2, byte \d+: /,
        );
      }),
      { numRuns: 200 },
    );
  });

  test("refuses a message of any other length", () => {
    const whole = message();
    for (let length = 0; length < whole.length; length += 7) {
      expect(() => compressor.decode(whole.slice(0, length))).toThrow(FormatError);
      if (length < 4) continue;
      expect(() => compressor.decode(resealed(whole.slice(0, length)))).toThrow(FormatError);
    }
    const longer = new Uint8Array(whole.length + 3);
    longer.set(whole);
    expect(() => compressor.decode(resealed(longer))).toThrow(FormatError);
  });

  test("reads any bytes under a good checksum as finite numbers, or refuses them", () => {
    const start = message().length - 60;
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 200 }), fc.nat(), (noise, place) => {
        const forged = message();
        forged.set(noise.slice(0, 40), 20 + (place % start));
        try {
          const values = compressor.decode(resealed(forged));
          expect(values).toHaveLength(trainable);
          expect(values.every(Number.isFinite)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("refuses the message of another net and of other settings", () => {
    const renamed = {
      ...smallNet,
      params: smallNet.params.map((param) => ({ ...param, name: `x.${param.name}` })),
    };
    expect(() => kind.make(settings)(renamed).decode(message())).toThrow(/of another net/);
  });

  test("refuses a setting that it does not know", () => {
    expect(() => kind.make({ ...settings, gamma0: 1 })).toThrow(InputError);
  });
});

test("every compressor has a row in the table", () => {
  expect(Object.keys(table).sort()).toEqual(
    compressors()
      .map(({ name }) => name)
      .sort(),
  );
});

test("a message of another scheme is refused by its name", () => {
  const open = (name: string) => getCompressor(name).make()(smallNet);
  const message = open("sign").encode(gradientOf(0), {}, at());
  expect(() => open("qsgd").decode(message, "m")).toThrow(
    'm, byte 5: expected a message of qsgd, found one of "sign"',
  );
});

test("an unknown compressor is refused with the nearest one", () => {
  expect(() => getCompressor("topk")).toThrow('unknown compressor "topk" (did you mean "top-k"?)');
});
