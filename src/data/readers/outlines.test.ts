import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { folderOf } from "../../../test/fixtures/data.js";
import { blackImage, marksIn, rowsIn } from "../../../test/fixtures/marks.js";
import { InputError } from "../../inputError.js";
import type { MaskLabels } from "../labels.js";
import { openDataset } from "../sources.js";
import { parseCoco } from "./cocoJson.js";
import type { WrongFile } from "./reader.js";

const small = await blackImage(8, 4);
const large = await blackImage(40, 20);

const images = [
  { id: 7, file_name: "a.png", width: 8, height: 4 },
  { id: 8, file_name: "b.png" },
];
const categories = [
  { id: 9, name: "dog" },
  { id: 2, name: "cat" },
];
const rectangle = (left: number, top: number, right: number, bottom: number) => [
  ...[left, top, right, top],
  ...[right, bottom, left, bottom],
];
const annotation = (id: number, more: object = {}) => ({
  id,
  image_id: 7,
  category_id: 9,
  bbox: [1, 1, 3, 2],
  segmentation: [rectangle(1, 1, 4, 3)],
  ...more,
});
const file = (annotations: readonly object[], change: object = {}) =>
  JSON.stringify({ images, categories, annotations, ...change });

const read = async (text: string, options: object = {}) => {
  const path = await folderOf({ "set.json": text, "a.png": small, "b.png": small });
  return openDataset(join(path, "set.json"), { size: 4, kind: "mask", ...options });
};

