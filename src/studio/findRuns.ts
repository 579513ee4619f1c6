// Which run folders and which studies lie in a folder, however deep.

import { createHash } from "node:crypto";
import { type Dirent, readdirSync, realpathSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import { runFiles, WEIGHTS_FOLDER } from "../runs/index.js";
import { searchFiles } from "../study/index.js";

/** A run folder, or that of a study. */
export interface FoundRun {
  /** Names it in requests: made of its path, from which nobody makes a path again. */
  readonly id: string;
  /** Its path below the folder that is shown, with `/`; that folder's own name where it is the run. */
  readonly path: string;
  readonly folder: string;
}

/** Folders that are looked into at most. */
const MOST_FOLDERS = 20_000;

const idOf = (path: string) => createHash("sha256").update(path).digest("hex").slice(0, 16);

/** What lies in a folder; nothing where it cannot be read. */
function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

const has = (entries: readonly Dirent[], name: string, folder = false) =>
  entries.some((each) => each.name === name && (folder ? each.isDirectory() : each.isFile()));

/** Whether entries are those of a run folder: other programs have a config.json, too. */
const isRun = (entries: readonly Dirent[]): boolean =>
  has(entries, runFiles.config) &&
  (has(entries, runFiles.metrics) || has(entries, WEIGHTS_FOLDER, true));

/** Whether entries are those of a search of settings. */
const isSearch = (entries: readonly Dirent[]): boolean =>
  has(entries, searchFiles.plan) && has(entries, searchFiles.trials);

/** Hidden folders and those of packages hold no runs. */
const isSearched = (entry: Dirent) =>
  entry.isDirectory() && !entry.name.startsWith(".") && entry.name !== "node_modules";

/** Folders of a kind in a folder, nearest first. Links are not followed, and none is looked into further. */
function findFolders(root: string, isWanted: (entries: readonly Dirent[]) => boolean): FoundRun[] {
  const found: FoundRun[] = [];
  const waiting = [""];
  for (let at = 0; at < waiting.length && at < MOST_FOLDERS; at++) {
    const path = waiting[at];
    const folder = join(root, path);
    const entries = entriesOf(folder);
    if (isWanted(entries)) found.push({ id: idOf(path), path: path || basename(root), folder });
    else {
      const inner = entries.filter(isSearched).map(({ name }) => (path ? `${path}/${name}` : name));
      waiting.push(...inner.sort());
    }
  }
  return found;
}

/**
 * All run folders in a folder, nearest first. Links are not followed.
 *
 * @param root as `realpath` tells it
 */
export const findRuns = (root: string): FoundRun[] => findFolders(root, isRun);

/** All searches of settings in a folder, as {@link findRuns}. */
export const findStudies = (root: string): FoundRun[] => findFolders(root, isSearch);

/** The id of the run in a folder. */
export const runIdOf = (root: string, folder: string): string =>
  idOf(relative(root, folder).replaceAll(sep, "/"));

/** Whether a run's folder is still where it was found, and no link. */
export function isInPlace({ folder }: FoundRun): boolean {
  try {
    return realpathSync(folder) === folder;
  } catch {
    return false;
  }
}
