// Trains a detector of blood cells from scratch on the official training part, chooses the best epoch and the score from
// which boxes are counted on the validation part, and looks at the test part once:
//
//   node examples/blood-cells/train.mjs BCCD OUT
//
// BCCD: a folder with boxes.csv, train.txt, val.txt, test.txt and images/. OUT: the run folder; the same command goes on
// where a run was stopped.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openTrained, train } from "convoynet";
import { ask } from "convoynet/tasks";
import { Evaluator } from "convoynet/train";
import { readPart } from "./cells.mjs";

const [folder, out] = process.argv.slice(2);
if (!out) {
  console.error("usage: node examples/blood-cells/train.mjs BCCD OUT");
  process.exit(2);
}
/** Half of the files' shorter side. */
const SIDE = 240;
const settings = JSON.parse(readFileSync(new URL("settings.json", import.meta.url), "utf8"));
const [learnt, selection] = await Promise.all(
  ["train", "val"].map((part) => readPart(folder, part, SIDE)),
);
const abort = new AbortController();
process.once("SIGINT", () => abort.abort());
const { best, seconds, parameters } = await train(
  { ...settings, data: "blood-cells", out },
  { data: { train: learnt, selection }, resume: existsSync(out), signal: abort.signal },
);
if (abort.signal.aborted) process.exit(130);

const net = await openTrained(out);

/** What the net finds in a part by a task's constants. */
async function evaluate(dataset, constants) {
  const asked = ask(net.model, net.task, dataset.labels, constants);
  const evaluator = await Evaluator.create(net.engine, asked, settings.batch, net.info);
  return evaluator.evaluate(net.w, evaluator.loader(dataset));
}

const constants = await net.tuned(selection);
const [score] = constants.said;
const { countError } = (await evaluate(selection, constants)).metrics;
const test = await evaluate(await readPart(folder, "test", SIDE), constants);
await net.close();
const found = {
  ...{ settings, parameters, seconds: Math.round(seconds) },
  validation: { ...best, said: { score, countError } },
  test: { ...test.metrics, classes: test.outputs },
};
console.log(JSON.stringify(found, undefined, 2));
writeFileSync(join(out, "found.json"), `${JSON.stringify(found, undefined, 2)}\n`);
