import { crc32 as known } from "node:zlib";
import { expect, test } from "vitest";
import { crc32 } from "./crc32.js";
import { Random } from "./philox.js";

test("the checksum is that of zlib, whatever the length and wherever the bytes lie", () => {
  const random = new Random({ seed: 1, purpose: "init" });
  const bytes = Uint8Array.from({ length: 200 }, () => random.integer(256));
  for (let from = 0; from < 9; from++) {
    for (let to = from; to < bytes.length; to++) {
      const part = bytes.subarray(from, to);
      expect(crc32(part)).toBe(known(part));
    }
  }
});

test("the checksum of the digits is the published one", () => {
  expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
});
