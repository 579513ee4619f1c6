// What bits for each layer are worth: HAWQ's choice against the same bits for all inner layers and against random choices
// of the same size, before and after training with them; and all ways to choose at one size.
//
//   node examples/mixed-precision/run.mjs OUT RESULTS.json
//
// What is over is kept; the same command goes on.

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BitNet, bitChoosers, compressMixed, openDataset, train } from "convoynet";
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
import { partOf } from "./data.mjs";

const [out, file] = process.argv.slice(2);
if (!file) {
  console.error("usage: node examples/mixed-precision/run.mjs OUT RESULTS.json");
  process.exit(2);
}

const [DATA, SIDE, SEEDS, EPOCHS] = ["mnist", 8, [1, 2, 3], 8];
/** Bits of all inner layers, whose size is the budget; and those at which all ways to choose are tried. */
const [SIZES, ALL_AT] = [[3, 4, 6], 3];
/** Random choices, and those of them that are trained on. */
const [RANDOM, TRAINED] = [20, 3];
/** Training with quantised numbers. */
const [TUNED, RATE] = [1, 0.01];

const data = join(out, "part.npz");
await partOf(DATA, data);
const { selection } = await openDataset(data);
const model = createModel("resnet20", { channels: 1, height: SIDE, width: SIDE, outputs: 10 });
const net = build(model.layer, [1, ...model.input], { training: false });
const found = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};

/** Works out what is not known yet, and keeps it. */
async function known(key, work) {
  if (found[key]) return found[key];
  found[key] = await work();
  writeFileSync(file, `${JSON.stringify(found, undefined, 1)}\n`);
  return found[key];
}

/** The same bits for all inner layers, and the plan of which they are the budget. */
function planOf(size) {
  const any = bitPlan(net, { of: "size", share: 1 });
  const even = bitsByLayer(any, () => size);
  const share = bitsOfWeights(net, quantisationOfBits(any, even)) / (32 * net.layout.length);
  return { share, even, plan: bitPlan(net, { of: "size", share }) };
}

/** A net in f32. */
async function float(seed) {
  const run = join(out, `f32-${seed}`);
  if (!existsSync(join(run, "summary.json"))) {
    rmSync(run, { recursive: true, force: true });
    const settings = { data, size: SIDE, model: "resnet20", epochs: EPOCHS };
    await train({ ...settings, seed, threads: 1, out: run });
  }
  return run;
}

const worth = ({ loss, accuracy }) => ({ loss, accuracy });

/** A run in bits that a chooser gives, with what it is worth before and after training. */
async function compressed(run, by, size, epochs) {
  const to = join(out, "compressed");
  rmSync(to, { recursive: true, force: true });
  const start = performance.now();
  const { share } = planOf(size);
  const options = { by, targetSize: share, epochs, out: to, threads: 1 };
  const report = await compressMixed(run, { ...options, ...(epochs > 0 && { lr: RATE }) });
  const { before, quantised, after, layers, bytes } = report;
  return {
    bits: layers.map(({ bits }) => bits),
    share: bytes.after / bytes.before,
    ...{ before: worth(before), quantised: worth(quantised), after: worth(after) },
    seconds: (performance.now() - start) / 1000,
  };
}

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

/** What is tried of one net at one size, by name. */
function allocations(layers, size) {
  const { even, plan } = planOf(size);
  const random = Array.from({ length: RANDOM }, (_, at) => [`random-${at}`, randomBits(plan, at)]);
  return new Map([["hawq", allocate(layers, plan.budget).bits], ["uniform", even], ...random]);
}

/** The estimated loss of an allocation. */
const omega = (layers, bits) =>
  layers.reduce((sum, { name, choices }) => {
    return sum + choices.find((choice) => choice.bits === bits.get(name)).loss;
  }, 0);

/** HAWQ's estimates of a run's layers, and what all allocations are worth before training. */
async function untrained(run) {
  let result;
  const look = async (question) => {
    const hawq = bitChoosers.find(({ name }) => name === "hawq");
    const said = await hawq.choose(question);
    const { layers } = said;
    const tried = await BitNet.open(question.net, question.plan, question.images, selection);
    const sizes = {};
    for (const size of SIZES) {
      sizes[size] = {};
      for (const [name, bits] of allocations(layers, size)) {
        const { loss, metrics } = await tried.evaluate(bits);
        const numbers = { omega: omega(layers, bits), loss, accuracy: metrics.accuracy };
        sizes[size][name] = { bits: [...bits.values()], ...numbers };
      }
    }
    result = { layers, sizes };
    return said;
  };
  const by = { name: "look", source: "", measures: "", choose: look };
  const { before } = await compressed(run, by, SIZES[0], 0);
  return { f32: before, ...result };
}

/** What some allocations are worth once they are trained with. */
async function trained(seed, run, size) {
  const { layers } = found[`${seed} untrained`];
  const names = ["hawq", "uniform", ...Array.from({ length: TRAINED }, (_, at) => `random-${at}`)];
  for (const name of names) {
    const bits = allocations(layers, size).get(name);
    const choose = async () => ({ bits, measure: new Map() });
    const by = { name, source: "", measures: "", choose };
    await known(`${seed} ${size} ${name}`, () => compressed(run, by, size, TUNED));
  }
}

for (const seed of SEEDS) {
  const run = await float(seed);
  await known(`${seed} untrained`, () => untrained(run));
}
for (const size of SIZES) for (const seed of SEEDS) await trained(seed, await float(seed), size);
for (const seed of SEEDS) {
  const run = await float(seed);
  for (const { name } of bitChoosers) {
    if (name === "hawq") continue;
    await known(`${seed} ${ALL_AT} ${name}`, () => compressed(run, name, ALL_AT, TUNED));
  }
}
