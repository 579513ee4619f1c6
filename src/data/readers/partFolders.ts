// Folders of annotated images: which of them hold parts, and what is said of parts that hold nothing.

import { basename, join } from "node:path";
import { InputError } from "../../inputError.js";
import type { Part } from "../dataset.js";
import { listFolder } from "./folders.js";
import { PARTS, partOfYear } from "./roles.js";

/** Something of each part that there is. */
export type Found<T> = Partial<Record<Part, T>>;

/**
 * The folders in a folder whose names are those of parts; refuses two of one part.
 *
 * @param titleOf what in the name of a folder is that of a part; default all of it
 */
export async function partFolders(
  path: string,
  titleOf = (folder: string) => folder,
): Promise<Found<string>> {
  const parts: Found<string> = {};
  for (const name of (await listFolder(path)).folders) {
    const part = partOfYear(titleOf(name));
    if (part === undefined) continue;
    const twin = parts[part];
    if (twin !== undefined) {
      throw new InputError(
        `${path}: ${basename(twin)}/ and ${name}/ are both names of one part; remove or rename one`,
      );
    }
    parts[part] = join(path, name);
  }
  return parts;
}

/** The folder in a folder that has one of the given names, in any letter case. */
export async function folderNamed(
  path: string,
  names: readonly string[],
): Promise<string | undefined> {
  const { folders } = await listFolder(path);
  const found = folders.find((name) => names.includes(name.toLowerCase()));
  return found === undefined ? undefined : join(path, found);
}

/**
 * The parts that have images; the others are left out, and `notes` say so.
 *
 * @throws InputError when no part has any.
 */
export function withImages<T extends { readonly examples: readonly unknown[] }>(
  parts: Found<T>,
  source: string,
  notes: string[],
): Found<T> {
  const empty = PARTS.filter((part) => parts[part]?.examples.length === 0);
  const full = PARTS.filter((part) => (parts[part]?.examples.length ?? 0) > 0);
  if (full.length === 0) throw new InputError(`${source}: found no images that are annotated`);
  for (const part of empty) notes.push(`${source}: the part ${part} has no images: it is not used`);
  return Object.fromEntries(full.map((part) => [part, parts[part]])) as Found<T>;
}
