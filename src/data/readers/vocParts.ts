// The parts of a Pascal VOC data set: images and the files that tell of them, by the lists of ImageSets/ or by folders.

import { extname, join, relative, resolve } from "node:path";
import { InputError } from "../../inputError.js";
import { counted } from "../../text/format.js";
import type { Part } from "../dataset.js";
import { filesBelow, imagesIn } from "./folders.js";
import { ImageNames } from "./imageNames.js";
import { type Found, folderNamed } from "./partFolders.js";
import { aboutOthers, listedPart, type PartLists, partLists } from "./partLists.js";

/** The folders of images and of files that tell of them; one when they lie beside each other. */
export interface Pair {
  readonly images: string;
  readonly annotations: string;
}

/** What kind of files tells of images. */
export interface AnnotationKind {
  /** For messages: `an annotation`. */
  readonly title: string;
  /** Name of the folder that holds them, in small letters. */
  readonly folder: string;
  /** The ending of the files. */
  readonly ending: RegExp;
  /** Name of the folder in ImageSets/ that holds their lists. */
  readonly lists: string;
}

/** An image and the file that tells of it. */
export interface Annotated {
  readonly image: string;
  readonly file: string;
}

/** What lies in a pair of folders: annotated images, and files of others. */
interface Annotations {
  readonly annotated: readonly Annotated[];
  readonly bare: readonly string[];
}

/** The files of a kind at any depth of a folder. */
export const annotationsIn = async (path: string, { ending }: AnnotationKind) =>
  (await filesBelow(path)).filter((file) => ending.test(file));

/** The folders of images and of files of a kind in a folder, if it has both. */
export async function pairIn(path: string, kind: AnnotationKind): Promise<Pair | undefined> {
  const annotations = await folderNamed(path, [kind.folder]);
  const images = await folderNamed(path, ["jpegimages", "images"]);
  const found = annotations !== undefined && images !== undefined;
  return found && (await annotationsIn(annotations, kind)).length > 0
    ? { images, annotations }
    : undefined;
}

const keyOf = (file: string, folder: string) =>
  relative(folder, file).slice(0, -extname(file).length);

/** Images and annotations of the same name, and images without one; refuses an annotation without an image. */
async function annotatedIn(
  { images, annotations }: Pair,
  kind: AnnotationKind,
): Promise<Annotations> {
  const found = await imagesIn(images);
  const imageOf = new Map(found.images.map((file) => [keyOf(file, images), file]));
  const annotated: Annotated[] = [];
  for (const file of await annotationsIn(annotations, kind)) {
    const key = keyOf(file, annotations);
    const image = imageOf.get(key);
    if (!image) throw new InputError(`${file}: there is no image of this name in ${images}`);
    imageOf.delete(key);
    annotated.push({ image: resolve(image), file });
  }
  return { annotated, bare: [...imageOf.values()] };
}

/** Images by the part that lists name them for; refuses names of images that nobody has annotated. */
function byLists(
  { annotated, bare }: Annotations,
  lists: PartLists,
  { title }: AnnotationKind,
): Found<Annotated[]> {
  const lonely = bare.map((file) => lists.listed.get(resolve(file))).find((one) => one);
  if (lonely) {
    const what = title.replace(/^an? /, "");
    throw new InputError(`${lonely.source} names "${lonely.name}", of which there is no ${what}`);
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
function listsOf(
  path: string,
  folder: string,
  { annotated, bare }: Annotations,
  { lists }: AnnotationKind,
) {
  const files = [...annotated.map(({ image }) => image), ...bare.map((file) => resolve(file))];
  const images = new ImageNames(folder, files);
  return partLists(join(path, "ImageSets", lists), images) ?? partLists(path, images);
}

/** Annotated images of each part; `notes` say which images are left out. */
export async function annotatedParts(
  path: string,
  pairs: Found<Pair>,
  kind: AnnotationKind,
  notes: string[],
): Promise<Found<Annotated[]>> {
  const isWhole = Object.keys(pairs).length === 1 && pairs.train !== undefined;
  const parts: Found<Annotated[]> = {};
  for (const [part, pair] of Object.entries(pairs) as [Part, Pair][]) {
    const found = await annotatedIn(pair, kind);
    const lists = isWhole ? listsOf(path, pair.images, found, kind) : undefined;
    Object.assign(parts, lists ? byLists(found, lists, kind) : { [part]: found.annotated });
    const unlisted = lists ? found.annotated.filter(({ image }) => !lists.listed.has(image)) : [];
    if (unlisted.length > 0) notes.push(`${path}: ${aboutOthers(lists!, unlisted.length)}`);
    if (found.bare.length > 0) {
      const bare = `${counted(found.bare.length, "image")} without ${kind.title}`;
      notes.push(`left out of ${path}: ${bare}, as ${relative(path, found.bare[0])}`);
    }
  }
  return parts;
}
