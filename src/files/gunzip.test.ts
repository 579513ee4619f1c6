import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { InputError } from "../inputError.js";
import { gunzip, isGzip } from "./gunzip.js";

test("what was packed is unpacked, in one member or several", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 5000 }), fc.uint8Array(), async (a, b) => {
      const packed = Buffer.concat([gzipSync(a), gzipSync(b)]);
      expect(isGzip(packed)).toBe(true);
      expect(Buffer.concat([a, b]).equals(await gunzip(packed, "x"))).toBe(true);
    }),
    { numRuns: 30 },
  );
});

const million = gzipSync(new Uint8Array(1e6));
const half = gzipSync(new Uint8Array(500_000));

/** The same data, saying that they are shorter than they are. */
const lying = () => {
  const bytes = Buffer.from(million);
  bytes.writeUInt32LE(1000, bytes.length - 4);
  return bytes;
};

test("a length that is a lie is found out", async () => {
  await expect(gunzip(lying(), "x.gz")).rejects.toThrow("the gzip data are damaged");
});

test("as many bytes as the limit are unpacked", async () => {
  expect((await gunzip(half, "x.gz", 500_000)).length).toBe(500_000);
  expect((await gunzip(million, "x.gz", 1e6)).length).toBe(1e6);
});

test.each([
  ["more than the limit", () => million],
  ["more than the limit by a lie", lying],
  ["members that are more together", () => Buffer.concat([half, half])],
])("%s are refused", async (_, bytes) => {
  const unpacked = gunzip(bytes(), "x.gz", 500_000);
  await expect(unpacked).rejects.toThrow(InputError);
  await expect(unpacked).rejects.toThrow(
    /^x\.gz: unpacked, its [\d.]+ K?B of gzip data would exceed the limit of 500\.0 KB; if they are meant/,
  );
});

test("a bomb is refused by default", async () => {
  const bomb = gzipSync(new Uint8Array(6e8), { level: 1 });
  await expect(gunzip(bomb, "bomb.gz")).rejects.toThrow("would exceed the limit of 512.0 MB");
});

test.each([
  ["cut off", () => million.subarray(0, 500)],
  ["with other bytes behind them", () => Buffer.concat([million, Buffer.from("tail")])],
  ["too short for anything", () => Uint8Array.of(0x1f, 0x8b)],
])("data %s are refused", async (_, bytes) => {
  const unpacked = gunzip(bytes(), "x.gz");
  await expect(unpacked).rejects.toThrow(InputError);
  await expect(unpacked).rejects.toThrow(/x\.gz: the gzip data are damaged or cut off/);
});
