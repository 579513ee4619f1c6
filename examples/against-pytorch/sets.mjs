// Makes the sets of this comparison as archives that both sides read:
//
//   node examples/against-pytorch/sets.mjs CIFAR MEMBRANES CELLS BLOOD OUT
//
// Mosaics: four photographs of CIFAR-10 side by side, 64x64, tagged with all that is on them; mosaics-all has all that are
// not needed to choose and to test by. Membranes: neurons under the electron microscope with the mask of their cells.
// Cells: fluorescent cells under the microscope and their number; points: the same cells, a point each. Blood: blood cells
// under the microscope with boxes.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openDataset } from "convoynet/data";
import { hostTensor, Random, readNpz, writeNpz } from "convoynet/tensor";
import { readPart } from "../blood-cells/cells.mjs";

const [cifar, membranes, cells, blood, out] = process.argv.slice(2);
if (!out) {
  console.error("usage: node examples/against-pytorch/sets.mjs CIFAR MEMBRANES CELLS BLOOD OUT");
  process.exit(2);
}
mkdirSync(out, { recursive: true });

const order = (length, seed) => new Random({ seed, purpose: "order" }).permutation(length);

const save = (name, arrays) => writeFileSync(join(out, `${name}.npz`), writeNpz(arrays));

/** Side of a photograph, and bytes of one of its rows. */
const SIDE = 32;
const ROW = 3 * SIDE;

/** Four photographs each, as [images, tags] of a part. */
function mosaicsOf({ images, labels }, order, part) {
  const count = Math.floor(order.length / 4);
  const classes = labels.classes.length;
  const pixels = new Uint8Array(count * 4 * SIDE * ROW);
  const tags = new Uint8Array(count * classes);
  for (let at = 0; at < 4 * count; at++) {
    const [mosaic, quarter] = [at >> 2, at & 3];
    const from = images.offsets[order[at]];
    const corner = mosaic * 4 * SIDE * ROW + (quarter >> 1) * 2 * SIDE * ROW + (quarter & 1) * ROW;
    for (let row = 0; row < SIDE; row++) {
      const source = from + row * ROW;
      pixels.set(images.bytes.subarray(source, source + ROW), corner + row * 2 * ROW);
    }
    tags[mosaic * classes + labels.of[order[at]]] = 1;
  }
  return [
    [`${part}_images`, hostTensor("u8", [count, 2 * SIDE, 2 * SIDE, 3], pixels)],
    [`${part}_tags`, hostTensor("u8", [count, classes], tags)],
  ];
}

/** No photograph is in two mosaics, none of the test photographs outside the test part. */
async function mosaics() {
  const { train, test } = await openDataset(cifar);
  const photos = order(train.length, 1);
  const few = photos.subarray(0, 24_000);
  const others = [
    ...mosaicsOf(train, photos.subarray(24_000, 28_000), "val"),
    ...mosaicsOf(test, order(test.length, 2), "test"),
  ];
  save("mosaics", [...mosaicsOf(train, few, "train"), ...others]);
  const all = Int32Array.of(...few, ...photos.subarray(28_000));
  save("mosaics-all", [...mosaicsOf(train, all, "train"), ...others]);
}

/** A part of an array, by the numbers of its rows. */
function rowsOf({ dtype, shape, data }, rows) {
  const length = data.length / shape[0];
  const taken = hostTensor(dtype, [rows.length, ...shape.slice(1)]);
  for (const [at, row] of [...rows].entries()) {
    taken.data.set(data.subarray(row * length, (row + 1) * length), at * length);
  }
  return taken;
}

/** Rows of each part, and how its arrays are called. */
const parts = (arrays, rows) =>
  Object.entries(rows).flatMap(([part, own]) =>
    Object.entries(arrays).map(([name, array]) => [`${part}_${name}`, rowsOf(array, own)]),
  );

/** 20 to learn from, 4 to choose the epoch by, 6 to test on. */
function membranesOf() {
  const arrays = readNpz(readFileSync(join(membranes, "em_membrane256.npz")));
  const slices = order(30, 1);
  const rows = {
    train: slices.subarray(0, 20),
    val: slices.subarray(20, 24),
    test: slices.subarray(24),
  };
  const named = { images: arrays.get("images"), masks: arrays.get("cell") };
  save("membranes", parts(named, rows));
}

/** Marks as an array, a row for each, which begins with the number of its image. */
const markRows = (lists) => {
  const rows = lists.flatMap((list, image) => list.map((mark) => [image, ...mark]));
  return hostTensor("f32", [rows.length, rows[0].length], Float32Array.from(rows.flat()));
};

/** The usual protocol: the first 100 images to learn from and to choose by, the last 100 to test on. */
function cellsOf() {
  const images = readNpz(readFileSync(join(cells, "cells128.npz"))).get("images");
  const [, ...dots] = readFileSync(join(cells, "dots.csv"), "utf8").trim().split("\n");
  const points = Array.from({ length: images.shape[0] }, () => []);
  for (const dot of dots) {
    const [image, x, y] = dot.split(",").map(Number);
    // In pixels of images of 256x256, where whole numbers name pixels, whose centres are half a pixel further.
    points[image].push([(x + 0.5) / 2, (y + 0.5) / 2]);
  }
  const test = Int32Array.from({ length: 100 }, (_, at) => 100 + at);
  const counts = hostTensor(
    "f32",
    [points.length, 1],
    Float32Array.from(points, (own) => own.length),
  );
  const first = order(100, 1);
  const rows = { train: first.subarray(0, 80), val: first.subarray(80), test };
  save("cells", parts({ images, values: counts }, rows));
  const usual = Int32Array.from({ length: 100 }, (_, at) => at);
  const pointed = { train: usual.subarray(0, 64), val: usual.subarray(64), test };
  save("points", [
    ...parts({ images }, pointed),
    ...Object.entries(pointed).map(([part, own]) => [
      `${part}_points`,
      markRows([...own].map((at) => points[at])),
    ]),
  ]);
}

/** The official parts, at a quarter of their size. */
async function bloodCells() {
  const arrays = [];
  for (const part of ["train", "val", "test"]) {
    const { length, images, labels } = await readPart(blood, part, 120);
    const { data, offsets } = labels.of;
    const boxes = Array.from({ length }, (_, at) => {
      const own = data.subarray(offsets[at], offsets[at + 1]);
      return Array.from({ length: own.length / 6 }, (_, k) => own.subarray(6 * k, 6 * k + 6));
    });
    arrays.push(
      [`${part}_images`, hostTensor("u8", [length, 120, 160, 3], images.bytes)],
      [`${part}_boxes`, markRows(boxes)],
    );
  }
  save("blood", arrays);
}

await mosaics();
membranesOf();
cellsOf();
await bloodCells();
