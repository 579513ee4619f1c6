// An ONNX file that Convoy wrote, as what a run tells of itself: its net predicts and is evaluated without one.

import { InputError } from "../inputError.js";
import { getTask } from "../tasks/index.js";
import { parseConfig } from "../train/config.js";
import { loadModule } from "../train/ownModule.js";
import { readWeights, type Weights } from "../train/weights.js";
import { version } from "../version.js";
import type { RunConfig } from "./runConfig.js";

/**
 * What a file tells in the place of a run.
 *
 * @throws InputError for a file of another program, which says neither what its outputs mean nor what its images are.
 */
export async function onnxRun(path: string): Promise<{ config: RunConfig; weights: Weights }> {
  const weights = await readWeights(path);
  const { info } = weights;
  const { path: whole, sha256, models } = await loadModule(path);
  const [family] = models;
  if (!("told" in family)) {
    throw new InputError(
      `${path} is of another program: it says neither what its outputs mean nor how images are brought to it; ` +
        `train it on your data: convoy train DATA --pretrained ${path}`,
    );
  }
  const { out: _, ...settings } = parseConfig({
    ...{ data: `data of ${path}`, task: info.task, channels: info.input[0] },
  });
  const data = {
    ...{ name: path, train: 0, selection: 0, test: 0, shape: info.input, hash: "" },
    ...{ labels: getTask(info.task).labels, names: info.names },
  };
  const parameters = [...weights.tensors.values()].reduce((sum, { data }) => sum + data.length, 0);
  const versions = { convoy: version, node: process.version };
  const module = { path: whole, sha256 };
  return { config: { versions, settings, data, net: info, parameters, module }, weights };
}
