// A folder of images with a folder for each class: `train/<class>/...`, `val/<class>/...` and
// `test/<class>/...`, of which the last two may be missing, or the classes alone.

import { basename, dirname, join, relative, resolve } from "node:path";
import { InputError } from "../../inputError.js";
import { counted } from "../../text/format.js";
import { suggestion } from "../../text/words.js";
import type { Part, Splits } from "../dataset.js";
import { type ClassList, listClasses } from "./classNames.js";
import { coco } from "./coco.js";
import { imagesIn, type Listing, listFolder } from "./folders.js";
import { type ImageFiles, isImage, readImages } from "./imageFiles.js";
import { maskFolder } from "./maskFolder.js";
import {
  groupNumbers,
  ofImageFiles,
  type Reader,
  type ReadOptions,
  type WrongFile,
} from "./reader.js";
import { PARTS, partOf, requireTrain } from "./roles.js";
import { voc } from "./voc.js";
import { yolo } from "./yolo.js";

/** The folder of each part, and what else there is to say. */
interface Layout {
  readonly parts: Readonly<Partial<Record<Part, string>>>;
  readonly notes: readonly string[];
  readonly wrong: readonly WrongFile[];
}

const list = (names: readonly string[]) => names.map((name) => `${name}/`).join(", ");

/** Folders of parts; without any the folder itself is the training part. */
async function layoutOf(path: string): Promise<Layout> {
  const { folders, own, wrong, files } = await listFolder(path);
  const notes = own.length > 0 ? [`left out of ${path}: ${list(own)}, which hold runs`] : [];
  const named = folders.filter((name) => partOf(name) !== undefined);
  if (named.length === 0) return { parts: { train: path }, notes, wrong };
  const parts: Partial<Record<Part, string>> = {};
  for (const name of named) {
    const part = partOf(name)!;
    if (parts[part] !== undefined) {
      throw new InputError(
        `${path}: ${basename(parts[part])}/ and ${name}/ are both names of one part; remove or rename one`,
      );
    }
    parts[part] = join(path, name);
  }
  const others = folders.filter((name) => !named.includes(name));
  if (others.length > 0) {
    notes.push(`left out of ${path}: ${list(others)}; no names of parts (train, val, test)`);
  }
  const loose = files.filter(isImage).length;
  if (loose > 0) notes.push(`left out of ${path}: ${counted(loose, "image")} in no part`);
  return { parts, notes, wrong };
}

/** The images of the class folders of a part. */
interface FoundPart {
  readonly listing: Listing;
  readonly files: readonly { readonly path: string; readonly folder: string }[];
  readonly notes: readonly string[];
  readonly wrong: readonly WrongFile[];
}

async function findPart(path: string): Promise<FoundPart> {
  const listing = await listFolder(path);
  const wrong: WrongFile[] = [...listing.wrong];
  const files: { path: string; folder: string }[] = [];
  const others = new Map<string, number>();
  for (const folder of listing.folders) {
    const found = await imagesIn(join(path, folder));
    if (found.images.length === 0) {
      wrong.push({ path: join(path, folder), reason: "a class folder without images" });
    }
    for (const image of found.images) files.push({ path: image, folder });
    for (const [ending, count] of found.others) {
      others.set(ending, (others.get(ending) ?? 0) + count);
    }
  }
  const loose = listing.files.filter(isImage).length;
  const notes = [
    ...(loose > 0 ? [`left out of ${path}: ${counted(loose, "image")} in no class folder`] : []),
    ...(others.size > 0
      ? [
          `left out of ${path}: ${[...others].map(([ending, count]) => `${count} ${ending}`).join(", ")}`,
        ]
      : []),
  ];
  return { listing, files, notes, wrong };
}

/** Files, labels and groups of a part. */
function filesOf(
  { listing, files }: FoundPart,
  path: string,
  { classes, numberOf }: ClassList,
  numbers: ReturnType<typeof groupNumbers> | undefined,
): ImageFiles {
  for (const folder of listing.folders) {
    if (numberOf(folder) !== undefined) continue;
    throw new InputError(
      `${join(path, folder)}: no such class in the training data${suggestion(folder, classes)}; ` +
        `it has ${classes.join(", ")}`,
    );
  }
  const of = Int32Array.from(files, ({ folder }) => numberOf(folder)!);
  return {
    paths: files.map((file) => file.path),
    labels: { kind: "class", of, classes },
    ...numbers?.(files.map((file) => relative(path, dirname(file.path)))),
  };
}

/** Where the data may really lie, when a folder holds but one other. */
async function hint(path: string, { folders, files }: Listing): Promise<string> {
  const tables = files.filter((name) => /\.csv$/i.test(name));
  if (tables.length > 0) return `; the table of its images may be ${join(path, tables[0])}`;
  if (folders.length !== 1) return "";
  const inner = join(path, folders[0]);
  const { folders: deeper } = await listFolder(inner);
  return deeper.length > 1 ? `; do you mean ${inner}?` : "";
}

/** Classes of the training part. */
async function classesOf({ listing }: FoundPart, path: string, options: ReadOptions) {
  try {
    return listClasses(listing.folders, options, path);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(error.message + (await hint(path, listing)));
  }
}

/** Readers of folders whose own folders are no classes. */
const others: readonly Reader[] = [maskFolder, yolo, voc, coco];

/** A folder of class folders, decoded to squares. */
export const imageFolder: Reader = {
  name: "image folder",
  reads:
    "a folder with train/<class>/ and perhaps val/<class>/ and test/<class>/, or with <class>/",
  heeds: [...ofImageFiles, "groupBy", "classes"],
  kinds: ["class"],
  matches: async (location) => {
    if (location.entries === undefined) return false;
    const { folders, wrong } = await listFolder(location.path);
    if (folders.length + wrong.length === 0) return false;
    for (const other of others) if (await other.matches(location)) return false;
    return true;
  },
  async read({ path }, options): Promise<Splits> {
    const layout = await layoutOf(path);
    const folders = requireTrain(layout.parts, options.known !== undefined, path);
    const notes = [...layout.notes];
    const wrong = [...layout.wrong];
    const train = await findPart(folders.train);
    if (train.files.length === 0) {
      const found = train.notes.length > 0 ? `; ${train.notes.join("; ")}` : "";
      throw new InputError(`${folders.train}: no image in ${list(train.listing.folders)}${found}`);
    }
    const names = await classesOf(train, folders.train, options);
    const numbers = options.groupBy && groupNumbers();
    const parts: Partial<Record<Part, ImageFiles>> = {};
    for (const part of PARTS) {
      const folder = folders[part];
      if (folder === undefined) continue;
      const found = part === "train" ? train : await findPart(folder);
      notes.push(...found.notes);
      if (part !== "train" && found.listing.folders.length === 0) {
        notes.push(`${folder} holds no class folders: it is not used`);
        continue;
      }
      for (const file of found.wrong) wrong.push(file);
      parts[part] = filesOf(found, folder, names, numbers);
    }
    const name = options.name ?? basename(resolve(path));
    return readImages({ name, ...parts, train: parts.train!, notes }, options, wrong);
  },
};
