// What stopping early saves: 150 settings of a small net, trained in full once each, and searches among them.
//
//   node examples/search/early.mjs runs/curves.json
//
// The net has one hidden layer and tells eight clusters apart, two of each class; it is trained by SGD with momentum,
// for 27 epochs. The file of its accuracies after each epoch is made where there is none.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { bestOf, createSearch, parseSpace, runSearch } from "convoynet/search";
import { estimate } from "convoynet/study";
import { Random } from "convoynet/tensor";

const [SETTINGS, EPOCHS, TRAIN, HELD, INPUTS, CLASSES] = [150, 27, 256, 400, 8, 4];
const SEEDS = 20;

const space = parseSpace(
  "lr=log:1e-4:1,momentum=float:0:0.99,decay=log:1e-6:0.1,batch=16|32|64,width=logint:4:32,init=log:0.01:10",
);

/** Clusters of points with the number of their class. */
function points() {
  const random = new Random({ seed: 1, purpose: "noise" });
  const row = (scale) => Float64Array.from({ length: INPUTS }, () => scale * random.normal());
  const centres = Array.from({ length: 2 * CLASSES }, () => row(1.2));
  return Array.from({ length: TRAIN + HELD }, (_, at) => {
    const cluster = at % centres.length;
    return { x: row(1).map((noise, axis) => noise + centres[cluster][axis]), y: cluster % CLASSES };
  });
}

/** Hidden values and probabilities of a point. */
function forward({ w1, w2, width }, x) {
  const hidden = new Float64Array(width);
  for (let j = 0; j < width; j++) {
    let sum = w1[j * (INPUTS + 1) + INPUTS];
    for (let i = 0; i < INPUTS; i++) sum += w1[j * (INPUTS + 1) + i] * x[i];
    hidden[j] = Math.max(0, sum);
  }
  const outputs = Array.from({ length: CLASSES }, (_, k) => {
    let sum = w2[k * (width + 1) + width];
    for (let j = 0; j < width; j++) sum += w2[k * (width + 1) + j] * hidden[j];
    return sum;
  });
  const most = Math.max(...outputs);
  const weights = outputs.map((output) => Math.exp(output - most));
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  return { hidden, shares: weights.map((weight) => weight / all) };
}

/** Adds the gradient of the cross-entropy of a point. */
function backward({ w2, width }, { x, y }, { hidden, shares }, g1, g2) {
  const back = new Float64Array(width);
  for (let k = 0; k < CLASSES; k++) {
    const wrong = shares[k] - (k === y ? 1 : 0);
    for (let j = 0; j < width; j++) {
      g2[k * (width + 1) + j] += wrong * hidden[j];
      back[j] += wrong * w2[k * (width + 1) + j];
    }
    g2[k * (width + 1) + width] += wrong;
  }
  for (let j = 0; j < width; j++) {
    if (hidden[j] === 0) continue;
    for (let i = 0; i < INPUTS; i++) g1[j * (INPUTS + 1) + i] += back[j] * x[i];
    g1[j * (INPUTS + 1) + INPUTS] += back[j];
  }
}

/** The accuracy on points that were held out, after each epoch. */
function curve({ lr, momentum, decay, batch, width, init }, data, seed) {
  const random = new Random({ seed, purpose: "init" });
  const drawn = (count, scale) =>
    Float64Array.from({ length: count }, () => scale * random.normal());
  const net = {
    width,
    w1: drawn(width * (INPUTS + 1), init / Math.sqrt(INPUTS)),
    w2: drawn(CLASSES * (width + 1), init / Math.sqrt(width)),
  };
  const speeds = [net.w1, net.w2].map((weights) => new Float64Array(weights.length));
  const [train, held] = [data.slice(0, TRAIN), data.slice(TRAIN)];
  return Array.from({ length: EPOCHS }, (_, epoch) => {
    const order = new Random({ seed, purpose: "order", epoch }).permutation(TRAIN);
    for (let start = 0; start < TRAIN; start += batch) {
      const grads = speeds.map(({ length }) => new Float64Array(length));
      for (const at of order.subarray(start, start + batch)) {
        backward(net, train[at], forward(net, train[at].x), ...grads);
      }
      for (const [part, weights] of [net.w1, net.w2].entries()) {
        for (let at = 0; at < weights.length; at++) {
          const grad = grads[part][at] / batch + decay * weights[at];
          speeds[part][at] = momentum * speeds[part][at] + grad;
          weights[at] -= lr * speeds[part][at];
        }
      }
    }
    const right = held.filter(({ x, y }) => {
      const { shares } = forward(net, x);
      return shares[y] === Math.max(...shares);
    });
    return right.length / HELD;
  });
}

function curves(file) {
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8"));
  const data = points();
  const draws = createSearch({ space, sampler: "random", trials: SETTINGS, seed: 1 });
  const told = [];
  for (let next = draws.next(told); next !== "done"; next = draws.next(told)) {
    told.push({ ...next, losses: [0] });
  }
  const all = told.map(({ settings }, seed) => curve(settings, data, seed));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(all));
  return all;
}

const table = curves(process.argv[2]);
const most = Math.max(...table.map((row) => row[EPOCHS - 1]));

/** What a search among the rows of the table finds, and the epochs that it takes. */
async function search(sampler, trials, seed) {
  const stages = sampler === "random" ? {} : { resource: { least: 1, most: EPOCHS } };
  const plan = { space: `row=int:0:${table.length - 1}`, sampler, trials, seed, ...stages };
  const told = await runSearch(
    createSearch(plan),
    async ({ settings, until = EPOCHS }) => 1 - table[settings.row][until - 1],
  );
  const epochs = told.reduce(
    (sum, { until = EPOCHS, from }) => sum + until - (from === undefined ? 0 : told[from].until),
    0,
  );
  return { regret: most - (1 - told[bestOf(told)].losses[0]), epochs };
}

const shown = ({ mean, low, high }, digits) =>
  `${mean.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
for (const [sampler, trials] of [
  ["random", 40],
  ["asha", 40],
  ["asha", 60],
  ["asha", 90],
  ["hyperband", 90],
]) {
  const seeds = Array.from({ length: SEEDS }, (_, seed) => seed);
  const found = await Promise.all(seeds.map((seed) => search(sampler, trials, seed)));
  const regret = estimate(found.map(({ regret }) => 100 * regret));
  const epochs = estimate(found.map(({ epochs }) => epochs));
  console.log(`| ${sampler} | ${trials} | ${shown(regret, 2)} | ${shown(epochs, 0)} |`);
}
