// Properties of all readers of tensor files: what is written is read back, and a damaged file gives
// a FormatError or what a sound file could have held, never another error.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FormatError } from "./formatError.js";
import { type HostTensor, hostTensor } from "./host.js";
import { readNpy, writeNpy } from "./npy.js";
import { readNpz, writeNpz } from "./npz.js";
import { readSafetensors, writeSafetensors } from "./safetensors.js";
import { sizeOf } from "./shape.js";

const tensor: fc.Arbitrary<HostTensor> = fc
  .tuple(
    fc.constantFrom("f32", "i32", "u8", "i8"),
    fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
    fc.infiniteStream(fc.integer({ min: 0, max: 255 })),
  )
  .map(([dtype, shape, numbers]) => {
    const result = hostTensor(dtype, shape);
    for (let at = 0; at < sizeOf(shape); at++) result.data[at] = numbers.next().value;
    return result;
  });

const name = fc.string({ unit: "binary", minLength: 1, maxLength: 12 });
const tensors = fc.uniqueArray(fc.tuple(name, tensor), { maxLength: 4, selector: ([key]) => key });

interface Format {
  readonly write: (tensors: [string, HostTensor][]) => Uint8Array;
  readonly read: (bytes: Uint8Array) => Iterable<readonly [string, HostTensor]>;
}

/** A new format joins the properties by one line. */
const formats: Record<string, Format> = {
  npz: { write: writeNpz, read: (bytes) => readNpz(bytes) },
  "compressed npz": {
    write: (list) => writeNpz(list, { compress: true }),
    read: (bytes) => readNpz(bytes),
  },
  safetensors: { write: writeSafetensors, read: (bytes) => readSafetensors(bytes).tensors },
  npy: {
    write: ([first]) => writeNpy(first?.[1] ?? hostTensor("f32", [])),
    read: (bytes) => [["", readNpy(bytes)]],
  },
};

/** Reads a damaged file; the only error allowed is a FormatError that names a byte. */
function readDamaged({ read }: Format, bytes: Uint8Array): "refused" | "read" {
  try {
    const total = [...read(bytes)].reduce((sum, [, { data }]) => sum + data.byteLength, 0);
    expect(total).toBeLessThan(1032 * bytes.length);
    return "read";
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError);
    expect((error as Error).message).toMatch(/^(array|archive|file)(: [\s\S]*)?, byte \d+: /);
    return "refused";
  }
}

describe.each(Object.entries(formats))("%s", (title, format) => {
  it("reads back what was written", () => {
    fc.assert(
      fc.property(tensors, (list) => {
        const read = new Map(format.read(format.write(list)));
        if (title === "npy") expect(read.get("")).toEqual(list[0]?.[1] ?? hostTensor("f32", []));
        else expect(read).toEqual(new Map(list));
      }),
    );
  });

  it("refuses a truncated file", () => {
    fc.assert(
      fc.property(tensors, fc.double({ min: 0, max: 0.999, noNaN: true }), (list, part) => {
        const bytes = format.write(list);
        const cut = bytes.subarray(0, Math.floor(part * bytes.length));
        expect(readDamaged(format, cut)).toBe("refused");
      }),
    );
  });

  it("survives damaged bytes", () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(tensors, damage, (list, changes) => {
        const bytes = format.write(list);
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        readDamaged(format, bytes);
      }),
      { numRuns: 500 },
    );
  });

  it("survives noise", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(readDamaged(format, bytes)).toBe("refused");
      }),
    );
  });
});
