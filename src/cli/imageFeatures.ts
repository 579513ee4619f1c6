// Features of image files, for verbs that take such.

import { featuresOfFiles, type Trained } from "../runs/index.js";
import type { Console } from "./console.js";
import { tellUnusable } from "./imageArguments.js";

/** Features of the files that can be used: a row each, behind each other. */
export interface ImageFeatures {
  readonly files: readonly string[];
  /** [files, width]. */
  readonly of: Float32Array;
  readonly width: number;
}

/**
 * What a run's net makes of image files; those that cannot be used are told and left out.
 *
 * @throws InputError where none can be used.
 */
export async function imageFeatures(
  net: Trained,
  files: readonly string[],
  console: Console,
): Promise<ImageFeatures> {
  const rows: Float32Array[] = [];
  const usable: string[] = [];
  const unusable: string[] = [];
  for await (const { at, features, reason } of featuresOfFiles(net, files)) {
    if (features) {
      rows.push(features);
      usable.push(files[at]);
    } else unusable.push(`${files[at]}: ${reason}`);
  }
  tellUnusable(unusable, files.length, console);
  const width = rows[0].length;
  const of = new Float32Array(rows.length * width);
  for (const [at, row] of rows.entries()) of.set(row, at * width);
  return { files: usable, of, width };
}
