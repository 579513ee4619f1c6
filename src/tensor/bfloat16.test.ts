import fc from "fast-check";
import { expect, test } from "vitest";
import { bfloat16Of, floatsOf, fromBfloat16, toBfloat16 } from "./bfloat16.js";

test.each([
  ["one", 1, 0x3f80],
  ["minus zero", -0, 0x8000],
  ["a tie, down to even", 1 + 2 ** -8, 0x3f80],
  ["a tie, up to even", 1 + 3 * 2 ** -8, 0x3f82],
  ["just over a tie", 1 + 2 ** -8 + 2 ** -20, 0x3f81],
  ["infinity", Number.NEGATIVE_INFINITY, 0xff80],
  ["more than there is", 3.4e38, 0x7f80],
  ["the smallest f32", 2 ** -149, 0],
] as const)("%s", (_, value, bits) => {
  expect(toBfloat16(value)).toBe(bits);
});

test("NaN stays NaN, whatever its bits", () => {
  const odd = new Float32Array(Uint32Array.of(0x7f800001, 0xffffffff).buffer);
  for (const half of bfloat16Of(odd)) expect(fromBfloat16(half)).toBeNaN();
});

test("every bfloat16 comes back, and no other is nearer to a number", () => {
  const all = Uint16Array.from({ length: 65536 }, (_, at) => at);
  const back = bfloat16Of(floatsOf(all));
  expect(all.every((half, at) => Number.isNaN(fromBfloat16(half)) || back[at] === half)).toBe(true);
  fc.assert(
    fc.property(fc.float({ noNaN: true, min: Math.fround(-1e38), max: Math.fround(1e38) }), (x) => {
      const half = toBfloat16(x);
      const gap = Math.abs(fromBfloat16(half) - x);
      for (const other of [half - 1, half + 1]) {
        expect(Math.abs(fromBfloat16(other & 0xffff) - x) < gap).toBe(false);
      }
    }),
  );
});
