// Pascal VOC data sets: Annotations/ and JPEGImages/ with the same names, and the parts in ImageSets/Main; or XML files
// beside their images, in one folder or in one for each part. What the XML files hold is in vocXml.ts.

import { basename, extname, join, relative, resolve } from "node:path";
import { readText } from "../../files/text.js";
import { InputError } from "../../inputError.js";
import { counted } from "../../text/format.js";
import type { Part, Splits } from "../dataset.js";
import { filesBelow, imagesIn } from "./folders.js";
import { ImageNames } from "./imageNames.js";
import { type MarkedFiles, type MarkedImage, readMarked } from "./marks.js";
import { type Found, folderNamed, partFolders, withImages } from "./partFolders.js";
import { aboutOthers, listedPart, type PartLists, partLists } from "./partLists.js";
import { ofImageFiles, type Reader, type ReadOptions } from "./reader.js";
import { requireTrain } from "./roles.js";
import { parseVoc } from "./vocXml.js";

/** Bytes of an annotation: some 10,000 boxes. */
const MOST = 4 * 1024 * 1024;

/** The folders of images and of annotations; one when they lie beside each other. */
interface Pair {
  readonly images: string;
  readonly annotations: string;
}

const isXml = (file: string) => /\.xml$/i.test(file);
const xmlIn = async (path: string) => (await filesBelow(path)).filter(isXml);

/** The folders of images and annotations in a folder, if it has both. */
async function pairIn(path: string): Promise<Pair | undefined> {
  const annotations = await folderNamed(path, ["annotations"]);
  const images = await folderNamed(path, ["jpegimages", "images"]);
  const found = annotations !== undefined && images !== undefined;
  return found && (await xmlIn(annotations)).length > 0 ? { images, annotations } : undefined;
}

/** The folders of each part; without parts the whole folder is for training. */
async function pairsOf(path: string, entries: readonly string[]): Promise<Found<Pair>> {
  const whole = await pairIn(path);
  if (whole) return { train: whole };
  if (entries.some(isXml)) return { train: { images: path, annotations: path } };
  const pairs: Found<Pair> = {};
  for (const [part, folder] of Object.entries(await partFolders(path)) as [Part, string][]) {
    const pair = await pairIn(folder);
    if (pair) pairs[part] = pair;
    else if ((await xmlIn(folder)).length > 0)
      pairs[part] = { images: folder, annotations: folder };
  }
  return pairs;
}

const keyOf = (file: string, folder: string) =>
  relative(folder, file).slice(0, -extname(file).length);

/** An image and the file that tells of it. */
interface Annotated {
  readonly image: string;
  readonly xml: string;
}

/** What lies in a pair of folders: annotated images, and files of others. */
interface Annotations {
  readonly annotated: readonly Annotated[];
  readonly bare: readonly string[];
}

/** Images and annotations of the same name, and images without one; refuses an annotation without an image. */
async function annotatedIn({ images, annotations }: Pair): Promise<Annotations> {
  const found = await imagesIn(images);
  const imageOf = new Map(found.images.map((file) => [keyOf(file, images), file]));
  const annotated: Annotated[] = [];
  for (const xml of await xmlIn(annotations)) {
    const key = keyOf(xml, annotations);
    const image = imageOf.get(key);
    if (!image) throw new InputError(`${xml}: there is no image of this name in ${images}`);
    imageOf.delete(key);
    annotated.push({ image: resolve(image), xml });
  }
  return { annotated, bare: [...imageOf.values()] };
}

function exampleOf({ image, xml }: Annotated): MarkedImage {
  const { marks, size } = parseVoc(readText(xml, MOST), xml);
  return { image, marks, ...(size && { said: { ...size, source: xml } }) };
}

/** Images by the part that lists name them for; refuses names of images that nobody has annotated. */
function byLists({ annotated, bare }: Annotations, lists: PartLists): Found<Annotated[]> {
  const lonely = bare.map((file) => lists.listed.get(resolve(file))).find((one) => one);
  if (lonely) {
    throw new InputError(
      `${lonely.source} names "${lonely.name}", of which there is no annotation`,
    );
  }
  const parts: Found<Annotated[]> = {};
  for (const one of annotated) {
    const part = listedPart(lists, one.image);
    if (part === undefined) continue;
    parts[part] ??= [];
    parts[part].push(one);
  }
  return parts;
}

/** The lists of a folder without parts. */
function listsOf(path: string, folder: string, { annotated, bare }: Annotations) {
  const files = [...annotated.map(({ image }) => image), ...bare.map((file) => resolve(file))];
  const images = new ImageNames(folder, files);
  return partLists(join(path, "ImageSets", "Main"), images) ?? partLists(path, images);
}

/** Annotated images of each part; `notes` say which images are left out. */
async function partsOf(path: string, pairs: Found<Pair>, notes: string[]) {
  const isWhole = Object.keys(pairs).length === 1 && pairs.train !== undefined;
  const parts: Found<Annotated[]> = {};
  for (const [part, pair] of Object.entries(pairs) as [Part, Pair][]) {
    const found = await annotatedIn(pair);
    const lists = isWhole ? listsOf(path, pair.images, found) : undefined;
    Object.assign(parts, lists ? byLists(found, lists) : { [part]: found.annotated });
    const unlisted = lists ? found.annotated.filter(({ image }) => !lists.listed.has(image)) : [];
    if (unlisted.length > 0) notes.push(`${path}: ${aboutOthers(lists!, unlisted.length)}`);
    if (found.bare.length > 0) {
      const bare = `${counted(found.bare.length, "image")} without an annotation`;
      notes.push(`left out of ${path}: ${bare}, as ${relative(path, found.bare[0])}`);
    }
  }
  return parts;
}

async function readFolder(
  path: string,
  entries: readonly string[],
  options: ReadOptions,
): Promise<Splits> {
  const notes: string[] = [];
  const annotated = await partsOf(path, await pairsOf(path, entries), notes);
  const parts: Found<MarkedFiles> = {};
  for (const [part, files] of Object.entries(annotated) as [Part, Annotated[]][]) {
    parts[part] = { examples: files.map(exampleOf) };
  }
  const present = requireTrain(withImages(parts, path, notes), options.known !== undefined, path);
  const name = options.name ?? basename(resolve(path));
  const splits = await readMarked(name, present, { kind: "boxes" }, path, options);
  return { ...splits, notes: [...notes, ...splits.notes!] };
}

/** A Pascal VOC data set. */
export const voc: Reader = {
  name: "voc",
  reads:
    "a Pascal VOC folder: Annotations/ (.xml) and JPEGImages/, perhaps ImageSets/Main/train.txt, val.txt, test.txt; or .xml files beside the images, perhaps in train/, val/, test/",
  heeds: [...ofImageFiles, "classes"],
  kinds: ["boxes"],
  matches: async ({ path, entries }) =>
    entries !== undefined && Object.keys(await pairsOf(path, entries)).length > 0,
  read: ({ path, entries }, options) => readFolder(path, entries!, options),
};
