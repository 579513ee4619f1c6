import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { at, gradientOf, smallNet } from "../../../test/support/codecs.js";
import { layoutOf } from "../../graph/index.js";
import { emptyMemory, getCompressor } from "./index.js";
import { largest } from "./largest.js";

test("the largest numbers are those of a sorted list, of equal ones the first", () => {
  const numbers = fc.array(
    fc.oneof(fc.float({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(0, -1, 1)),
    {
      minLength: 1,
      maxLength: 60,
    },
  );
  fc.assert(
    fc.property(numbers, fc.nat(), (list, some) => {
      const values = Float32Array.from([9e9, ...list, 9e9]);
      const k = 1 + (some % list.length);
      const order = list
        .map((_, index) => index + 1)
        .sort((a, b) => Math.abs(values[b]) - Math.abs(values[a]) || a - b);
      const expected = order.slice(0, k).sort((a, b) => a - b);
      expect([...largest(values, 1, list.length + 1, k)]).toEqual(expected);
    }),
  );
});

describe("top-k", () => {
  const open = (share: number) => getCompressor("top-k").make({ share })(smallNet);

  test("with a share of 1 is the gradient, bit for bit", () => {
    const all = open(1);
    expect(all.decode(all.encode(gradientOf(2), {}, at()))).toEqual(gradientOf(2));
  });

  test("sends one number of every tensor at least", () => {
    const one = open(1e-6);
    const sent = one.decode(one.encode(gradientOf(2), {}, at()));
    expect(sent.filter((value) => value !== 0)).toHaveLength(5);
  });

  test("needs about forty bits for each number of a hundred", () => {
    const large = layoutOf([{ name: "weight", shape: [400, 120], kind: "weight" }]);
    const sparse = getCompressor("top-k").make({ share: 0.01 })(large);
    const message = sparse.encode(gradientOf(1, large), {}, at());
    expect((8 * message.length) / 480).toBeLessThan(42);
  });

  test("a share beyond 1 is refused", () => {
    expect(() => getCompressor("top-k").make({ share: 1.5 })).toThrow(/setting share is 1.5/);
  });
});

describe("deep gradient compression", () => {
  const line = layoutOf([{ name: "weight", shape: [4], kind: "weight" }]);
  const step = (
    settings: object,
    memory: Record<string, Float32Array>,
    gradient: number[],
    moment = at(),
  ) => {
    const dgc = getCompressor("dgc").make(settings)(line);
    return [...dgc.decode(dgc.encode(Float32Array.from(gradient), memory, moment))];
  };
  const fresh = (settings: object = {}) =>
    emptyMemory(getCompressor("dgc").make(settings)(line)) as Record<string, Float32Array>;

  test("gathers momentum, and a number that is sent loses both", () => {
    const settings = { share: 0.25, warmup: 0, momentum: 0.5 };
    const memory = fresh();
    expect(step(settings, memory, [1, 4, 2, 0])).toEqual([0, 4, 0, 0]);
    expect([...memory.velocity]).toEqual([1, 0, 2, 0]);
    expect(step(settings, memory, [1, 0, 1, 0])).toEqual([0, 0, 4, 0]);
    expect([...memory.velocity]).toEqual([1.5, 0, 0, 0]);
    expect([...memory.gathered]).toEqual([2.5, 0, 0, 0]);
    expect(step(settings, memory, [0, 0, 0, 0])).toEqual([3.25, 0, 0, 0]);
  });

  test("sends a quarter, then a quarter of that, until its share is reached", () => {
    const long = layoutOf([{ name: "weight", shape: [64, 16], kind: "weight" }]);
    const dgc = getCompressor("dgc").make({ share: 0.01, warmup: 4 })(long);
    const counts = [0, 1, 2, 3, 4].map((epoch) => {
      const message = dgc.encode(gradientOf(0, long), emptyMemory(dgc), at(0, { epoch }));
      return dgc.decode(message).filter((value) => value !== 0).length;
    });
    expect(counts).toEqual([256, 64, 16, 10, 10]);
  });

  test("shortens a gradient to this learner's part", () => {
    const sent = step(
      { share: 1, warmup: 0, clip: 1 },
      fresh(),
      [3, 0, 4, 0],
      at(0, { particles: 4 }),
    );
    expect(Math.hypot(...sent)).toBeCloseTo(0.5, 6);
    expect(step({ share: 1, warmup: 0, clip: 10 }, fresh(), [3, 0, 4, 0])).toEqual([3, 0, 4, 0]);
  });
});
