// What bits for each layer are worth: HAWQ's choice against the same bits for all inner layers and against random choices
// within the same size, after training and with training on; and all ways to choose at one size.
//
//   node examples/mixed-precision/run.mjs CIFAR OUT RESULTS.json
//
// CIFAR is the folder of the binary batches of CIFAR-10. What is over is kept; the same command goes on.

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bitChoosers, compressMixed, train } from "convoynet";
import {
  allocate,
  bitPlan,
  bitsByLayer,
  bitsOfWeights,
  fitsBudget,
  quantisationOfBits,
} from "convoynet/compress";
import { createModel } from "convoynet/models";
import { build } from "convoynet/nn";
import { Random } from "convoynet/tensor";

const [cifar, out, file] = process.argv.slice(2);
if (!file) {
  console.error("usage: node examples/mixed-precision/run.mjs CIFAR OUT RESULTS.json");
  process.exit(2);
}

const [SEEDS, EPOCHS, TUNED] = [[1, 2, 3], 10, 2];
/** Bits of all inner layers, whose size is the budget; and those at which all ways to choose are tried. */
const [SIZES, ALL_AT] = [[3, 4, 6], 3];
/** Random choices, and those of them that are trained on. */
const [RANDOM, TRAINED] = [20, 5];
const found = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};

const model = createModel("resnet20", { channels: 3, height: 32, width: 32, outputs: 10 });
const net = build(model.layer, [1, ...model.input], { training: false });

/** The same bits for all inner layers, and the plan of which they are the budget. */
function planOf(size) {
  const any = bitPlan(net, { of: "size", share: 1 });
  const even = bitsByLayer(any, () => size);
  const share = bitsOfWeights(net, quantisationOfBits(any, even)) / (32 * net.layout.length);
  return { share, even, plan: bitPlan(net, { of: "size", share }) };
}

/** Works out what is not known yet, and keeps it. */
async function known(key, work) {
  if (found[key]) return found[key];
  found[key] = await work();
  writeFileSync(file, `${JSON.stringify(found, undefined, 1)}\n`);
  return found[key];
}

/** A net that has learned 4,500 images and chooses its best epoch by 1,500. */
async function float(seed) {
  const run = join(out, `f32-${seed}`);
  const settings = { data: cifar, train: 6000, selection: 0.25, model: "resnet20", lr: 0.1 };
  if (!existsSync(join(run, "summary.json"))) {
    rmSync(run, { recursive: true, force: true });
    await train({ ...settings, epochs: EPOCHS, augment: "flip,crop", seed, threads: 1, out: run });
  }
  return run;
}

/** A run in bits that a chooser gives, with what it is worth before and after training. */
async function compressed(run, by, targetSize, epochs) {
  const to = join(out, "compressed");
  rmSync(to, { recursive: true, force: true });
  const start = performance.now();
  const report = await compressMixed(run, {
    by,
    targetSize,
    epochs,
    lr: 0.01,
    out: to,
    threads: 1,
  });
  const { before, quantised, after, layers, bytes } = report;
  const worth = ({ loss, accuracy }) => ({ loss, accuracy });
  return {
    bits: layers.map(({ bits }) => bits),
    share: bytes.after / bytes.before,
    ...{ before: worth(before), quantised: worth(quantised), after: worth(after) },
    seconds: (performance.now() - start) / 1000,
  };
}

const chooser = (choose) => ({ name: "own", source: "", measures: "", choose });
const answer = (bits) => ({ bits, measure: new Map() });

/** Random bits, lowered until they fit and raised as far as they still do: what is left over helps nobody. */
function randomBits(plan, number) {
  const { groups, choices } = plan;
  const random = new Random({ seed: 1, purpose: "search", step: number });
  const places = groups.map(() => random.integer(choices.length));
  const bits = () => bitsByLayer(plan, (_, at) => choices[places[at]]);
  while (!fitsBudget(plan, bits())) {
    const at = random.integer(groups.length);
    if (places[at] > 0) places[at]--;
  }
  for (const at of random.permutation(groups.length)) {
    while (places[at] < choices.length - 1) {
      places[at]++;
      if (fitsBudget(plan, bits())) continue;
      places[at]--;
      break;
    }
  }
  return bits();
}

/** What HAWQ takes the layers of a run to lose by their bits: of each the losses by choices. */
async function estimated(run) {
  const hawq = bitChoosers.find(({ name }) => name === "hawq");
  let layers;
  const look = chooser(async (question) => {
    const said = await hawq.choose(question);
    layers = said.layers;
    return said;
  });
  await compressed(run, look, planOf(SIZES[0]).share, 0);
  return layers;
}

/** The estimated loss of an allocation. */
const omega = (layers, bits) =>
  layers.reduce((sum, { name, choices }) => {
    return sum + choices.find((choice) => choice.bits === bits.get(name)).loss;
  }, 0);

/** All that is tried of one net at one size: names, bits, and whether they are trained on. */
function trials(layers, size) {
  const { even, plan } = planOf(size);
  const random = Array.from({ length: RANDOM }, (_, at) => [
    ...[`random-${at}`, randomBits(plan, at), at < TRAINED],
  ]);
  return [["hawq", allocate(layers, plan.budget).bits, true], ["uniform", even, true], ...random];
}

/** Tries allocations of a net at a size; those that are trained on when it is their turn. */
async function tryAll(seed, size, trained) {
  const run = await float(seed);
  const layers = await known(`${seed} losses`, () => estimated(run));
  const { share } = planOf(size);
  for (const [name, bits, tuned] of trials(layers, size)) {
    if (tuned !== trained) continue;
    await known(`${seed} ${size} ${name}`, async () => ({
      omega: omega(layers, bits),
      ...(await compressed(
        run,
        chooser(async () => answer(bits)),
        share,
        tuned ? TUNED : 0,
      )),
    }));
  }
  if (!trained || size !== ALL_AT) return;
  for (const { name } of bitChoosers) {
    if (name === "hawq") continue;
    await known(`${seed} ${size} ${name}`, () => compressed(run, name, share, TUNED));
  }
}

for (const trained of [false, true]) {
  for (const seed of SEEDS) for (const size of SIZES) await tryAll(seed, size, trained);
}
