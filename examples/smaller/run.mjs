// What int8 costs with and without training for it, and whether a net without half of its channels is worth more than the same
// small net that is trained from scratch for as long. Ctrl-C stops; the same command goes on.
//
//   node examples/smaller/run.mjs OUT CIFAR-10 RESULTS.json [SEEDS] [NETS]

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compressInt8, compressPruned, openDataset, openTrained, train } from "convoynet";

const [out, cifar, file, seeds = "1,2,3", names] = process.argv.slice(2);
if (!file) {
  console.error("usage: node examples/smaller/run.mjs OUT CIFAR-10 RESULTS.json [SEEDS] [NETS]");
  process.exit(2);
}

const coloured = { data: cifar, train: 5000, augment: "crop,flip", precision: "bf16" };
const nets = {
  lenet5: { settings: { data: "mnist", train: 10_000, epochs: 10 }, tuned: 3 },
  resnet20: { settings: { ...coloured, epochs: 18 }, tuned: 6 },
  "mobilenetv2-0.5": {
    settings: { ...coloured, precision: "f32", size: 64, epochs: 18 },
    tuned: 3,
  },
  "vgg11-bn": { settings: { ...coloured, epochs: 12 }, tuned: 6 },
};
const threads = 1;
/** Seeds of first weights that are not those of the net lie so far from them. */
const OTHER = 1000;
const FILTERED = ["resnet20", "vgg11-bn"];

const found = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
const finished = (run) => existsSync(join(run, "summary.json"));

/** Makes a run that is not there yet; what was left of one that was stopped is made anew. */
async function made(run, make) {
  if (finished(run)) return run;
  rmSync(run, { recursive: true, force: true });
  await make(run);
  return run;
}

/** Accuracy on all test images, by which nothing was chosen. */
async function tested(run, data) {
  const { test } = await openDataset(data);
  const net = await openTrained(run, { threads });
  const { metrics } = await net.evaluate(test);
  await net.close();
  return metrics.accuracy;
}

for (const [model, { settings, tuned }] of Object.entries(nets)) {
  if (names && !names.split(",").includes(model)) continue;
  for (const seed of seeds.split(",").map(Number)) {
    const base = { ...settings, model, seed, threads };
    const place = (name) => join(out, `${model}-${seed}-${name}`);
    const whole = await made(place("whole"), (to) => train({ ...base, out: to }));
    const { settings: own } = JSON.parse(readFileSync(join(whole, "config.json"), "utf8"));
    const slowly = { ...base, precision: "f32", pretrained: whole, epochs: tuned, lr: own.lr / 10 };
    const half = (run, more) => (to) =>
      compressPruned(run, { by: "filters", share: 0.5, ...more, threads, out: to });
    const ways = {
      whole: () => whole,
      int8: () => made(place("int8"), (to) => compressInt8(whole, { threads, out: to })),
      "trained on": () => made(place("on"), (to) => train({ ...slowly, out: to })),
      "trained on in 8 bits, int8": async () => {
        const quantised = { ...slowly, quantise: "lsq:w8a8" };
        const bits = await made(place("bits"), (to) => train({ ...quantised, out: to }));
        return made(place("bits-int8"), (to) => compressInt8(bits, { threads, out: to }));
      },
      ...(FILTERED.includes(model) && {
        "half the channels, trained on": () => made(place("half"), half(whole, { epochs: tuned })),
        "the same from scratch": async () => {
          // One step at next to no rate: the first weights.
          const first = { ...base, seed: seed + OTHER, steps: 1, lr: 1e-12 };
          const start = await made(place("start"), (to) => train({ ...first, out: to }));
          const epochs = settings.epochs + tuned;
          return made(place("scratch"), half(start, { epochs, lr: own.lr }));
        },
      }),
    };
    for (const [way, make] of Object.entries(ways)) {
      if (found.some((one) => one.model === model && one.seed === seed && one.way === way))
        continue;
      const accuracy = await tested(await make(), settings.data);
      found.push({ model, seed, way, accuracy });
      writeFileSync(file, `${JSON.stringify(found, undefined, 1)}\n`);
      console.log(model, seed, way, (100 * accuracy).toFixed(2));
    }
  }
}
