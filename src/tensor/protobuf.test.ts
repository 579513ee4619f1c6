import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FormatError } from "./formatError.js";
import { type ModelProto, modelSchema } from "./onnx/schema.js";
import { decodeMessage, encodeMessage, type SchemaOf } from "./protobuf.js";

interface Message {
  readonly int?: number;
  readonly uint?: number;
  readonly float?: number;
  readonly text?: string;
  readonly ints?: readonly number[];
  readonly doubles?: readonly number[];
  readonly parts?: readonly Message[];
  readonly raw?: Uint8Array;
}

const schema: SchemaOf<Message> = {
  int: { id: 1, kind: "int" },
  uint: { id: 2, kind: "uint" },
  float: { id: 3, kind: "float" },
  text: { id: 4, kind: "text" },
  ints: { id: 5, kind: "int", repeated: true },
  doubles: { id: 16, kind: "double", repeated: true },
  parts: { id: 17, kind: () => schema, repeated: true },
  raw: { id: 18, kind: "bytes" },
};

const read = (...bytes: number[]) => decodeMessage(schema, Uint8Array.from(bytes), "file");
const lists = { ints: [], doubles: [], parts: [] };

test("messages as the format's guide has them", () => {
  expect(read(0x08, 0x96, 0x01)).toEqual({ ...lists, int: 150 });
  expect(read(0x22, 7, ...new TextEncoder().encode("testing"))).toEqual({
    ...lists,
    text: "testing",
  });
  expect(read(0x2a, 6, 0x03, 0x8e, 0x02, 0x9e, 0xa7, 0x05).ints).toEqual([3, 270, 86942]);
  // A list whose numbers stand each for itself, and a field that nobody knows.
  expect(read(0x28, 1, 0x28, 2, 0x78, 5).ints).toEqual([1, 2]);
  expect([...encodeMessage(schema, { int: -1 })]).toEqual([8, ...new Array(9).fill(255), 1]);
});

const part = fc.record(
  {
    int: fc.maxSafeInteger(),
    uint: fc.maxSafeNat(),
    float: fc.float({ noNaN: true }),
    text: fc.string({ unit: "grapheme" }),
    ints: fc.array(fc.maxSafeInteger()),
    doubles: fc.array(fc.double({ noNaN: true })),
    parts: fc.constant([{ ...lists, int: 7 }]),
    raw: fc.uint8Array(),
  },
  { noNullPrototype: true, requiredKeys: ["ints", "doubles", "parts"] },
);

test("what is written is read", () => {
  fc.assert(
    fc.property(part, (message) => {
      expect(decodeMessage(schema, encodeMessage(schema, message), "file")).toEqual(message);
    }),
  );
});

test("64-bit numbers are the nearest that there are", () => {
  const most = Number.MAX_SAFE_INTEGER;
  expect(decodeMessage(schema, encodeMessage(schema, { int: -most }), "file").int).toBe(-most);
  expect(read(8, ...new Array(8).fill(255), 127).int).toBe(2 ** 63);
});

describe("damaged bytes", () => {
  const model: ModelProto = {
    ir_version: 8,
    graph: {
      node: [
        { op_type: "Relu", input: ["x"], output: ["y"], attribute: [{ name: "a", ints: [1] }] },
      ],
      initializer: [{ dims: [2], data_type: 1, raw_data: new Uint8Array(8) }],
    },
  };
  const bytes = encodeMessage(modelSchema, model);

  test.each([
    [[0x08], "1 bytes are announced, 0 are left"],
    [[0x08, ...new Array(11).fill(0x80)], "more than 10 bytes"],
    [[0x22, 5, 65], "5 bytes are announced, 1 are left"],
    [[0x22, 1, 0xff], "not UTF-8"],
    [[0x00, 0], "number 0"],
    [[0x0d, 0, 0, 0, 0], "wire type 5; expected 0"],
    [[0x7b], "wire type 3"],
  ])("%j", (damaged, message) => {
    expect(() => read(...damaged)).toThrow(FormatError);
    expect(() => read(...damaged)).toThrow(message);
  });

  test("messages that nest without end", () => {
    let inner: Message = {};
    for (let depth = 0; depth < 80; depth++) inner = { parts: [inner] };
    expect(() => decodeMessage(schema, encodeMessage(schema, inner), "file")).toThrow(
      /64 messages/,
    );
  });

  test("any change of a file is read or refused, never worse", () => {
    const change = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255), fc.nat(bytes.length));
    fc.assert(
      fc.property(change, ([at, byte, length]) => {
        const changed = Uint8Array.from(bytes.subarray(0, length));
        if (at < length) changed[at] = byte;
        try {
          decodeMessage(modelSchema, changed, "file");
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
