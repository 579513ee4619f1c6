// Nets on a few hundred photographs: from the weights of ImageNet, all of them taught on or the last layer alone, against
// from scratch, under equal budgets, paired by seed. Ctrl-C saves; the same command goes on.
//
//   node examples/fine-tuning/compare.mjs PHOTOS WEIGHTS [OUT]

import { readFileSync } from "node:fs";
import { compare, compareFiles } from "convoynet/compare";
import { openDataset } from "convoynet/data";

const [photos, weights, out = "runs/fine-tuning"] = process.argv.slice(2);
if (!weights) {
  console.error("usage: node examples/fine-tuning/compare.mjs PHOTOS WEIGHTS [OUT]");
  process.exit(2);
}

/** A source without a test set is tested on its selection set; another one is split from training. */
const { train, selection, test = selection } = await openDataset(photos, { size: 96 });
const abort = new AbortController();
process.once("SIGINT", () => abort.abort());

const { complete } = await compare(
  {
    out,
    methods: [
      { name: "scratch", description: "random weights", settings: {} },
      {
        ...{ name: "scratch-resnet18", description: "random weights of a net with norms" },
        settings: { model: "resnet18" },
      },
      {
        ...{ name: "frozen", description: "the last layer on given weights" },
        settings: { pretrained: weights, freeze: "body", augment: "" },
      },
      { name: "fine-tuned", description: "given weights", settings: { pretrained: weights } },
    ],
    settings: {
      ...{ data: train.name, model: "squeezenet1.1", augment: "crop,flip" },
      ...{ epochs: 15, batch: 32 },
    },
    seeds: 3,
    lrs: [0.001, 0.003, 0.01],
    tuneSeeds: 1,
  },
  {
    data: { train, test },
    signal: abort.signal,
    watch({ event, job, done, total }) {
      if (!event) console.log(`[${done}/${total}] ${job.folder}`);
    },
  },
);
if (complete) console.log(readFileSync(`${out}/${compareFiles.tableMarkdown}`, "utf8"));
else console.log("saved; the same command goes on");
