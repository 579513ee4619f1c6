// Folders in a folder, and what must not be taken for one of the data: Convoy's own, links that lead nowhere or back.

import { readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, extname, join, resolve, sep } from "node:path";
import { isImage } from "./imageFiles.js";
import type { WrongFile } from "./reader.js";

/** What lies in a folder. Hidden things are left out. */
export interface Listing {
  /** Names of the folders, in plain order; links to folders count. */
  readonly folders: readonly string[];
  /** Names of the files, in plain order. */
  readonly files: readonly string[];
  /** Names of folders that hold runs. */
  readonly own: readonly string[];
  /** What cannot be followed or named. */
  readonly wrong: readonly WrongFile[];
}

/** Whether a folder is another one or lies in it, by real paths. */
const liesIn = (folder: string, other: string) =>
  folder === other || folder.startsWith(other + sep);

/** What a run, comparison or tuning leaves in its folder. */
const MARKS = ["run.lock", "config.json", "plan.json"];
const RUN_PARTS = ["weights", "metrics.jsonl", "run.lock", "runs", "summary.json"];

const namesIn = (path: string) => readdir(path).catch((): string[] => []);

async function isRunFolder(path: string): Promise<boolean> {
  const names = await namesIn(path);
  const has = (list: readonly string[]) => list.some((name) => names.includes(name));
  return has(MARKS) && has(RUN_PARTS) && !names.some(isImage);
}

/** Whether a folder is a run's, or holds runs and nothing but folders. */
async function isOwn(path: string): Promise<boolean> {
  if (await isRunFolder(path)) return true;
  const names = await namesIn(path);
  const runs = await Promise.all(names.map((name) => isRunFolder(join(path, name))));
  return runs.includes(true) && !names.some(isImage);
}

/** Why a name stands for nothing that can be read; `undefined` for a folder or a file. */
async function kindOf(parent: string, name: string): Promise<"folder" | "file" | WrongFile> {
  const path = join(parent, name);
  if (name.includes("\uFFFD")) return { path, reason: "its name is not UTF-8; rename it" };
  const found = await stat(path).catch(() => undefined);
  if (!found) return { path, reason: "a link that leads nowhere; mend or remove it" };
  if (!found.isDirectory()) return "file";
  const [target, home] = await Promise.all([realpath(path), realpath(parent)]);
  return liesIn(home, target)
    ? { path, reason: "a link to a folder that it lies in; remove it" }
    : "folder";
}

/** Lists a folder. */
export async function listFolder(path: string): Promise<Listing> {
  const names = (await readdir(path)).filter((name) => !name.startsWith(".")).sort();
  const kinds = await Promise.all(names.map((name) => kindOf(path, name)));
  const folders = names.filter((_, at) => kinds[at] === "folder");
  const owned = await Promise.all(folders.map((name) => isOwn(join(path, name))));
  return {
    folders: folders.filter((_, at) => !owned[at]),
    files: names.filter((_, at) => kinds[at] === "file"),
    own: folders.filter((_, at) => owned[at]),
    wrong: kinds.filter((kind) => typeof kind !== "string"),
  };
}

/** A folder's real path and those of the folders that it lies in; of a link that leads back, where it leads alone. */
async function foldersAbove(path: string): Promise<string[]> {
  const [real, home] = await Promise.all([realpath(path), realpath(dirname(resolve(path)))]);
  return [real, ...(liesIn(home, real) ? [] : [home])].flatMap((way) => {
    const parts = way.split(sep);
    return parts.map((_, at) => parts.slice(0, at + 1).join(sep) || sep);
  });
}

/** Adds the files of a folder and those below it; `above` are the real paths of it and of the folders that it lies in. */
async function addFiles(path: string, above: readonly string[], found: string[]): Promise<void> {
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.name.startsWith(".")) continue;
    const own = join(path, entry.name);
    const about = entry.isSymbolicLink() ? await stat(own).catch(() => undefined) : entry;
    if (!about?.isDirectory()) {
      found.push(own);
      continue;
    }
    const real = await realpath(own);
    if (!above.includes(real)) await addFiles(own, [...above, real], found);
  }
}

/**
 * Files of a folder at any depth, by their paths in plain order. Links to folders count, but for those that lead back to
 * a folder that they lie in, be it above this one. Hidden things are left out.
 */
export async function filesBelow(path: string): Promise<string[]> {
  const found: string[] = [];
  await addFiles(path, await foldersAbove(path), found);
  return found.sort();
}

/** Image files at any depth in plain order, and how many others there are by their endings. */
export async function imagesIn(path: string) {
  const files = await filesBelow(path);
  const others = new Map<string, number>();
  for (const file of files.filter((name) => !isImage(basename(name)))) {
    const ending = extname(file).toLowerCase() || "no ending";
    others.set(ending, (others.get(ending) ?? 0) + 1);
  }
  return { images: files.filter((file) => isImage(basename(file))), others };
}
