// The smallest TensorFlow Lite file with a convolution, a depthwise one and a last one.

import { type FlatSpec, flatBuffer } from "./flatBuffer.js";

interface Tensor {
  readonly name?: string;
  readonly shape: readonly number[];
  /** 3: bytes; 2: i32. */
  readonly type?: number;
  readonly values?: readonly number[];
  readonly scale?: number;
  readonly zero?: number;
}

const bytesOf = ({ type, values = [] }: Tensor): Uint8Array =>
  type === 2 ? new Uint8Array(Int32Array.from(values).buffer) : Uint8Array.from(values);

const upTo = (length: number) => Array.from({ length }, (_, at) => at);

/** Inputs and results of operators have no bytes. */
const tensors: readonly Tensor[] = [
  { shape: [1, 4, 4, 3] },
  { name: "kernel", shape: [2, 1, 2, 3], values: upTo(12), scale: 0.5, zero: 2 },
  { shape: [2], type: 2, values: [10, -20], scale: 0.1 },
  { shape: [1, 2, 1, 2], values: upTo(4), scale: 1 },
  { shape: [2], type: 2, values: [1, 2], scale: 1 },
  { shape: [1, 2, 2, 2] },
  { shape: [3, 1, 1, 2], values: upTo(6), scale: 1 },
  { shape: [3], type: 2, values: [7, 8, 9], scale: 1 },
  { shape: [1, 1, 1, 2] },
];

const tensorSpec = (
  { name = "", shape, type = 3, scale = 1, zero = 0 }: Tensor,
  at: number,
): FlatSpec => [
  { vector: "i32", of: shape },
  { i32: type },
  { i32: at },
  { bytes: new TextEncoder().encode(name) },
  {
    table: [
      ...[undefined, undefined],
      { vector: "f32", of: [scale] },
      { vector: "i64", of: [zero] },
    ],
  },
];

const operatorSpec = (code: number, inputs: readonly number[]): FlatSpec => [
  { i32: code },
  { vector: "i32", of: inputs },
];

/** Its bytes. */
export const tinyTflite = (): Uint8Array =>
  flatBuffer("TFL3", [
    { i32: 3 },
    { tables: [[{ i32: 3 }], [{ i32: 4 }]] },
    {
      tables: [
        [
          { tables: tensors.map(tensorSpec) },
          ...[undefined, undefined],
          {
            tables: [
              operatorSpec(0, [0, 1, 2]),
              operatorSpec(1, [5, 3, 4]),
              operatorSpec(0, [8, 6, 7]),
            ],
          },
        ],
      ],
    },
    undefined,
    { tables: tensors.map((tensor) => [{ bytes: bytesOf(tensor) }]) },
  ]);