describe("COCO", () => {
  test("polygons and runs become masks; the background is the first class, an image without any is it", async () => {
    const { train } = await read(
      file([
        annotation(1),
        annotation(2, {
          category_id: 2,
          bbox: undefined,
          segmentation: { counts: [20, 3, 9], size: [4, 8] },
        }),
        annotation(3, {
          category_id: 2,
          segmentation: { counts: "o01", size: [4, 8] },
        }),
      ]),
    );
    expect(train.labels).toMatchObject({ kind: "mask", classes: ["background", "cat", "dog"] });
    expect(rowsIn(train.labels, 8)).toEqual([
      ["00000100", "02220100", "02220100", "00000001"],
      ["00000000", "00000000", "00000000", "00000000"],
    ]);
  });

  test("the smaller one lies on top, of equal ones the later; what does not count lies under all", async () => {
    const over = annotation(1, { category_id: 2, segmentation: [rectangle(2, 0, 4, 2)] });
    const { train, notes } = await read(
      file([
        over,
        annotation(2, { segmentation: [rectangle(0, 0, 6, 3)] }),
        annotation(3, { segmentation: [rectangle(3, 1, 5, 3)] }),
        annotation(4, {
          iscrowd: 1,
          segmentation: { counts: [16, 16], size: [4, 8] },
        }),
        annotation(5, { segmentation: [], bbox: [0, 2, 2, 2] }),
      ]),
    );
    expect(rowsIn(train.labels, 8)[0]).toEqual(["221122..", "221222..", "222222..", "..00...."]);
    expect(notes?.join("\n")).toMatch(/train: 1 box without an outline: its pixels do not count/);
  });

  test("a mask becomes as small as its image; parts have one list of classes", async () => {
    const half = { ...annotation(1), segmentation: [rectangle(20, 0, 40, 20)] };
    const path = await folderOf({
      "annotations/instances_train2017.json": file([annotation(1)]),
      "annotations/instances_val2017.json": file([half], {
        images: [{ id: 7, file_name: "a.png" }],
        categories: [categories[0]],
      }),
      ...{ "train2017/a.png": small, "train2017/b.png": small, "val2017/a.png": large },
    });
    const { selection } = await openDataset(path, { size: 4, kind: "mask" });
    expect(selection!.labels).toMatchObject({ classes: ["background", "cat", "dog"] });
    expect(rowsIn(selection!.labels, 16)[0]).toEqual(new Array(8).fill("0000000022222222"));
  });

  test("classes are found by the names that are given or that a net knows", async () => {
    const text = file([annotation(1)], { categories: [{ id: 9, name: "dog" }] });
    for (const options of [
      { classes: ["cat", "cow", "dog"] },
      { known: ["background", "cat", "cow", "dog"] },
    ]) {
      const { train } = await read(text, options);
      expect(train.labels).toMatchObject({ classes: ["background", "cat", "cow", "dog"] });
      expect(rowsIn(train.labels, 8)[0][1]).toBe("03330000");
    }
    await expect(read(text, { known: ["dog", "cat"] })).rejects.toThrow(
      /class "background" is not among those that the net knows/,
    );
    await expect(read(text, { known: ["dog", "background"] })).rejects.toThrow(
      /"background" is class 1 of dog, background; expected the first one/,
    );
    const own = [{ id: 9, name: "background" }, categories[1]];
    const named = await read(
      file([annotation(1), annotation(2, { category_id: 2 })], { categories: own }),
    );
    expect(named.train.labels).toMatchObject({ classes: ["background", "cat"] });
  });

  test("a polygon tells the box of an annotation without one", async () => {
    const text = file([annotation(1, { bbox: undefined, segmentation: [[1, 1, 5, 2, 3, 4]] })]);
    const { train } = await read(text, { kind: undefined });
    expect(marksIn(train.labels)).toEqual([[1, 1, 5, 4, 1, 0], []]);
  });

  const bad = (segmentation: unknown, more: object = {}) => [
    annotation(1),
    annotation(5, { segmentation, ...more }),
  ];
  test.each([
    ["two corners", bad([[1, 1, 2, 2]]), /set.json: annotation 5: .* polygon of 2 corners/],
    ["an empty polygon", bad([[]]), /annotation 5: .* a polygon of 0 corners; expected at least 3/],
    ["half a corner", bad([[1, 1, 2, 2, 3, 3, 4]]), /annotation 5: .* a polygon of 7 numbers/],
    ["words", bad([[1, 1, 2, 2, 3, "4"]]), /annotation 5: .* expected a list of polygons/],
    [
      "a flat list",
      bad([1, 1, 2, 2, 3, 4]),
      /annotation 5: its segmentation has \[1,1,2.*expected a list/,
    ],
    ["a text", bad("M9"), /annotation 5: .* expected a list of polygons/],
    [
      "a polygon outside",
      bad([rectangle(9, 0, 12, 3)]),
      /annotation 5: polygons from 9, 0 .*outside/,
    ],
    [
      "runs that end early",
      bad({ counts: [3, 4], size: [4, 8] }),
      /annotation 5: runs of 7 pixels .*32/,
    ],
    [
      "runs that end late",
      bad({ counts: [30, 4], size: [4, 8] }),
      /annotation 5: runs of 34 pixels/,
    ],
    [
      "runs of another size",
      bad({ counts: [32], size: [8, 4] }),
      /annotation 5: runs of 8x4 .* 4x8/,
    ],
    ["runs without a size", bad({ counts: [32] }), /annotation 5: .* runs of the size undefined/],
    ["runs without counts", bad({ size: [4, 8] }), /annotation 5: .* runs without counts/],
    ["half a pixel", bad({ counts: [0.5], size: [4, 8] }), /annotation 5: .* a run of 0.5 pixels/],
    [
      "a run that is huge",
      bad({ counts: [1e15], size: [4, 8] }),
      /a run of 1000000000000000 pixels/,
    ],
    ["neither outline nor box", bad([], { bbox: undefined }), /annotation 5: bbox is missing/],
    ["no outline at all", [annotation(1, { segmentation: [] })], /no outlines .* --task detect/],
    ["nothing at all", [], /there are no outlines in the images for training$/],
  ])("%s: refused by file and annotation", async (_, annotations, message) => {
    const error = await read(file(annotations)).catch((found) => found);
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toMatch(message);
  });

  test("all bad outlines are named together, or listed and left out where that is asked for", async () => {
    const text = file(
      [
        annotation(1),
        annotation(5, { segmentation: [[1, 1, 2, 2]] }),
        annotation(6, { segmentation: [rectangle(9, 0, 12, 3)] }),
        annotation(7, { segmentation: { counts: [3, 4], size: [4, 8] } }),
        annotation(8, { image_id: 8 }),
      ],
      { images: [images[0], { ...images[1], width: 9, height: 4 }] },
    );
    await expect(read(text)).rejects.toThrow(
      /^4 outlines cannot .*annotation 5: its segmentation has a polygon of 2 corners.*annotation 6: .*outside.*annotation 7: runs of 7.*image 8: says/s,
    );
    const wrong: WrongFile[] = [];
    const { train, notes } = await read(text, { wrong });
    expect(wrong.map(({ path }) => path.split(": ").at(-1))).toEqual([
      ...["annotation 5", "annotation 6", "annotation 7", "image 8"],
    ]);
    const nothing = new Array(4).fill("........");
    expect(rowsIn(train.labels, 8)).toEqual([
      ["00000000", "02220000", "02220000", "00000000"],
      nothing,
    ]);
    expect(notes?.join("\n")).not.toContain("without an outline");
    await expect(read(file([annotation(5, { segmentation: [[1, 1, 2, 2]] })]))).rejects.toThrow(
      /^1 outlines cannot .*annotation 5/s,
    );
  });

  test("a file that tells another size than its image has is refused, and so are too many classes", async () => {
    const other = [{ ...images[0], width: 9 }, images[1]];
    await expect(read(file([annotation(1)], { images: other }))).rejects.toThrow(
      /image 7: says that the image has 4x9 \(height x width\); .*a.png has 4x8/,
    );
    const many = Array.from({ length: 255 }, (_, id) => ({ id, name: `class ${id}` }));
    const most = await read(file([annotation(1)], { categories: many.slice(1) }));
    expect((most.train.labels as MaskLabels).classes).toHaveLength(255);
    await expect(read(file([annotation(1)], { categories: many }))).rejects.toThrow(
      /256 classes, the background among them; expected at most 255/,
    );
  });

  test("any segmentation is a region or refused", () => {
    const number = fc.oneof(fc.integer({ min: -9, max: 40 }), fc.double(), fc.constant(1e300));
    const value = fc.oneof(
      fc.array(fc.array(number, { maxLength: 9 }), { maxLength: 3 }),
      fc.record(
        {
          counts: fc.oneof(fc.array(number, { maxLength: 5 }), fc.string()),
          size: fc.oneof(fc.constant([4, 8]), fc.array(number, { maxLength: 3 })),
        },
        { requiredKeys: [] },
      ),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(value, (segmentation) => {
        const bytes = new TextEncoder().encode(file([annotation(1, { segmentation })]));
        for (const outlines of [true, false]) {
          try {
            expect(parseCoco(bytes, "x.json", { outlines }).images).toHaveLength(2);
          } catch (error) {
            expect(error).toBeInstanceOf(InputError);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  test("any bytes of a file are masks or refused", async () => {
    const path = await folderOf({ "a.png": small, "b.png": small });
    const runs = { segmentation: { counts: "o01", size: [4, 8] } };
    const whole = Buffer.from(file([annotation(1), annotation(2, runs)]));
    const place = fc.nat(whole.length - 1);
    await fc.assert(
      fc.asyncProperty(place, fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const damaged = Uint8Array.from(whole);
        damaged[at] ^= flip;
        await writeFile(join(path, "set.json"), damaged);
        const options = { size: 4, kind: "mask" } as const;
        const found = await openDataset(join(path, "set.json"), options).catch((error) => error);
        if (found instanceof Error) expect(found).toBeInstanceOf(InputError);
      }),
      { numRuns: 60 },
    );
  });
});

describe("YOLO", () => {
  const polygon = "1 0.125 0.25 0.5 0.25 0.5 0.75 0.125 0.75";
  const yolo = (text: string, options: object = {}) =>
    folderOf({
      "data.yaml": "names: [cat, dog]",
      ...{ "images/a.png": small, "images/b.png": small, "labels/a.txt": text },
    }).then((path) => openDataset(path, { size: 4, kind: "mask", ...options }));

  test("polygons become masks, boxes do not count", async () => {
    const { train, notes } = await yolo(`0 0.25 0.5 0.125 0.25\n${polygon}\n0 0.9375 0.5 0.125 1`);
    expect(train.labels).toMatchObject({ classes: ["background", "cat", "dog"] });
    expect(rowsIn(train.labels, 8)).toEqual([
      ["0000000.", "0222000.", "0222000.", "0000000."],
      ["00000000", "00000000", "00000000", "00000000"],
    ]);
    expect(notes?.join("\n")).toMatch(/train: 2 boxes without an outline/);
    expect(notes?.join("\n")).not.toMatch(/polygons are read as/);
  });

  test("classes without names are called by their numbers behind the background", async () => {
    const path = await folderOf({ "images/a.png": small, "labels/a.txt": polygon });
    const { train } = await openDataset(path, { size: 4, kind: "mask" });
    expect(train.labels).toMatchObject({ classes: ["background", "1"] });
    const classes = ["cow", "owl"];
    const named = await openDataset(path, { size: 4, kind: "mask", classes });
    expect(named.train.labels).toMatchObject({ classes: ["background", "cow", "owl"] });
    expect(rowsIn(named.train.labels, 8)[0][1]).toBe("02220000");
  });

  test("boxes alone are refused, and so are polygons outside, by file and line", async () => {
    await expect(yolo("1 0.5 0.5 1 1")).rejects.toThrow(/no outlines .*learnt by --task detect/);
    await expect(yolo(`${polygon}\n0 -0.01 0 0 0 0 1`)).rejects.toThrow(
      /a.txt: line 2: polygons from/,
    );
  });

  test("any bytes of a label file are masks or refused", async () => {
    const path = await folderOf({ "images/a.png": small, "labels/a.txt": polygon });
    const number = fc.constantFrom("0", "1", "0.5", "0.25", "-0.01", "1e9", "x");
    const line = fc.array(number, { minLength: 4, maxLength: 11 }).map((all) => all.join(" "));
    const text = fc.array(line, { maxLength: 3 }).map((all) => [polygon, ...all].join("\n"));
    const options = { size: 4, kind: "mask" } as const;
    await fc.assert(
      fc.asyncProperty(text, async (bytes) => {
        await writeFile(join(path, "labels/a.txt"), bytes);
        const found = await openDataset(path, options).catch((error) => error);
        if (found instanceof Error) expect(found).toBeInstanceOf(InputError);
      }),
      { numRuns: 60 },
    );
  });
});
