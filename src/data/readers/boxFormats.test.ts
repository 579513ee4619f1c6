// One set of boxes in every format that boxes are read from.

import { expect, test } from "vitest";
import { folderOf } from "../../../test/fixtures/data.js";
import { blackImage, marksIn } from "../../../test/fixtures/marks.js";
import { openDataset } from "../sources.js";

const small = await blackImage(8, 4);
const large = await blackImage(64, 32);
const images = {
  a: { file: small, width: 8, height: 4 },
  b: { file: large, width: 64, height: 32 },
};
type Name = keyof typeof images;
const parts = { train: "a", val: "b" } as const;
const classes = ["bat", "owl"];

/** Image, class, left, top, right, bottom. */
const boxes: readonly (readonly [Name, number, number, number, number, number])[] = [
  ["a", 1, 0, 0, 8, 4],
  ["a", 0, 2, 1, 3, 4],
  ["b", 1, 16, 8, 64, 24],
];
const of = (name: Name) => boxes.filter(([image]) => image === name);

const csv = {
  "boxes.csv": `image,class,left,top,right,bottom\n${boxes.map(([image, at, ...sides]) => [image, classes[at], ...sides].join()).join("\n")}`,
  ...{ "a.png": small, "b.png": large, "train.txt": "a", "val.txt": "b" },
};

const yolo = Object.entries(parts).map(([part, name]) => {
  const { file, width, height } = images[name];
  const lines = of(name).map(([, at, left, top, right, bottom]) =>
    [
      at,
      (left + right) / 2 / width,
      (top + bottom) / 2 / height,
      (right - left) / width,
      (bottom - top) / height,
    ].join(" "),
  );
  return { [`${part}/images/${name}.png`]: file, [`${part}/labels/${name}.txt`]: lines.join("\n") };
});

const voc = Object.entries(parts).map(([part, name]) => {
  const objects = of(name).map(
    ([, at, left, top, right, bottom]) =>
      `<object><name>${classes[at]}</name><bndbox><xmin>${left + 1}</xmin><ymin>${top + 1}</ymin>` +
      `<xmax>${right}</xmax><ymax>${bottom}</ymax></bndbox></object>`,
  );
  return {
    [`JPEGImages/${name}.png`]: images[name].file,
    [`Annotations/${name}.xml`]: `<annotation>${objects.join("")}</annotation>`,
    [`ImageSets/Main/${part}.txt`]: name,
  };
});

const coco = Object.entries(parts).map(([part, name]) => ({
  [`${part}2017/${name}.png`]: images[name].file,
  [`annotations/instances_${part}2017.json`]: JSON.stringify({
    images: [{ id: 1, file_name: `${name}.png` }],
    categories: classes.map((title, id) => ({ id, name: title })),
    annotations: of(name).map(([, at, left, top, right, bottom], id) => ({
      ...{ id, image_id: 1, category_id: at },
      bbox: [left, top, right - left, bottom - top],
    })),
  }),
}));

test.each([
  ["a table", csv],
  ["YOLO", Object.assign({ "data.yaml": "names: [bat, owl]" }, ...yolo)],
  ["Pascal VOC", Object.assign({}, ...voc)],
  ["COCO", Object.assign({}, ...coco)],
])("%s gives the same boxes", async (_, files) => {
  const { train, selection } = await openDataset(await folderOf(files), { size: 8 });
  expect(train.labels).toMatchObject({ kind: "boxes", classes });
  expect(marksIn(train.labels)).toEqual([[0, 0, 8, 4, 1, 0, 2, 1, 3, 4, 0, 0]]);
  // 32 rows became 16.
  expect(marksIn(selection!.labels)).toEqual([[8, 4, 32, 12, 1, 0]]);
});
