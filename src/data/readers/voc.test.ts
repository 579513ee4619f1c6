import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { folderOf } from "../../../test/fixtures/data.js";
import { blackImage, marksIn } from "../../../test/fixtures/marks.js";
import { InputError } from "../../inputError.js";
import { openDataset } from "../sources.js";
import { parseVoc } from "./vocXml.js";

const small = await blackImage(8, 4);

/** An <object>. */
const object = (name: string, box: readonly number[], more = "") => {
  const sides = ["xmin", "ymin", "xmax", "ymax"].map((side, at) => `<${side}>${box[at]}</${side}>`);
  return `<object>\n<name>${name}</name>${more}<bndbox>${sides.join("")}</bndbox></object>`;
};
const xml = (...inner: readonly string[]) => `<annotation>\n${inner.join("\n")}\n</annotation>`;
const size = (width: number, height: number) =>
  `<size><width>${width}</width><height>${height}</height><depth>3</depth></size>`;

test("boxes are counted from 1 and hold their sides; lists say the parts; difficult is a crowd", async () => {
  const path = await folderOf({
    "Annotations/a.b.xml": xml(
      size(8, 4),
      object("cat", [1, 1, 8, 4]),
      object("dog &amp; co", [3, 2, 3, 2], "<difficult>1</difficult><pose>Unspecified</pose>"),
    ),
    "Annotations/c.xml": xml(object("cat", [2, 1, 8, 4])),
    "Annotations/d.xml": xml(object("cow", [2, 1, 8, 4])),
    "JPEGImages/a.b.png": small,
    "JPEGImages/c.png": small,
    "JPEGImages/d.png": small,
    "JPEGImages/e.png": small,
    "ImageSets/Main/train.txt": "a.b\n",
    "ImageSets/Main/val.txt": "c\n",
    "ImageSets/Main/cat_train.txt": "a.b -1\n",
  });
  const { train, selection, test, notes } = await openDataset(path, { size: 4 });
  expect(train.labels).toMatchObject({ kind: "boxes", classes: ["cat", "dog & co"] });
  expect(marksIn(train.labels)).toEqual([[0, 0, 8, 4, 0, 0, 2, 1, 3, 2, 1, 1]]);
  expect(marksIn(selection!.labels)).toEqual([[1, 0, 8, 4, 0, 0]]);
  expect(test).toBeUndefined();
  expect(notes?.join("\n")).toMatch(
    /1 image that no list names.*\n.*1 image without an annotation.*e.png/,
  );
});

test("files lie beside the images, in parts or not", async () => {
  const beside = {
    "a.png": small,
    "a.xml": xml(object("cat", [1, 1, 2, 2])),
    "b.png": small,
    "b.xml": xml(),
  };
  const { train } = await openDataset(await folderOf(beside), { size: 4 });
  expect(marksIn(train.labels)).toEqual([[0, 0, 2, 2, 0, 0], []]);
  const parts = ["train", "valid"].flatMap((part) =>
    Object.entries(beside).map(([name, bytes]) => [`${part}/${name}`, bytes]),
  );
  const { train: first, selection } = await openDataset(await folderOf(Object.fromEntries(parts)), {
    size: 4,
  });
  expect([first, selection].map((part) => marksIn(part!.labels))).toEqual([
    [[0, 0, 2, 2, 0, 0], []],
    [[0, 0, 2, 2, 0, 0], []],
  ]);
});

test("a box that begins at 0 begins at the edge; parts of a person are no boxes", () => {
  const part = `<part>${object("head", [1, 1, 2, 2]).slice(8, -9)}</part>`;
  const found = parseVoc(xml(size(0, 0), object("man", [0, 0.5, 3, 4], part)), "a.xml");
  expect(found).toEqual({
    marks: [{ at: [0, 0, 3, 4], name: "man", crowd: false, source: "a.xml: line 3" }],
  });
  for (const unknown of [size(0, 4), size(8, 0)]) {
    expect(parseVoc(xml(unknown), "a.xml").size).toBeUndefined();
  }
  expect(parseVoc(xml(object("man", [-2, 1.5, 3, 4])), "a.xml").marks[0].at).toEqual([
    -2, 0.5, 3, 4,
  ]);
});

