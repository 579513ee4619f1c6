// A model with all its numbers, on no engine.

import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../inputError.js";
import type { Model } from "../models/index.js";
import { netOf } from "../nn/index.js";
import { modelOf } from "../train/modelOf.js";
import { readWeights, vectorOf } from "../train/weights.js";
import { runFiles } from "./runFiles.js";
import { openTrained } from "./trained.js";

/** A model, and the vector of all its parameters. */
export interface Weighed {
  readonly model: Model;
  /** Of the length of the layout that the model's nets have. */
  readonly w: Float32Array;
  /** Bytes of the file that it comes from. */
  readonly bytes: number;
}

/**
 * Reads the best weights of a run, or a weights file, and lays out the model that they belong to.
 *
 * @throws InputError when there is no such file, and for a file of an ensemble, whose run says how it answers;
 * FormatError for a damaged file, and one of no known architecture.
 * @example
 * const { model, w } = await openWeighed("runs/a");
 * [model.name, w.length]; // ["lenet5", 61706]
 */
export async function openWeighed(path: string): Promise<Weighed> {
  if (existsSync(join(path, runFiles.config))) {
    const net = await openTrained(path, { engine: "reference" });
    try {
      const { size: bytes } = statSync(join(path, runFiles.best));
      return { model: net.model, w: await net.w.read(), bytes };
    } finally {
      await net.close();
    }
  }
  const { info, tensors } = await readWeights(path);
  if (info.members !== undefined) {
    throw new InputError(
      `${path} holds an ensemble of ${info.members} nets; name the folder of its run`,
    );
  }
  const model = modelOf(info, path);
  const { layout } = netOf(model, 1, { training: false });
  const { size: bytes } = statSync(path);
  return { model, w: vectorOf(layout, tensors, path), bytes };
}
