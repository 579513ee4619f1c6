// Exports of annotation programs in the layouts that these document: CVAT (docs.cvat.ai, "Dataset management", formats) and
// Label Studio (label-studio-converter).

import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { folderOf } from "../../../test/fixtures/data.js";
import { blackImage, marksIn, rowsIn } from "../../../test/fixtures/marks.js";
import { openDataset } from "../sources.js";

const image = await blackImage(8, 4);
const square = [1, 1, 4, 1, 4, 3, 1, 3];
const BOX = [1, 1, 4, 3, 0, 0];
const MASK = ["00000000", "01110000", "01110000", "00000000"];
const masks = { size: 4, kind: "mask" } as const;
const boxes = { size: 4, kind: "boxes" } as const;

const object = (name: string, sides: readonly (readonly [string, number])[], more = "") =>
  `<object><name>${name}</name>${more}<truncated>0</truncated><difficult>0</difficult>` +
  `<bndbox>${sides.map(([side, at]) => `<${side}>${at}</${side}>`).join("")}</bndbox></object>`;

describe("CVAT", () => {
  const annotation = {
    ...{ id: 1, image_id: 1, category_id: 1, area: 6, bbox: [1, 1, 3, 2], iscrowd: 0 },
    ...{ segmentation: [square], attributes: { occluded: false } },
  };
  const coco = (more: object = {}) =>
    JSON.stringify({
      licenses: [{ name: "", id: 0, url: "" }],
      info: { contributor: "", date_created: "", description: "", url: "", version: "", year: "" },
      categories: [{ id: 1, name: "cell", supercategory: "" }],
      images: [
        {
          ...{ id: 1, width: 8, height: 4, file_name: "frame_000000.PNG", license: 0 },
          ...{ flickr_url: "", coco_url: "", date_captured: 0 },
        },
      ],
      annotations: [{ ...annotation, ...more }],
    });

  test.each(["images/frame_000000.PNG", "images/default/frame_000000.PNG"])(
    "COCO 1.0 with %s",
    async (name) => {
      const path = await folderOf({ "annotations/instances_default.json": coco(), [name]: image });
      const { train } = await openDataset(path, boxes);
      expect(marksIn(train.labels)).toEqual([BOX]);
      const { labels } = (await openDataset(path, masks)).train;
      expect(labels).toMatchObject({ classes: ["background", "cell"] });
      expect(rowsIn(labels, 8)).toEqual([MASK]);
    },
  );

  test("COCO 1.0 with a mask as runs, and subsets", async () => {
    const counts = [5, 2, 2, 2, 2, 2, 17];
    const runs = coco({ segmentation: { counts, size: [4, 8] } });
    const path = await folderOf({
      "annotations/instances_train.json": runs,
      "annotations/instances_validation.json": runs,
      "images/train/frame_000000.PNG": image,
      "images/validation/frame_000000.PNG": image,
    });
    const { train, selection } = await openDataset(path, masks);
    expect(rowsIn(train.labels, 8)).toEqual([MASK]);
    expect(rowsIn(selection!.labels, 8)).toEqual([MASK]);
  });

  test("YOLO 1.1", async () => {
    const path = await folderOf({
      "obj.names": "owl\ncell\n",
      "obj.data":
        "classes = 2\ntrain = data/train.txt\nvalid = data/valid.txt\nnames = data/obj.names\nbackup = backup/\n",
      "train.txt": "data/obj_train_data/frame_000000.PNG\n",
      "valid.txt": "data/obj_valid_data/frame_000001.PNG\n",
      "obj_train_data/frame_000000.PNG": image,
      "obj_train_data/frame_000000.txt": "1 0.312500 0.500000 0.375000 0.500000\n",
      "obj_valid_data/frame_000001.PNG": image,
      "obj_valid_data/frame_000001.txt": "",
    });
    const { train, selection } = await openDataset(path, { size: 4 });
    expect(train.labels).toMatchObject({ classes: ["owl", "cell"] });
    expect(marksIn(train.labels)).toEqual([[1, 1, 4, 3, 1, 0]]);
    expect(marksIn(selection!.labels)).toEqual([[]]);
  });

  test("Ultralytics YOLO Segmentation 1.0", async () => {
    const path = await folderOf({
      "data.yaml": "names:\n  0: cell\npath: .\ntrain: train.txt\n",
      "train.txt": "data/images/train/frame_000000.PNG\n",
      "images/train/frame_000000.PNG": image,
      "labels/train/frame_000000.txt":
        "0 0.125000 0.250000 0.500000 0.250000 0.500000 0.750000 0.125000 0.750000\n",
    });
    expect(rowsIn((await openDataset(path, masks)).train.labels, 8)).toEqual([MASK]);
    expect(marksIn((await openDataset(path, boxes)).train.labels)).toEqual([BOX]);
  });

  test("PASCAL VOC 1.1", async () => {
    const sides = [
      ...([
        ["xmin", 2.0],
        ["ymin", 2.0],
        ["xmax", 4.0],
        ["ymax", 3.0],
      ] as const),
    ];
    const more =
      "<occluded>0</occluded><attributes><attribute><name>rotation</name><value>0.0</value></attribute></attributes>";
    const path = await folderOf({
      "labelmap.txt": "# label:color_rgb:parts:actions\nbackground:::\ncell:::\n",
      "ImageSets/Main/default.txt": "frame_000000\n",
      "JPEGImages/frame_000000.PNG": image,
      "Annotations/frame_000000.xml":
        "<annotation><folder></folder><filename>frame_000000.PNG</filename><source><database>Unknown</database></source>" +
        `<size><width>8</width><height>4</height><depth></depth></size><segmented>0</segmented>${object("cell", sides, more)}</annotation>`,
    });
    expect(marksIn((await openDataset(path, { size: 4 })).train.labels)).toEqual([BOX]);
  });

  test("Segmentation mask 1.1", async () => {
    const colours = MASK.join("")
      .split("")
      .flatMap((digit) => (digit === "1" ? [250, 50, 83] : [0, 0, 0]));
    const raw = { width: 8, height: 4, channels: 3 } as const;
    const mask = await sharp(Uint8Array.from(colours), { raw }).png().toBuffer();
    const path = await folderOf({
      "labelmap.txt": "# label:color_rgb:parts:actions\nbackground:0,0,0::\ncell:250,50,83::\n",
      "ImageSets/Segmentation/default.txt": "frame_000000\n",
      "JPEGImages/frame_000000.PNG": image,
      "SegmentationClass/frame_000000.png": mask,
      "SegmentationObject/frame_000000.png": mask,
    });
    const { labels } = (await openDataset(path, { size: 4 })).train;
    expect(labels).toMatchObject({ classes: ["background", "cell"] });
    expect(rowsIn(labels, 8)).toEqual([MASK]);
  });
});