describe("refused by file and line", () => {
  const good = object("cat", [1, 1, 2, 2]);
  test.each([
    [
      "no XML",
      "<annotation>\n<object></annotation>",
      /a.xml: line 2 is no XML: unexpected close tag/,
    ],
    ["an empty file", "", /a.xml: line 1 is no XML: document must contain a root element/],
    ["a file that is cut off", xml(good).slice(0, -20), /line \d is no XML: unclosed tag/],
    ["another root", "<html/>", /line 1 begins with <html>; expected <annotation>/],
    ["an object without a name", xml(object("", [1, 1, 2, 2])), /line 2: an object without <name>/],
    ["one without a box", xml("<object><name>a</name></object>"), /line 2: .* <bndbox><xmin>/],
    [
      "words as numbers",
      xml(good.replace("<xmax>2", "<xmax>wide")),
      /line 3 has <xmax> "wide"; expected/,
    ],
    [
      "two names",
      xml(object("cat", [1, 1, 2, 2], "<name>dog</name>")),
      /line 3 has <name> a second/,
    ],
    [
      "somewhat difficult",
      xml(object("a", [1, 1, 2, 2], "<difficult>2</difficult>")),
      /"2"; expected 1 or 0/,
    ],
    [
      "an endless name",
      xml(object("a".repeat(300_000), [1, 1, 2, 2])),
      /line 2 has <name> "a{79}…" of 300000 letters; expected at most 1000$/,
    ],
    ["a box outside", xml(object("a", [9, 1, 12, 2])), /a.xml: line 2: a box from 8, 0 .* outside/],
    [
      "another size",
      xml(size(4, 8), good),
      /a.xml: says .* 8x4 \(height x width\); .*a.png has 4x8/,
    ],
    [
      "an entity",
      `<!DOCTYPE annotation [<!ENTITY a "b">]>${xml("<b>&a;</b>")}`,
      /undefined entity/,
    ],
    ["deep elements", "<annotation>".repeat(9999), /deeper within each other than 100/],
    ["no box at all", xml(), /there are no boxes in the images for training/],
  ])("%s", async (_, text, message) => {
    const path = await folderOf({ "a.png": small, "a.xml": text });
    const error = await openDataset(path, { size: 4 }).catch((found) => found);
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toMatch(message);
  });

  test.each([
    ["an annotation without an image", { "Annotations/z.xml": xml() }, /z.xml: there is no image/],
    [
      "a listed image that is not there",
      { "ImageSets/Main/train.txt": "a\n\nz" },
      /train.txt: line 3 names "z", of which there is no image/,
    ],
    [
      "one without an annotation",
      { "ImageSets/Main/train.txt": "a\nb" },
      /line 2 names "b", of which there is no annotation/,
    ],
    [
      "an image in two lists",
      { "ImageSets/Main/train.txt": "a", "ImageSets/Main/val.txt": "a" },
      /val.txt: line 1 names "a", which is listed for train too/,
    ],
    [
      "a class that only another part shows",
      { "ImageSets/Main/train.txt": "a", "ImageSets/Main/val.txt": "c" },
      /c.xml: line 2 has class "cow"/,
    ],
    [
      "other bytes than UTF-8",
      { "Annotations/a.xml": Buffer.from("<annotation>\n\xff", "latin1") },
      /line 2 is not UTF-8/,
    ],
    ["a large file", { "Annotations/a.xml": Buffer.alloc(5_000_000, " ") }, /has 5.0 MB; expected/],
  ])("%s", async (_, files, message) => {
    const path = await folderOf({
      "Annotations/a.xml": xml(object("cat", [1, 1, 2, 2])),
      "Annotations/c.xml": xml(object("cow", [1, 1, 2, 2])),
      "JPEGImages/a.png": small,
      "JPEGImages/b.png": small,
      "JPEGImages/c.png": small,
      ...(files as Record<string, string | Uint8Array>),
    });
    const error = await openDataset(path, { size: 4 }).catch((found) => found);
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toMatch(message);
  });
});

test("any text is an annotation or refused", () => {
  const whole = xml(size(8, 4), object("cat", [1, 1, 2, 2], "<difficult>0</difficult>"));
  const piece = fc.constantFrom(
    "<annotation>",
    "</annotation>",
    "<object>",
    "</object>",
    "<name>",
    "</name>",
    "<bndbox>",
    "<!DOCTYPE",
    "<![CDATA[",
    "]]>",
    "<!--",
    "&#x0;",
    "&lt;",
    "<?",
    "1",
    "a=",
  );
  const text = fc.oneof(
    fc.array(fc.oneof(piece, fc.string()), { maxLength: 20 }).map((all) => all.join("")),
    fc
      .tuple(fc.nat(whole.length), fc.nat(whole.length), fc.oneof(piece, fc.string()))
      .map(([from, to, put]) => whole.slice(0, from) + put + whole.slice(to)),
  );
  fc.assert(
    fc.property(text, (given) => {
      try {
        for (const { at } of parseVoc(given, "a.xml").marks) {
          expect(at.every(Number.isFinite)).toBe(true);
        }
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
      }
    }),
    { numRuns: 500 },
  );
});

test("any bytes of an annotation are a data set or refused", async () => {
  const path = await folderOf({ "a.png": small, "a.xml": "" });
  const whole = Buffer.from(xml(object("cat", [1, 1, 2, 2])));
  await fc.assert(
    fc.asyncProperty(
      fc.nat(whole.length - 1),
      fc.integer({ min: 1, max: 255 }),
      async (at, flip) => {
        const damaged = Uint8Array.from(whole);
        damaged[at] ^= flip;
        await writeFile(join(path, "a.xml"), damaged);
        const found = await openDataset(path, { size: 4 }).catch((error) => error);
        if (found instanceof Error) expect(found).toBeInstanceOf(InputError);
      },
    ),
    { numRuns: 40 },
  );
});
