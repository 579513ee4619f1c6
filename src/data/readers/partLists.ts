// Lists of names in a folder, `train.txt`, `val.txt` and `test.txt`: they divide its images into parts.

import { join } from "node:path";
import { readLines } from "../../files/text.js";
import { InputError } from "../../inputError.js";
import { counted } from "../../text/format.js";
import type { Part } from "../dataset.js";
import type { ImageNames } from "./imageNames.js";
import { partOf } from "./roles.js";

/** The part that a list says an image belongs to, by which name, and where: `file: line 3`. */
export interface Listed {
  readonly part: Part;
  readonly name: string;
  readonly source: string;
}

/** What the lists of a folder say. */
export interface PartLists {
  /** By the file of the image. */
  readonly listed: ReadonlyMap<string, Listed>;
  /** The part of an image that no list names: training where no list is for it. */
  readonly others?: Part;
}

/**
 * The parts of images as the lists in a folder say; `undefined` without any list.
 *
 * @throws InputError for a list that cannot be read, a name that no image or more than one has, or one in two lists.
 */
export function partLists(folder: string, images: ImageNames): PartLists | undefined {
  const listed = new Map<string, Listed>();
  const lists = ["train", "val", "test"]
    .map((name) => ({ part: partOf(name)!, path: join(folder, `${name}.txt`) }))
    .map(({ part, path }) => ({ part, path, lines: readLines(path) }))
    .filter(({ lines }) => lines !== undefined);
  if (lists.length === 0) return undefined;
  for (const { part, path, lines } of lists) {
    for (const [at, line] of lines!.entries()) {
      const name = line.trim();
      if (name === "") continue;
      const source = `${path}: line ${at + 1}`;
      const file = images.find(name, source);
      if (file === undefined) {
        throw new InputError(`${source} names "${name}", of which there is no image`);
      }
      const twin = listed.get(file);
      if (twin !== undefined && twin.part !== part) {
        throw new InputError(`${source} names "${name}", which is listed for ${twin.part} too`);
      }
      listed.set(file, { part, name, source });
    }
  }
  return { listed, ...(!lists.some(({ part }) => part === "train") && { others: "train" }) };
}

/** The part of an image; `undefined` for one that is left out. */
export const listedPart = ({ listed, others }: PartLists, file: string): Part | undefined =>
  listed.get(file)?.part ?? others;

/** What becomes of images that no list names, in words. */
export function aboutOthers({ others }: PartLists, count: number): string {
  const images = `${counted(count, "image")} that no list names`;
  return others === undefined
    ? `left out are ${images}`
    : `there is no list for training: for it are ${images}`;
}
