import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InputError } from "../../inputError.js";
import { sharedRandom } from "../random.js";
import { type TopologySetting, topologies, topologyOf } from "./topology.js";

/** The whole matrix of a round. */
function matrixOf(setting: TopologySetting, present: readonly boolean[], round = 0): number[][] {
  const topology = topologyOf(setting);
  topology.check?.(present.length);
  return present.map((_, self) => {
    const row = new Array<number>(present.length).fill(0);
    if (!present[self]) row[self] = 1;
    else {
      const shares = topology.row(self, present, sharedRandom(1, round));
      for (const { particle, weight } of shares) row[particle] += weight;
    }
    return row;
  });
}

const all = (particles: number) => new Array<boolean>(particles).fill(true);

/** One-way ring: everybody hears the one before. */
const oneWay = (particles: number) =>
  Array.from({ length: particles }, (_, i) =>
    Array.from({ length: particles }, (__, j) =>
      j === i || j === (i + 1) % particles ? 1 / 2 : 0,
    ),
  );

/** A star, and a path along its leaves. */
const starAndPath = (particles: number): TopologySetting => ({
  edges: Array.from({ length: particles - 1 }, (_, at) => [0, at + 1] as [number, number]).concat(
    Array.from({ length: Math.max(particles - 2, 0) }, (_, at): [number, number] => [
      at + 1,
      at + 2,
    ]),
  ),
});

const settings: Readonly<Record<string, (particles: number) => TopologySetting>> = {
  ...Object.fromEntries(topologies().map(({ name }) => [name, () => name])),
  graph: starAndPath,
  matrix: (particles) => ({ matrix: oneWay(particles) }),
};

describe.each(Object.entries(settings))("%s", (_, setting) => {
  test("is doubly stochastic, whoever is lost", () => {
    const swarms = fc
      .array(fc.boolean(), { minLength: 2, maxLength: 9 })
      .filter((present) => present.includes(true));
    fc.assert(
      fc.property(swarms, fc.nat(50), (present, round) => {
        const matrix = matrixOf(setting(present.length), present, round);
        for (const [i, row] of matrix.entries()) {
          expect(row.every((weight) => weight >= 0)).toBe(true);
          expect(row.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
          expect(matrix.reduce((sum, { [i]: weight }) => sum + weight, 0)).toBeCloseTo(1, 6);
          const lost = row.filter((weight, j) => weight > 0 && j !== i && !present[j]);
          expect(lost).toEqual([]);
        }
      }),
    );
  });

  test("weights are exact in f32", () => {
    const weights = matrixOf(setting(7), all(7)).flat();
    expect(weights.map(Math.fround)).toEqual(weights);
  });
});

describe("matching", () => {
  const partners = (particles: number, round: number) =>
    matrixOf("matching", all(particles), round).map((row, i) =>
      row.findIndex((weight, j) => weight > 0 && j !== i),
    );

  test("joins everybody with one partner, who is joined with them", () => {
    for (let round = 0; round < 20; round++) {
      const of = partners(6, round);
      expect(of.every((partner, i) => partner !== -1 && of[partner] === i)).toBe(true);
    }
  });

  test("of an odd number leaves one idle, not always the same", () => {
    const idle = Array.from({ length: 30 }, (_, round) => {
      const of = partners(5, round);
      expect(of.filter((partner) => partner === -1)).toHaveLength(1);
      return of.indexOf(-1);
    });
    expect(new Set(idle).size).toBe(5);
  });

  test("is drawn among those that are present", () => {
    const matrix = matrixOf("matching", [true, false, true, false]);
    expect(matrix[0]).toEqual([0.5, 0, 0.5, 0]);
  });
});

describe("ring", () => {
  const third = expect.closeTo(1 / 3, 6);

  test("counts no neighbour twice", () => {
    expect(matrixOf("ring", all(2))).toEqual([
      [0.5, 0.5],
      [0.5, 0.5],
    ]);
    expect(matrixOf("ring", all(3)).flat()).toEqual(new Array(9).fill(third));
    expect(matrixOf("ring", all(5))[0]).toEqual([third, third, 0, 0, third]);
  });

  test("mixes at the rate of its second eigenvalue", () => {
    const n = 6;
    const matrix = matrixOf("ring", all(n));
    const wave = Array.from({ length: n }, (_, k) => Math.cos((2 * Math.PI * k) / n));
    const mixed = matrix.map((row) => row.reduce((sum, weight, k) => sum + weight * wave[k], 0));
    const eigenvalue = 1 / 3 + (2 / 3) * Math.cos((2 * Math.PI) / n);
    for (const [k, value] of mixed.entries()) expect(value).toBeCloseTo(eigenvalue * wave[k], 6);
  });

  test("a lost one's part goes to those that lost it", () => {
    expect(matrixOf("ring", [true, false, true, true, true])[0]).toEqual([
      expect.closeTo(2 / 3, 6),
      0,
      0,
      0,
      third,
    ]);
  });
});

test("a graph has Metropolis weights", () => {
  const quarter = 1 / 4;
  expect(
    matrixOf(
      {
        edges: [
          [0, 1],
          [0, 2],
          [0, 3],
          [1, 0],
        ],
      },
      all(4),
    ),
  ).toEqual([
    [quarter, quarter, quarter, quarter],
    [quarter, 1 - quarter, 0, 0],
    [quarter, 0, 1 - quarter, 0],
    [quarter, 0, 0, 1 - quarter],
  ]);
});

test("a matrix is used as given", () => {
  const matrix = [
    [0.5, 0.25, 0.25],
    [0.5, 0.5, 0],
    [0, 0.25, 0.75],
  ];
  expect(matrixOf({ matrix }, all(3))).toEqual(matrix);
});

describe("is refused:", () => {
  const refused: readonly [string, TopologySetting, string][] = [
    ["a mistyped name", "rign", 'unknown topology "rign" (did you mean "ring"?)'],
    [
      "an edge to nobody",
      {
        edges: [
          [0, 1],
          [1, 3],
        ],
      },
      "edge 1 joins 1 and 3; the swarm's particles are 0 to 2",
    ],
    ["a loop", { edges: [[1, 1]] }, "edge 0 joins 1 and 1; expected two different particles"],
    ["a graph in two parts", { edges: [[0, 1]] }, "no edges lead from particle 0 to particle 2"],
    [
      "a matrix of another size",
      { matrix: oneWay(2) },
      "the matrix has 2 rows, but the swarm has 3 particles",
    ],
    [
      "a short row",
      {
        matrix: [
          [1, 0, 0],
          [0, 1],
          [0, 0, 1],
        ],
      },
      "row 1 has 2 numbers, expected 3",
    ],
    [
      "a negative weight",
      {
        matrix: [
          [1, 0, 0],
          [0, 1.5, -0.5],
          [0, 0, 1],
        ],
      },
      "row 1 has -0.5 at 2; expected numbers from 0",
    ],
    [
      "a row that is no mean",
      {
        matrix: [
          [1, 0, 0],
          [0, 0.5, 0.4],
          [0, 0.5, 0.6],
        ],
      },
      "row 1 sums to 0.9, expected 1",
    ],
    [
      "a column that is no mean",
      {
        matrix: [
          [1, 0, 0],
          [1, 0, 0],
          [0, 0, 1],
        ],
      },
      "column 0 sums to 2, expected 1",
    ],
  ];
  test.each(refused)("%s", (_, setting, message) => {
    expect(() => topologyOf(setting).check?.(3)).toThrow(InputError);
    expect(() => topologyOf(setting).check?.(3)).toThrow(message);
  });
});
