// A compressed net as a run folder: weights and config, by which it opens as any other run.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomic } from "../../files/atomicFile.js";
import { expectEmpty, makeFolder } from "../../files/folders.js";
import type { CompactNet } from "../../nn/index.js";
import { encodeWeights, type NetInfo } from "../../train/weights.js";
import type { RunConfig } from "../runConfig.js";
import { runFiles } from "../runFiles.js";

/** Refuses a place for a run where something lies; a file stands in the way of a folder, and is told as that. */
export function expectFree(out: string): void {
  if (!existsSync(out)) return;
  makeFolder(out);
  expectEmpty(out);
}

/** Writes a net into a folder, with the settings of the run that it comes from. Gives the bytes of its weights. */
export async function writeCompressed(
  out: string,
  { net, w }: CompactNet,
  info: NetInfo,
  config: RunConfig,
): Promise<number> {
  makeFolder(join(out, "weights"));
  const weights = encodeWeights(net.layout, w, info);
  await writeFileAtomic(join(out, runFiles.best), weights);
  const own: RunConfig = {
    ...{ ...config, net: info, parameters: net.layout.trainable },
    // There is no training to go on with, and nothing to begin anew with.
    givenWeights: true,
  };
  await writeFileAtomic(join(out, runFiles.config), `${JSON.stringify(own, undefined, 2)}\n`);
  return weights.length;
}