describe("Label Studio", () => {
  const info = { year: 2024, version: "1.0", description: "", contributor: "Label Studio" };
  const name = "0a1b2c3d-frame.png";
  const base = { image_id: 0, category_id: 0, bbox: [1, 1, 3, 2], ignore: 0, iscrowd: 0, area: 6 };
  const result = (file: string, segmentation: unknown) =>
    JSON.stringify(
      {
        images: [{ width: 8, height: 4, id: 0, file_name: file }],
        categories: [{ id: 0, name: "cell" }],
        annotations: [{ id: 0, segmentation, ...base }],
        info,
      },
      null,
      2,
    );

  test.each([`images/${name}`, `images\\${name}`, `../../media/upload/1/${name}`])(
    "COCO with %s",
    async (file) => {
      const files = { "result.json": result(file, [square]), [`images/${name}`]: image };
      const path = await folderOf(files);
      expect(marksIn((await openDataset(path, boxes)).train.labels)).toEqual([BOX]);
      expect(rowsIn((await openDataset(path, masks)).train.labels, 8)).toEqual([MASK]);
      const given = await openDataset(join(path, "result.json"), masks);
      expect(rowsIn(given.train.labels, 8)).toEqual([MASK]);
    },
  );

  test("COCO of rectangles, which tell boxes alone", async () => {
    const files = { "result.json": result(`images/${name}`, []), [`images/${name}`]: image };
    const path = await folderOf(files);
    expect(marksIn((await openDataset(path, { size: 4 })).train.labels)).toEqual([BOX]);
    await expect(openDataset(path, masks)).rejects.toThrow(/boxes are learnt by --task detect/);
  });

  test("YOLO", async () => {
    const path = await folderOf({
      "classes.txt": "cell\n",
      "notes.json": JSON.stringify({ categories: [{ id: 0, name: "cell" }], info }),
      "images/0a1b2c3d-frame.png": image,
      "labels/0a1b2c3d-frame.txt": "0 0.3125 0.5 0.375 0.5\n",
    });
    const { labels } = (await openDataset(path, { size: 4 })).train;
    expect(labels).toMatchObject({ classes: ["cell"] });
    expect(marksIn(labels)).toEqual([BOX]);
  });

  test("VOC, which counts from 0 here", async () => {
    const sides = [
      ...([
        ["xmin", 0],
        ["ymin", 0],
        ["xmax", 4],
        ["ymax", 3],
      ] as const),
    ];
    const path = await folderOf({
      "images/0a1b2c3d-frame.png": image,
      "Annotations/0a1b2c3d-frame.xml":
        '<?xml version="1.0" encoding="utf-8"?>\n<annotation>\n<folder>images</folder><filename>0a1b2c3d-frame</filename>' +
        "<source><database>MyDatabase</database></source><owner><name>Label Studio</name></owner>" +
        "<size><width>8</width><height>4</height><depth>3</depth></size><segmented>0</segmented>" +
        `${object("cell", sides, "<pose>Unspecified</pose>")}</annotation>`,
    });
    const { labels } = (await openDataset(path, { size: 4 })).train;
    expect(marksIn(labels)).toEqual([[0, 0, 4, 3, 0, 0]]);
  });
});
