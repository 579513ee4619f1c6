import { describe, expect, test } from "vitest";
import { Random } from "../../tensor/philox.js";
import { type Matrix, matrix, matrixOf } from "../matrix.js";
import { encoders, openEncoder } from "./index.js";
import { multiplied } from "./products.js";

/** Small options, so that every family fits in no time. */
const small: Readonly<Record<string, Record<string, number>>> = {
  kmeans: { centres: 5, patch: 2, patches: 200, rounds: 5 },
  "sparse-coding": { atoms: 6, epochs: 2 },
  psd: { atoms: 6, epochs: 2 },
  rbm: { hidden: 5, epochs: 3, batch: 10 },
  "gaussian-rbm": { hidden: 5, epochs: 3, batch: 10 },
  hog: { cell: 2, block: 1 },
  dbn: { hidden1: 5, hidden2: 3, epochs: 3, batch: 10 },
};

/** Images of 4 x 4 pixels from 0 to 1, each a bright row or column in a dark field; the last pixel never changes. */
function images(count: number, seed: number): Matrix {
  const random = new Random({ seed, purpose: "search" });
  const data = Float64Array.from({ length: 16 * count }, () => 0.2 * random.uniform());
  for (let image = 0; image < count; image++) {
    const line = random.integer(4);
    const step = random.integer(2);
    for (let at = 0; at < 4; at++) data[16 * image + (step ? 4 * line + at : 4 * at + line)] += 0.8;
    data[16 * image + 15] = 0.5;
  }
  return matrix(data, count, 16);
}

const rows = images(60, 1);

describe.each(encoders)("$name", (encoder) => {
  const options = small[encoder.name] ?? {};
  const random = { seed: 3, purpose: "search" } as const;

  test("gives the same codes for the same seed, also when it is saved and opened again", async () => {
    const before = rows.data.slice();
    const [once, again] = [
      await encoder.fit(rows, options, { random }),
      await encoder.fit(rows, options, { random }),
    ];
    const codes = await once.encode(rows);
    expect(codes.rows).toBe(60);
    expect(codes.data.every(Number.isFinite)).toBe(true);
    expect(new Set(codes.data).size).toBeGreaterThan(10);
    expect((await again.encode(rows)).data).toEqual(codes.data);
    // As a file would keep it.
    const opened = openEncoder(JSON.parse(JSON.stringify(once.saved, asArrays), fromArrays));
    expect((await opened.encode(rows)).data).toEqual(codes.data);
    expect(rows.data).toEqual(before);
  });

  test("tells of a row by its code and its score", async () => {
    const { encode, decode, score } = await encoder.fit(rows, options, { random });
    if (decode) {
      const back = await decode(await encode(rows));
      expect([back.rows, back.columns]).toEqual([60, 16]);
    }
    if (score) {
      const scores = await score(rows);
      expect(scores).toHaveLength(60);
      expect(scores.every(Number.isFinite)).toBe(true);
    }
  });

  test("refuses what it cannot use", async () => {
    const nan = matrixOf([
      [0, 1],
      [Number.NaN, 0],
      [1, 1],
    ]);
    await expect(encoder.fit(nan)).rejects.toThrow(/row 1, column 0/);
    await expect(encoder.fit(matrixOf([[1, 0, 1, 0]]))).rejects.toThrow(/1 rows of 4 columns/);
    await expect(encoder.fit(rows, { depth: 2 })).rejects.toThrow(/unknown option "depth"/);
    const { encode } = await encoder.fit(rows, options);
    await expect(encode(matrixOf([[1, 2, 3]]))).rejects.toThrow(/3 columns; expected 16/);
  });
});

const asArrays = (_: string, value: unknown) =>
  value instanceof Float64Array ? { doubles: [...value] } : value;
const fromArrays = (_: string, value: { doubles?: number[] }) =>
  value?.doubles ? Float64Array.from(value.doubles) : value;

test("products of matrices of odd sizes are sums of products", () => {
  const random = new Random({ seed: 1, purpose: "search" });
  const table = (height: number, width: number) =>
    matrix(
      Float64Array.from({ length: height * width }, () => random.normal()),
      height,
      width,
    );
  for (const [n, m, depth] of [
    [1, 1, 1],
    [2, 4, 3],
    [3, 5, 2],
    [5, 7, 9],
  ]) {
    const [a, b] = [table(n, depth), table(m, depth)];
    const { data } = multiplied(a, b);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < m; j++) {
        let sum = 0;
        for (let k = 0; k < depth; k++) sum += a.data[i * depth + k] * b.data[j * depth + k];
        expect(data[i * m + j]).toBeCloseTo(sum, 12);
      }
    }
  }
});
