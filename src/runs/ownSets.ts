// The images that a finished run learned from and chose its best epoch by, drawn again.

import { resolve } from "node:path";
import { type Drawn, draw, type ReadProgress } from "../data/index.js";
import { InputError } from "../inputError.js";
import { dataDifference, fingerprint } from "../train/fingerprint.js";
import { isSource, openData } from "../train/openData.js";
import type { Trained } from "./trained.js";

/** Where the data of a run are by now. */
export interface OwnSetsOptions {
  /** Where they have been moved to; default where they were. */
  readonly data?: string;
  /** What to do where they are not there any more. */
  readonly moved?: string;
  readonly onProgress?: (progress: ReadProgress) => void;
}

/**
 * The sets of a run.
 *
 * @throws InputError for data that are not there, or are others than those of the run.
 */
export async function ownSets(
  { config, info, task }: Trained,
  { data, moved, onProgress }: OwnSetsOptions = {},
): Promise<Drawn> {
  const { settings, startedIn: from } = config;
  const found = data === undefined ? {} : { data: isSource(data) ? data : resolve(data) };
  const splits = await openData(
    { ...settings, ...found },
    {
      ...{ from, kind: task.labels, known: info.names, onProgress },
      ...(data === undefined && { moved }),
    },
  );
  const difference = dataDifference(config.data, fingerprint(splits));
  if (difference) throw new InputError(`the run was made with other data: ${difference}`);
  return draw(splits, settings);
}
