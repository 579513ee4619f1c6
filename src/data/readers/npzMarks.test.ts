import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { scratchFolder } from "../../../test/fixtures/data.js";
import { hostTensor, writeNpz } from "../../tensor/index.js";
import type { BoxLabels, PointLabels } from "../labels.js";
import { openDataset } from "../sources.js";

/** Two black images of 4x6 (height x width), with rows of an array. */
async function archive(name: string, ...rows: number[][]): Promise<string> {
  const path = join(await scratchFolder(), "set.npz");
  const width = rows[0]?.length ?? 4;
  const arrays = [
    ["images", hostTensor("u8", [2, 4, 6])],
    [name, hostTensor("f32", [rows.length, width], Float32Array.from(rows.flat()))],
  ] as const;
  await writeFile(path, writeNpz(arrays));
  return path;
}

const entries = ({ of: { data, offsets } }: PointLabels | BoxLabels) =>
  [0, 1].map((at) => [...data.subarray(offsets[at], offsets[at + 1])]);

describe("rows of an archive", () => {
  test("are points by image, in their order, with or without a class", async () => {
    const { train } = await openDataset(
      await archive("points", [1, 6, 4, 1], [1, 0, 0, 0], [0, 2.5, 3, 1]),
    );
    expect(train.labels).toMatchObject({ kind: "points", classes: ["0", "1"] });
    expect(entries(train.labels as PointLabels)).toEqual([
      [2.5, 3, 1],
      [6, 4, 1, 0, 0, 0],
    ]);
    const { train: bare } = await openDataset(await archive("dots", [1, 6, 4]));
    expect(bare.labels).toMatchObject({ classes: ["0"] });
    expect(entries(bare.labels as PointLabels)).toEqual([[], [6, 4, 0]]);
  });

  test("are boxes, perhaps of a crowd; those without area are left out", async () => {
    const { train } = await openDataset(
      await archive("boxes", [0, 1, 1, 3, 2, 2, 1], [1, 2, 2, 2, 4, 0, 0]),
    );
    expect(train.labels).toMatchObject({ kind: "boxes", classes: ["0", "1", "2"] });
    expect(entries(train.labels as BoxLabels)).toEqual([[1, 1, 3, 2, 2, 1], []]);
    const { train: bare } = await openDataset(await archive("boxes", [1, 0, 0, 6, 4]));
    expect(entries(bare.labels as BoxLabels)).toEqual([[], [0, 0, 6, 4, 0, 0]]);
  });

  test("may be none at all", async () => {
    const { train } = await openDataset(await archive("points"));
    expect(entries(train.labels as PointLabels)).toEqual([[], []]);
  });

  test.each([
    ["points", [2, 1, 1], /points: row 0 has image 2; there are 2/],
    ["points", [0.5, 1, 1], /row 0 has image 0.5/],
    ["points", [0, 6.5, 1], /row 0 has 6.5, 1, outside images of 4x6/],
    ["points", [0, Number.NaN, 1], /row 0 has NaN, 1, outside/],
    ["points", [0, 1, 1, -1], /row 0 has class -1; expected 0 to 0/],
    ["points", [0, 1, 1, 5e7], /row 0 has class 50000000; expected 0 to 65534/],
    [
      "points",
      [0, 1, 1, Number.POSITIVE_INFINITY],
      /row 0 has class Infinity; expected 0 to 65534/,
    ],
    ["points", [0, 1, 1, Number.NaN], /row 0 has class NaN; expected 0 to 0/],
    ["points", [0, 1], /shape \[1, 2\]; expected \[points, 3\] to \[points, 4\]/],
    ["boxes", [0, 3, 1, 1, 2], /row 0 has 3, 1, 1, 2, which ends before it begins/],
    ["boxes", [0, 1, 1, 2, 2, 0, 0.5], /row 0 has crowd 0.5/],
    ["boxes", [0, 1, 1, 2], /expected \[boxes, 5\] to \[boxes, 7\]/],
  ])("%s of %j are refused by row", async (name, row, message) => {
    await expect(openDataset(await archive(name, row))).rejects.toThrow(message);
  });
});
