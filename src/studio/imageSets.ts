// Images that somebody drops into the page: a folder for each class, as `convoy train` reads them.

import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, realpathSync, renameSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { writeError } from "../files/errors.js";
import { InputError } from "../inputError.js";

/** Folder of all sets, in the folder that is shown. */
const SETS = "images";

/** What image files begin with, and how they are named. */
const formats: readonly (readonly [ending: string, begins: RegExp])[] = [
  ["png", /^\x89PNG/],
  ["jpg", /^\xff\xd8\xff/],
  ["webp", /^RIFF.{4}WEBP/s],
];

/** Bytes that tell a format. */
const HEAD = 12;

/** Letters of a name at most: file systems have bounds. */
const MOST_LETTERS = 60;

/**
 * A name that becomes that of a folder.
 *
 * @param of what it names, for messages
 * @throws InputError for one that would lead elsewhere, be hidden, or cannot be written.
 */
function folderName(of: string, name: string): string {
  const plain = name.normalize("NFC").trim();
  const isUsable =
    plain !== "" && [...plain].length <= MOST_LETTERS && !/^\.|[/\\\p{Cc}]/u.test(plain);
  if (isUsable) return plain;
  throw new InputError(
    `${of} is called ${JSON.stringify(name)}; expected 1 to ${MOST_LETTERS} letters, no dot in front, and no slashes`,
  );
}

/** The ending of an image file by what it begins with. */
function endingOf(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.subarray(0, HEAD)).toString("latin1");
  const [ending] = formats.find(([, begins]) => begins.test(head)) ?? [];
  if (ending) return ending;
  throw new InputError("the file is no PNG, JPEG or WebP image");
}

/** Makes folders below one, each of which must be one and no link. */
function makeInPlace(root: string, path: string): void {
  let folder = root;
  for (const name of path.split(sep)) {
    folder = join(folder, name);
    const found = lstatSync(folder, { throwIfNoEntry: false });
    if (!found) mkdirSync(folder);
    else if (!found.isDirectory()) {
      throw new InputError(`${folder} is no folder of its own; expected one, and no link`);
    }
  }
}

/** The sets of a folder. */
export class ImageSets {
  /** @param root as `realpath` tells it */
  constructor(private readonly root: string) {}

  /** The folder of a set, whether it is there or not. */
  folder(set: string): string {
    return join(this.root, SETS, folderName("the set", set));
  }

  /** Whether a path lies in one of the sets, links followed. */
  holds(path: string): boolean {
    if (!statSync(path, { throwIfNoEntry: false })) return false;
    return realpathSync(path).startsWith(join(this.root, SETS) + sep);
  }

  /**
   * Brings an image of a set to another class.
   *
   * @param path of the file
   * @throws InputError for a file that is none of a set's, and a name that cannot be that of a class.
   */
  move(path: string, name: string): void {
    const folder = join(dirname(dirname(path)), folderName("the class", name));
    const isFile = lstatSync(path, { throwIfNoEntry: false })?.isFile();
    if (!isFile || !this.holds(path)) {
      throw new InputError(`${path} is not there any more; its label may have been changed before`);
    }
    try {
      makeInPlace(this.root, relative(this.root, folder));
      renameSync(path, join(folder, basename(path)));
    } catch (error) {
      throw writeError(path, error);
    }
  }

  /**
   * Keeps an image of a class. It is named after what it holds, so that one that is there already is kept once.
   *
   * @throws InputError for names that cannot be folders, and files that are no images.
   */
  add(set: string, name: string, bytes: Uint8Array): void {
    const folder = join(this.folder(set), "train", folderName("the class", name));
    const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 20);
    const path = join(folder, `${hash}.${endingOf(bytes)}`);
    try {
      makeInPlace(this.root, relative(this.root, folder));
      writeFileSync(path, bytes, { flag: "wx" });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw writeError(path, error);
    }
  }
}
