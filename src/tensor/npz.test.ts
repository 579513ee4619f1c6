import { existsSync, readFileSync } from "node:fs";
import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { hostTensor } from "./host.js";
import { openNpz, readNpz, writeNpz } from "./npz.js";

const ones = hostTensor("u8", [100_000], new Uint8Array(100_000).fill(1));
const packed = () => writeNpz([["ones", ones]], { compress: true });

/** Where the archive's directory, and in it the entry of its one file, begins. */
const directory = (bytes: Uint8Array) =>
  new DataView(bytes.buffer).getUint32(bytes.length - 22 + 16, true);

function patched(change: (view: DataView, entry: number, bytes: Uint8Array) => void): Uint8Array {
  const bytes = packed();
  change(new DataView(bytes.buffer), directory(bytes), bytes);
  return bytes;
}

describe("npz", () => {
  it("is written small on demand, and the same each time", () => {
    expect(packed().length).toBeLessThan(1000);
    expect(packed()).toEqual(packed());
    expect(writeNpz([["ones", ones]]).length).toBeGreaterThan(100_000);
  });

  it("decodes only the arrays asked for", () => {
    const archive = openNpz(zipSync({ "a.npy": new Uint8Array(3), "b.txt": new Uint8Array(3) }));
    expect(archive.names).toEqual(["a"]);
    expect(() => archive.read("a")).toThrow("archive: a.npy, byte 0: not a .npy file");
    expect(() => archive.read("c")).toThrow('no array "c"; it holds a');
  });

  it("refuses more than the limit before unpacking anything", () => {
    expect(() => openNpz(packed(), { source: "bomb.npz", limit: 99_999 })).toThrow(
      'bomb.npz, byte 0: unpacked, "ones.npy" would exceed the limit of 99999 bytes',
    );
  });

  it.each([
    ["a size no deflate stream reaches", patched((view, at) => view.setUint32(at + 24, 4e9, true))],
    ["a size that is too small", patched((view, at) => view.setUint32(at + 24, 1000, true))],
    ["a wrong checksum", patched((view, at) => view.setUint32(at + 16, 7, true))],
    ["damaged content", patched((_, __, bytes) => bytes.fill(0xff, 60, 90))],
    ["another compression", patched((view, at) => view.setUint16(at + 10, 14, true))],
    [
      "a directory out of range",
      patched((view, _, { length }) => view.setUint32(length - 6, 1e9, true)),
    ],
    ["no end record", packed().subarray(0, -1)],
    ["nothing at all", new Uint8Array()],
  ])("refuses %s", (_, bytes) => {
    expect(() => readNpz(bytes, { source: "a.npz" })).toThrow(/^a\.npz, byte \d+: /);
  });

  const real = "../shared/data/pneumoniamnist/pneumoniamnist.npz";
  it.skipIf(!existsSync(real))("reads an archive written by NumPy (pneumoniamnist)", () => {
    const arrays = readNpz(readFileSync(real), { source: real });
    expect(arrays.get("train_images")?.shape).toEqual([4708, 28, 28]);
    expect(arrays.get("train_labels")?.shape).toEqual([4708, 1]);
  });
});
