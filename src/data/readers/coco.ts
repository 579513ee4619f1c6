// COCO data sets: annotations/instances_train2017.json beside train2017/, as COCO has them; train/_annotations.coco.json
// among the images, as Roboflow has them; result.json beside images/, as Label Studio has them; or one JSON file with its
// images beside or below it. What the files hold is in cocoJson.ts, outlines.ts makes masks of them.

import { stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { InputError } from "../../inputError.js";
import { counted } from "../../text/format.js";
import type { Splits } from "../dataset.js";
import { type CocoImage, readCoco } from "./cocoJson.js";
import { imagesIn, listFolder } from "./folders.js";
import { type MarkedFiles, readMarked } from "./marks.js";
import { MASKS, readOutlined } from "./outlines.js";
import { type Found, folderNamed, partFolders, withImages } from "./partFolders.js";
import { type Location, ofImageFiles, type Reader, type ReadOptions } from "./reader.js";
import { PARTS, partOfYear, requireTrain } from "./roles.js";

/** The annotation file of a part, and folders in which its images may lie, the likeliest first. */
interface Annotations {
  readonly path: string;
  readonly folders: readonly string[];
}

const ROBOFLOW = "_annotations.coco.json";
const LABEL_STUDIO = "result.json";
/** What is left of `instances_train2017.json` is the name of a part. */
const titleOf = (file: string) => /^(?:instances[_-])?(.+)\.json$/i.exec(file)?.[1];

/** Folders in which the images of annotations/TITLE.json may lie. */
function foldersOf(path: string, title: string): string[] {
  const images = join(path, "images");
  return [join(path, title), join(images, title), images, path];
}

/** The files in annotations/. One file alone is for training, whatever its name. */
async function inAnnotations(path: string): Promise<Found<Annotations>> {
  const folder = await folderNamed(path, ["annotations"]);
  if (folder === undefined) return {};
  const files = (await listFolder(folder)).files.filter((file) => /\.json$/i.test(file));
  const parts: Found<Annotations> = {};
  for (const file of files) {
    const title = titleOf(file)!;
    const part = partOfYear(title) ?? (files.length === 1 ? "train" : undefined);
    if (part === undefined) continue;
    const twin = parts[part]?.path;
    if (twin !== undefined) {
      throw new InputError(`${folder}: ${basename(twin)} and ${file} are both names of one part`);
    }
    parts[part] = { path: join(folder, file), folders: foldersOf(path, title) };
  }
  return parts;
}

/** The annotation files of a folder by part. */
async function annotationsIn(path: string): Promise<Found<Annotations>> {
  const found = await inAnnotations(path);
  if (Object.keys(found).length > 0) return found;
  const among = async (folder: string, name = ROBOFLOW): Promise<Annotations | undefined> => {
    const file = join(folder, name);
    const there = (await stat(file).catch(() => undefined))?.isFile();
    return there ? { path: file, folders: [folder] } : undefined;
  };
  const apart = (await folderNamed(path, ["images"])) !== undefined;
  const whole = (await among(path)) ?? (apart ? await among(path, LABEL_STUDIO) : undefined);
  if (whole) return { train: whole };
  const folders = await partFolders(path);
  const parts: Found<Annotations> = {};
  for (const part of PARTS) {
    const own = folders[part] && (await among(folders[part]));
    if (own) parts[part] = own;
  }
  return parts;
}

/** Finds image files of a folder: where they are expected, else by their names anywhere below it. */
class Finder {
  private readonly files: ReadonlySet<string>;
  private readonly byName = new Map<string, string[]>();
  private readonly used = new Set<string>();

  constructor(
    private readonly root: string,
    files: readonly string[],
  ) {
    this.files = new Set(files.map((file) => resolve(file)));
    for (const file of this.files) {
      const name = basename(file);
      this.byName.set(name, [...(this.byName.get(name) ?? []), file]);
    }
  }

  find({ file, source }: CocoImage, folders: readonly string[]): string {
    const expected = folders.map((folder) => resolve(folder, file));
    const there = expected.find((path) => this.files.has(path));
    // Paths may be those of Windows.
    const named = this.byName.get(file.split(/[\\/]/).at(-1)!) ?? [];
    const found = there ?? (named.length === 1 ? named[0] : undefined);
    if (found !== undefined) {
      this.used.add(found);
      return found;
    }
    const where =
      named.length === 0
        ? `which is not in ${this.root} or below it`
        : `of which there are several, as ${named[0]} and ${named[1]}`;
    throw new InputError(`${source} has the file "${file}", ${where}`);
  }

  /** Images that nobody asked for. */
  left(): string[] {
    return [...this.files].filter((file) => !this.used.has(file));
  }
}

/** The images of a part with their marks; refuses two that have one file. */
function filesOf(
  { images }: { images: readonly CocoImage[] },
  folders: readonly string[],
  finder: Finder,
) {
  const sourceOf = new Map<string, string>();
  return images.map((image) => {
    const { source, size, marks } = image;
    const path = finder.find(image, folders);
    const twin = sourceOf.get(path);
    if (twin !== undefined) throw new InputError(`${source} has the same file as ${twin}: ${path}`);
    sourceOf.set(path, source);
    return { image: path, marks, ...(size && { said: { ...size, source } }) };
  });
}

/** Where images may lie and which files tell of them. A file by itself is for training. */
async function layoutOf({
  path,
  entries,
}: Location): Promise<{ root: string; found: Found<Annotations> }> {
  if (entries) return { root: path, found: await annotationsIn(path) };
  const folder = dirname(resolve(path));
  const isApart = /^annotations$/i.test(basename(folder));
  const root = isApart ? dirname(folder) : folder;
  const folders = [folder, ...foldersOf(root, titleOf(basename(path)) ?? "")];
  return { root, found: { train: { path, folders } } };
}

async function readLocation(location: Location, options: ReadOptions): Promise<Splits> {
  const { root, found } = await layoutOf(location);
  const finder = new Finder(root, (await imagesIn(root)).images);
  const parts: Found<MarkedFiles> = {};
  const notes: string[] = [];
  let classes: readonly string[] | undefined;
  for (const part of PARTS) {
    if (!found[part]) continue;
    const { path, folders } = found[part];
    const file = readCoco(path, options);
    if (part === "train") classes = file.classes;
    parts[part] = { examples: filesOf(file, folders, finder) };
    notes.push(`${part}: images and annotations are those of ${path}`);
    if (options.kind === undefined && file.outlined > 0) {
      notes.push(
        `${part}: ${counted(file.outlined, "box has", "boxes have")} outlines too: ${MASKS}`,
      );
    }
  }
  const left = finder.left();
  if (left.length > 0) {
    const unnamed = `that no annotation file names, as ${relative(root, left[0])}`;
    notes.push(`left out of ${root}: ${counted(left.length, "image")} ${unnamed}`);
  }
  const present = requireTrain(
    withImages(parts, location.path, notes),
    options.known !== undefined,
    location.path,
  );
  const name = options.name ?? basename(resolve(location.path), ".json");
  const format = { kind: "boxes", ...(classes && { classes }) } as const;
  const read = options.kind === "mask" ? readOutlined : readMarked;
  const splits = await read(name, present, format, location.path, options);
  return { ...splits, notes: [...notes, ...splits.notes!] };
}

/** A COCO data set. */
export const coco: Reader = {
  name: "coco",
  reads:
    "COCO annotations: annotations/instances_train.json (perhaps with a year, and val, test) and images; train/_annotations.coco.json among its images; result.json beside images/; or one .json file, its images beside or below it",
  heeds: [...ofImageFiles, "classes"],
  kinds: ["boxes", "mask"],
  matches: async ({ path, entries }) =>
    entries === undefined
      ? /\.json$/i.test(path)
      : Object.keys(await annotationsIn(path)).length > 0,
  read: readLocation,
};
