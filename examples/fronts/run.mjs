// Accuracy and size of four nets by six ways to make them smaller, each with equal training behind it. Ctrl-C stops; the same
// command goes on. How fast they are: time.mjs; table and image: report.mjs.
//
//   node examples/fronts/run.mjs OUT RESULTS.json

import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  compressDistilled,
  compressInt8,
  compressMixed,
  compressPruned,
  openDataset,
  openTrained,
  subset,
  train,
} from "convoynet";
import { bitPlan, bitsByLayer, bitsOfWeights, quantisationOfBits } from "convoynet/compress";
import { build } from "convoynet/nn";
import { nets } from "./nets.mjs";

const [out, file] = process.argv.slice(2);
if (!file) {
  console.error("usage: node examples/fronts/run.mjs OUT RESULTS.json");
  process.exit(2);
}

/** Epochs behind each way that trains on. */
const TUNED = 3;
/** Test images, the first of the set. */
const TESTED = 2000;
const [seed, threads] = [1, 1];

/** The share of f32 that a model's weights take in 4 bits, both ends in 8. */
function inFourBits(model) {
  const net = build(model.layer, [1, ...model.input], { training: false });
  const any = bitPlan(net, { of: "size", share: 1 });
  const even = quantisationOfBits(
    any,
    bitsByLayer(any, () => 4),
  );
  return bitsOfWeights(net, even) / (32 * net.layout.length);
}

async function shareAndRate(run) {
  const { model, config, close } = await opened(run);
  await close();
  return { targetSize: inFourBits(model), lr: config.settings.lr / 10 };
}

async function opened(run) {
  const net = await openTrained(run, { threads });
  const { model, config } = net;
  return { net, model, config, close: () => net.close() };
}

const pruned = (by, share) => (run, to) =>
  compressPruned(run, { by, share, epochs: TUNED, threads, out: to });

/** How a net is made of the one in f32; `undefined` settings are the run's. */
const ways = {
  "f32, trained on": (run, to, { settings, model }) =>
    train({ ...settings, model, pretrained: run, epochs: TUNED, seed, threads, out: to }),
  int8: (run, to) => compressInt8(run, { threads, out: to }),
  "4 bits": async (run, to) =>
    compressMixed(run, { ...(await shareAndRate(run)), epochs: TUNED, threads, out: to }),
  "filters 50 %": pruned("filters", 0.5),
  "magnitude 80 %": pruned("magnitude", 0.8),
  "low rank 10 %": pruned("low-rank", 0.1),
  distil: (run, to, { student }) => compressDistilled(run, { model: student, threads, out: to }),
};

/** Makes a run; what was left of one that was stopped is made anew. */
async function made(run, make) {
  rmSync(run, { recursive: true, force: true });
  await make(run);
  return run;
}

const found = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];

/** What a run is worth on the test images, by which nothing was chosen. */
async function keep(row, run) {
  const { test } = await openDataset(row.data);
  const { net, close } = await opened(run);
  const first = Array.from({ length: TESTED }, (_, at) => at);
  const { metrics } = await net.evaluate(subset(test, first));
  await close();
  const { size: bytes } = statSync(join(run, "weights", "best.safetensors"));
  found.push({ ...row, run, accuracy: metrics.accuracy, bytes });
  writeFileSync(file, `${JSON.stringify(found, undefined, 1)}\n`);
}

for (const [model, { settings, student }] of Object.entries(nets)) {
  const row = { model, data: settings.data, seed };
  const known = (way) => found.some((one) => one.model === model && one.way === way);
  const whole = join(out, `${model}-f32`);
  if (!known("f32")) {
    await made(whole, (to) => train({ ...settings, model, seed, threads, out: to }));
    await keep({ ...row, way: "f32" }, whole);
  }
  for (const [way, make] of Object.entries(ways)) {
    if (known(way)) continue;
    const run = join(out, `${model}-${way.replace(/\W+/g, "-")}`);
    await made(run, (to) => make(whole, to, { settings, student, model }));
    await keep({ ...row, way }, run);
  }
}
