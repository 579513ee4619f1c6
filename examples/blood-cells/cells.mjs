// The blood cells of BCCD as a data set: photographs under the microscope, and a box round each cell.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeInOrder, joinImages, ragged } from "convoynet/data";

const classes = ["RBC", "WBC", "Platelets"];

const lines = (path) => readFileSync(path, "utf8").trim().split(/\r?\n/);

/** Boxes of each image in pixels of its file, as rows of left, top, right, bottom, class, crowd. */
function readBoxes(folder) {
  const boxes = new Map();
  const [head, ...rows] = lines(join(folder, "boxes.csv")).map((line) => line.split(","));
  const columns = ["image", "class", "xmin", "ymin", "xmax", "ymax"].map((name) =>
    head.indexOf(name),
  );
  for (const row of rows) {
    const [image, of, ...corners] = columns.map((at) => row[at]);
    const [left, top, right, bottom] = corners.map(Number);
    if (!boxes.has(image)) boxes.set(image, []);
    // Two boxes have no area.
    if (right <= left || bottom <= top) continue;
    boxes.get(image).push(left, top, right, bottom, classes.indexOf(of), 0);
  }
  return boxes;
}

/** One of the official parts, train, val or test; images of 640x480 with a shorter side of `side` pixels. */
export async function readPart(folder, part, side) {
  const names = lines(join(folder, `${part}.txt`));
  const boxes = readBoxes(folder);
  const images = [];
  const paths = names.map((name) => join(folder, "images", `${name}.jpg`));
  for await (const { image, reason } of decodeInOrder(paths, { channels: 3, side })) {
    if (!image) throw new Error(`${paths[images.length]}: ${reason}`);
    images.push(image);
  }
  const scale = side / 480;
  const scaled = names.map((name) =>
    (boxes.get(name) ?? []).map((value, at) => (at % 6 < 4 ? value * scale : value)),
  );
  return {
    ...{ name: `blood cells (${part})`, length: names.length, channels: 3, ids: names },
    images: joinImages(images),
    labels: { kind: "boxes", of: ragged(new Float32Array(0), scaled), classes },
  };
}
