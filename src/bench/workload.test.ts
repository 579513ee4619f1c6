import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stripeSplits, temporaryFolder } from "../../test/support/tinyRun.js";
import { withoutChannels } from "../compress/index.js";
import { createModel } from "../models/index.js";
import { initialise, netOf } from "../nn/index.js";
import { train } from "../runs/train.js";
import { encodeWeights } from "../train/weights.js";
import { openInference } from "./convoyInference.js";
import { workloadFor, workloadOf } from "./workload.js";

const asked = { work: "infer", batch: 2, nets: 1, threads: [1], tuneSeconds: 1 } as const;

test("a folder of a run stands for its net, with its passes", async () => {
  const images = { channels: 1, height: 20, width: 20, outputs: 3 };
  const net = netOf(createModel("lenet5", images), 1, { training: false });
  const removed = { "conv1.weight": [0, 1, 2] };
  const small = withoutChannels({ net, w: initialise(net, 1) }, removed);
  const run = join(temporaryFolder(), "run");
  const settings = { model: "lenet5", size: 20, steps: 1, threads: 1 } as const;
  await train({ data: "stripes", ...settings, out: run }, { data: stripeSplits() });
  const info = {
    ...{ model: "lenet5", task: "classify", names: ["a", "b", "c"], constants: {} },
    ...{ input: [1, 20, 20] as const, mean: [0], std: [1], fit: "crop" as const },
    passes: [{ pass: "channels" as const, removed }],
  };
  const weights = encodeWeights(small.net.layout, small.w, info);
  writeFileSync(join(run, "weights", "best.safetensors"), weights);
  const workload = await workloadFor({ ...asked, model: run });
  expect(workload).toMatchObject({ model: "lenet5", run, image: [1, 20, 20], classes: 3 });
  const contender = await openInference(workload, { engine: "native", threads: 1, engines: 1 });
  expect(contender.parameters).toBe(small.net.layout.trainable);
  expect(await contender.run(1)).toBeGreaterThan(0);
  await contender.close();
});

test("a name of a model stands for the images that it was published for", async () => {
  const named = { ...asked, model: "lenet5", size: 20 };
  expect(await workloadFor(named)).toEqual(workloadOf(named));
});
