// The bytes are those that TensorBoard's own writer makes of the same messages.

import { expect, test } from "vitest";
import { eventFileStart, eventRecord } from "./eventFile.js";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

test("a file begins as TensorBoard begins it", () => {
  expect(hex(eventFileStart(1.5))).toBe(
    "1800000000000000a37f4b2209000000000000f83f1a0d627261696e2e4576656e743a322a28646c",
  );
});

test("numbers and texts are records as TensorBoard writes them", () => {
  const logged = [
    { tag: "loss/train", value: 0.25 },
    { tag: "run", text: "a | b é" },
  ];
  expect(hex(eventRecord(2.25, 300, logged))).toBe(
    "40000000000000002817f49509000000000000024010ac022a320a110a0a6c6f73732f747261696e" +
      "150000803e0a1d0a0372756e420c0807420861207c206220c3a94a080a060a047465787412450613",
  );
});
