// Makes a folder of images with points.csv out of the published arrays:
//
//   node examples/counting/prepare.mjs CELLS OUT
//
// CELLS holds cells128.npz (images, u8 [200, 128, 128]) and dots.csv (image,x,y in images of 256x256).

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readNpz } from "convoynet/tensor";
import sharp from "sharp";

const [cells, out] = process.argv.slice(2);
if (!out) {
  console.error("usage: node examples/counting/prepare.mjs CELLS OUT");
  process.exit(2);
}

const SIDE = 128;
const images = readNpz(readFileSync(join(cells, "cells128.npz"))).get("images");
const names = Array.from(
  { length: images.shape[0] },
  (_, at) => `cell${String(at).padStart(3, "0")}`,
);
mkdirSync(join(out, "images"), { recursive: true });
for (const [at, name] of names.entries()) {
  const pixels = images.data.subarray(at * SIDE * SIDE, (at + 1) * SIDE * SIDE);
  await sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 1 } })
    .toColourspace("b-w")
    .png()
    .toFile(join(out, "images", `${name}.png`));
}

const [, ...rows] = readFileSync(join(cells, "dots.csv"), "utf8").trim().split(/\r?\n/);
const points = rows.map((row) => {
  const [at, x, y] = row.split(",").map(Number);
  // Whole numbers name pixels, whose centres are half a pixel further.
  return `${names[at]}.png,${(x + 0.5) / 2},${(y + 0.5) / 2}`;
});
writeFileSync(join(out, "points.csv"), `image,x,y\n${points.join("\n")}\n`);
const parts = { train: names.slice(0, 64), val: names.slice(64, 100), test: names.slice(100) };
for (const [part, list] of Object.entries(parts)) {
  writeFileSync(join(out, `${part}.txt`), `${list.join("\n")}\n`);
}
