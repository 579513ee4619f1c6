// A compressed net as a run folder: weights and config, by which it opens as any other run.

import { join } from "node:path";
import { writeFileAtomic } from "../../files/atomicFile.js";
import { makeFolder } from "../../files/folders.js";
import type { CompactNet } from "../../nn/index.js";
import { encodeWeights, type NetInfo } from "../../train/weights.js";
import type { RunConfig } from "../runConfig.js";
import { runFiles } from "../runFiles.js";

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
  const own = { ...config, net: info, parameters: net.layout.trainable };
  await writeFileAtomic(join(out, runFiles.config), `${JSON.stringify(own, undefined, 2)}\n`);
  return weights.length;
}
