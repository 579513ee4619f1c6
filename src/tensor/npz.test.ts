import { existsSync, readFileSync } from "node:fs";
import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { inMemory } from "./byteSource.js";
import { hostTensor } from "./host.js";
import { writeNpy } from "./npy.js";
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

/**
 * An archive of one file with all its numbers in the longer records, as one over 4 GiB has them; of the field for
 * them `own` bytes, behind other fields.
 */
function zip64(bytes: Uint8Array, others = Buffer.alloc(0), own = 28): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = directory(bytes);
  const extra = Buffer.alloc(28);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(24, 2);
  extra.writeBigUInt64LE(BigInt(view.getUint32(at + 24, true)), 4);
  extra.writeBigUInt64LE(BigInt(view.getUint32(at + 20, true)), 12);
  extra.writeBigUInt64LE(BigInt(view.getUint32(at + 42, true)), 20);
  const entry = Buffer.from(bytes.subarray(at, bytes.length - 22));
  entry.fill(0xff, 20, 28);
  entry.fill(0xff, 42, 46);
  const fields = Buffer.concat([others, extra.subarray(0, own)]);
  entry.writeUInt16LE(fields.length, 30);
  const size = entry.length + fields.length;
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeBigUInt64LE(1n, 24);
  record.writeBigUInt64LE(1n, 32);
  record.writeBigUInt64LE(BigInt(size), 40);
  record.writeBigUInt64LE(BigInt(at), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(at + size), 8);
  const end = Buffer.from(bytes.subarray(bytes.length - 22));
  end.fill(0xff, 8, 20);
  const content = Buffer.from(bytes.subarray(0, at));
  return new Uint8Array(Buffer.concat([content, entry, fields, record, locator, end]));
}

describe("npz", () => {
  it("is written small on demand, and the same each time", () => {
    expect(packed().length).toBeLessThan(1000);
    expect(packed()).toEqual(packed());
    expect(writeNpz([["ones", ones]]).length).toBeGreaterThan(100_000);
  });

  it("refuses by default what unpacked is far more than it is packed", () => {
    const bomb = patched((view, at) => view.setUint32(at + 24, 512e6 + 1, true));
    expect(() => openNpz(bomb, { source: "bomb.npz" })).toThrow(
      '"ones.npy" would exceed the limit of 512000000 bytes; if the archive is meant to be so large, save',
    );
  });

  it("refuses two arrays of one name", () => {
    const bytes = zipSync({ "a.npy": new Uint8Array(3), "b.npy": new Uint8Array(3) }, { level: 0 });
    const twins = Buffer.from(bytes.map((byte) => (byte === "b".charCodeAt(0) ? 97 : byte)));
    expect(() => openNpz(twins, { source: "a.npz" })).toThrow('two files are called "a.npy"');
  });

  it("tells type and shape without unpacking the array", () => {
    const damaged = patched((_, at, bytes) => bytes.fill(0xff, at - 20, at));
    expect(openNpz(packed()).describe("ones")).toEqual({ type: "|u1", shape: [100_000] });
    expect(openNpz(damaged).describe("ones")).toEqual({ type: "|u1", shape: [100_000] });
    expect(() => openNpz(damaged).read("ones")).toThrow("is damaged");
    expect(openNpz(writeNpz([["ones", ones]])).describe("ones").shape).toEqual([100_000]);
    expect(() => openNpz(packed()).describe("a")).toThrow('no array "a"; it holds ones');
    const short = zipSync({ "a.npy": writeNpy(hostTensor("u8", [3])).subarray(0, -1) });
    expect(() => openNpz(short).describe("a")).toThrow("u8 [3] needs 3 bytes of elements, found 2");
  });

  it("reads texts", () => {
    const header = "{'descr': '|S3', 'fortran_order': False, 'shape': (2,), }".padEnd(117);
    const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0];
    const file = Buffer.concat([Buffer.from(magic), Buffer.from(`${header}\ncatdog`)]);
    const archive = openNpz(zipSync({ "classes.npy": file }));
    expect(archive.texts("classes")).toEqual({ shape: [2], data: ["cat", "dog"] });
    expect(() => archive.read("classes")).toThrow("texts; expected numbers");
  });

  it("gives arrays that belong to the caller", () => {
    const bytes = writeNpz([["w", hostTensor("u8", [2], Uint8Array.of(1, 2))]]);
    const archive = openNpz(inMemory(bytes));
    archive.read("w").data.fill(9);
    expect([...archive.read("w").data]).toEqual([1, 2]);
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
    ["bytes behind the end", Buffer.concat([packed(), Buffer.from("tail")])],
    [
      "a comment that is longer than said",
      patched((view, _, { length }) => view.setUint16(length - 2, 1, true)),
    ],
    [
      "bytes behind the directory",
      patched((view, _, { length }) => view.setUint32(length - 10, 9, true)),
    ],
    [
      "fewer files than said",
      patched((view, _, { length }) => view.setUint16(length - 12, 2, true)),
    ],
    ["an encrypted file", patched((view, at) => view.setUint16(at + 8, 1, true))],
    ["a name beyond the directory", patched((view, at) => view.setUint16(at + 28, 60_000, true))],
  ])("refuses %s", (_, bytes) => {
    expect(() => readNpz(bytes, { source: "a.npz" })).toThrow(/^a\.npz, byte \d+: /);
  });

  it("reads an archive with the records of one over 4 GiB", () => {
    expect(readNpz(zip64(writeNpz([["ones", ones]])))).toEqual(new Map([["ones", ones]]));
    expect(readNpz(zip64(packed()))).toEqual(new Map([["ones", ones]]));
    const timestamp = Buffer.of(0x55, 0x54, 5, 0, 1, 2, 3, 4, 5);
    expect(readNpz(zip64(packed(), timestamp))).toEqual(new Map([["ones", ones]]));
    for (const own of [0, 2, 4, 12, 20, 27]) {
      expect(() => readNpz(zip64(packed(), timestamp, own)), `${own}`).toThrow(
        /^archive, byte \d+: /,
      );
    }
    const damaged = zip64(packed());
    damaged.set([1], damaged.length - 22 - 20 - 56);
    expect(() => readNpz(damaged)).toThrow("expected the end record of a zip archive over 4 GiB");
  });

  const real = "../shared/data/pneumoniamnist/pneumoniamnist.npz";
  it.skipIf(!existsSync(real))("reads an archive written by NumPy (pneumoniamnist)", () => {
    const arrays = readNpz(readFileSync(real), { source: real });
    expect(arrays.get("train_images")?.shape).toEqual([4708, 28, 28]);
    expect(arrays.get("train_labels")?.shape).toEqual([4708, 1]);
  });
});
