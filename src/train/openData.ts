// The data that settings name. A path says where to look, not what the data are: that is what a fingerprint tells.

import { existsSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import {
  checkSplits,
  type Labels,
  openDataset,
  type ReadingSettings,
  type ReadProgress,
  readClassNames,
  readingOf,
  type Splits,
  sources,
} from "../data/index.js";
import { InputError } from "../inputError.js";
import type { TrainConfig } from "./config.js";

/** Settings that say what data to read and how. */
export type DataSettings = Pick<
  TrainConfig,
  "data" | "columns" | "classes" | "oneOf" | "groupBy" | keyof ReadingSettings
>;

/** Where and for whom data are opened. */
export interface OpenDataOptions {
  /** Folder that relative paths are seen from; default the current one. */
  readonly from?: string;
  /** Labels that are wanted; default those that the data clearly have. */
  readonly kind?: Labels["kind"];
  /** Classes of the net that the data are for, when nothing is learned from them. */
  readonly known?: readonly string[];
  /** What to do where data that were there before are not there any more. */
  readonly moved?: string;
  /** Hears the labels before image files are decoded, where they are known by then; may refuse. */
  readonly onLabels?: (labels: Labels) => void;
  /** Hears how far reading has come. */
  readonly onProgress?: (progress: ReadProgress) => void;
}

/** A path as seen from a folder; unchanged where that makes no difference. */
export function pathFrom(from: string | undefined, path: string): string {
  if (from === undefined || isAbsolute(path)) return path;
  const seen = resolve(from, path);
  return seen === resolve(path) ? path : seen;
}

/** Whether data go by a name of their own. */
export const isSource = (data: string): boolean => sources.some(({ name }) => name === data);

/**
 * Opens and checks the data that settings name.
 *
 * @throws InputError for data that cannot be used.
 */
export async function openData(
  settings: DataSettings,
  { from, kind, known, moved, onLabels, onProgress }: OpenDataOptions = {},
): Promise<Splits> {
  const { data, columns, classes, oneOf, groupBy } = settings;
  const names = classes === undefined ? undefined : await readClassNames(pathFrom(from, classes));
  const path = isSource(data) ? data : pathFrom(from, data);
  if (moved !== undefined && !isSource(data) && !existsSync(path)) {
    throw new InputError(`${path}: the data of the run are not there any more; ${moved}`);
  }
  return checkSplits(
    await openDataset(path, {
      ...readingOf(settings),
      ...{ columns, classes: names, oneOf, groupBy, kind, onLabels, onProgress },
      // What a net gives that learned from images alone are no classes.
      ...(kind !== "none" && { known }),
    }),
  );
}
