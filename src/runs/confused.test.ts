import { readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { stripes, temporaryFolder, trainTiny } from "../../test/support/tinyRun.js";
import { type Dataset, imagesOf } from "../data/index.js";
import { drawConfused } from "./confused.js";
import { confusedSheet } from "./confusedSheet.js";
import { runFiles } from "./runFiles.js";

const { each, side, gap } = confusedSheet;

/** Colours, one an image, two wide and one high. */
function coloured(of: readonly number[], classes: readonly string[]) {
  const bytes = Uint8Array.from(of.flatMap((_, at) => [at + 1, 0, 9, at + 1, 0, 9]));
  const images = imagesOf(bytes, { height: 1, width: 2, channels: 3 });
  const labels = { kind: "class", of: Int32Array.from(of), classes } as const;
  return { name: "colours", length: of.length, channels: 3, images, labels };
}

async function drawn(of: readonly number[], said: readonly number[], losses: readonly number[]) {
  const classes = ["<a>", "b", "c"];
  const { sheet, rows } = drawConfused(
    coloured(of, classes),
    { classes, counts: new Float64Array(9) },
    Int32Array.from(said),
    Float32Array.from(losses),
  );
  const [, png] = /base64,([^"]+)"/.exec(sheet)!;
  const pixels = sharp(Buffer.from(png, "base64")).raw();
  const { data, info } = await pixels.toBuffer({ resolveWithObject: true });
  const at = (row: number, column: number, y = side / 4) =>
    data[3 * ((row * (side + gap) + y) * info.width + column * (side + gap) + side / 2)];
  return { rows: rows.trim().split("\n").slice(1), info, at, sheet };
}

test("pairs that are mixed up come first, the more often the sooner, with the largest losses in front", async () => {
  const of = [0, 0, 1, 1, 1, 2];
  const found = await drawn(of, [0, 1, 0, 0, 1, 2], [0.1, 3, 1, 2, 0.2, 0.3]);
  expect(found.rows).toEqual(["1,0,2", "0,1,1", "0,0,1", "1,1,1", "2,2,1"]);
  // Images are numbered by their red from 1 on.
  expect([found.at(0, 0), found.at(0, 1), found.at(1, 0), found.at(2, 0)]).toEqual([4, 3, 2, 1]);
  // Twice as wide as high, so that the lower half of the square is left white.
  expect(found.at(0, 0, side / 2 + 1)).toBe(255);
  expect(found.at(1, 1)).toBe(255);
  expect(found.sheet).toContain(">said to be &lt;a&gt;</text>");
});

test("a row has so many images and no more", async () => {
  const many = new Array<number>(20).fill(0);
  const losses = many.map((_, at) => at);
  const { rows, info, at } = await drawn(many, many, losses);
  expect(rows).toEqual([`0,0,${each}`]);
  expect([info.width, info.height]).toEqual([each * (side + gap), side + gap]);
  expect([at(0, 0), at(0, each - 1)]).toEqual([20, 20 - each + 1]);
});

test("a run draws those of its test, and one whose images have no colours says so and ends well", async () => {
  const out = join(temporaryFolder(), "run");
  await trainTiny({ out, epochs: 1 });
  const rows = readFileSync(join(out, runFiles.confusedRows), "utf8").trim().split("\n").slice(1);
  const counts = readFileSync(join(out, runFiles.confusionTable), "utf8").trim().split("\n");
  const cells = counts.slice(1).flatMap((line, known) =>
    line
      .split(",")
      .slice(1)
      .flatMap((images, said) => (images === "0" ? [] : [[known, said, Math.min(each, +images)]])),
  );
  expect(rows.sort()).toEqual(cells.map(String).sort());
  const { height } = await sharp(join(out, runFiles.confused)).metadata();
  expect(height).toBe(rows.length * (side + gap));
  const five = (set: Dataset) => ({
    ...{ ...set, channels: 5 },
    images: imagesOf(new Uint8Array(set.length * 36 * 5), { height: 6, width: 6, channels: 5 }),
  });
  const data = { train: five(stripes(120, 1)), test: five(stripes(33, 2)) } as never;
  const { events, summary } = await trainTiny({ epochs: 1, augment: "none" }, { data });
  expect(summary.test).toBeDefined();
  expect(events.flatMap((one) => (one.type === "warning" ? [one.message] : []))).toContain(
    "the images behind the confusion are not drawn: images of 5 channels cannot be drawn",
  );
});
