// Images that a verb is given beside a run: a data set, or image files.

import { existsSync } from "node:fs";
import { isDataset, isImage, type Labels, listImages, type Splits } from "../data/index.js";
import type { Trained } from "../runs/index.js";
import { openData } from "../train/openData.js";
import type { Console } from "./console.js";
import { showReading } from "./reading.js";

/** What is said of a data set. */
interface NamedData {
  /** What its columns or arrays hold. */
  readonly columns?: Record<string, string>;
  /** Labels that are wanted; default those that it clearly has. */
  readonly kind?: Labels["kind"];
}

/** Whether the arguments name one data set. What is not there is one, and told as that, unless it looks like images. */
export async function nameData([only, ...others]: readonly string[]): Promise<boolean> {
  if (others.length > 0) return false;
  if (await isDataset(only)) return true;
  const [first] = existsSync(only) ? [] : await listImages([only]);
  return first === only && !isImage(only);
}

/** A data set, its images read as those of the run. */
export function openNamedData(
  { config }: Trained,
  data: string,
  { columns = {}, kind }: NamedData,
  console: Console,
): Promise<Splits> {
  // What classes, tags, groups and columns there are is a matter of the run's own data.
  const others = { classes: undefined, groupBy: undefined, oneOf: undefined };
  return openData(
    { ...config.settings, ...others, data, columns },
    { kind, onProgress: showReading(console.err) },
  );
}
