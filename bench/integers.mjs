// Accuracy of a run's net in f32 and in whole numbers, calibrated on its training images by each rule.
//
//   node bench/integers.mjs RUN DATA
//
// RUN is the folder of a run that tells classes, DATA what it was trained on: a name or a path.

import { calibrate, integers, rangeRules } from "../dist/compress/index.js";
import { Loader, openDataset } from "../dist/data/index.js";
import { createEngine } from "../dist/engine/index.js";
import { WEIGHTS } from "../dist/graph/index.js";
import { createModel } from "../dist/models/index.js";
import { compact, IMAGES, netOf } from "../dist/nn/index.js";
import { readWeights, tensorFor } from "../dist/train/weights.js";

const BATCH = 100;
const CALIBRATION = 5;

const [run, data] = process.argv.slice(2);
const { info, tensors } = await readWeights(run);
const [channels, height, width] = info.input;
const model = createModel(info.model, { channels, height, width, outputs: info.names.length });
const { train, test } = await openDataset(data);
const engine = await createEngine();

const netNow = () => netOf(model, BATCH, { training: false });
const net = netNow();
const w = new Float32Array(net.layout.length);
for (const param of net.layout.params) w.set(tensorFor(param, tensors, run).data, param.offset);

/** The first batches of a set, as copies. */
async function batchesOf(set, most) {
  const loader = new Loader(engine, set, { batch: BATCH, seed: 0, shuffle: false, intake: info });
  const steps = Math.min(loader.stepsPerEpoch, most);
  const batches = [];
  for (let step = 0; step < steps; step++) {
    const { images, indices } = await loader.batch(0, step);
    batches.push({ images: Float32Array.from(images), indices: [...indices] });
  }
  return batches;
}

const tested = await batchesOf(test, Number.POSITIVE_INFINITY);
const seen = (await batchesOf(train, CALIBRATION)).map(({ images }) => images);

async function accuracyOf({ net, w }) {
  net.graph.output("output", net.output);
  const program = await engine.compile(net.graph, { frozen: [WEIGHTS] });
  const vector = engine.vector(w.length);
  await vector.write(w);
  const marks = new Map();
  for (const { images, indices } of tested) {
    const bindings = { vectors: { [WEIGHTS]: vector }, inputs: { [IMAGES]: images } };
    const { output } = await program.run(bindings);
    const classes = output.length / BATCH;
    for (const [at, index] of indices.entries()) {
      const row = [...output.subarray(at * classes, (at + 1) * classes)];
      marks.set(index, row.indexOf(Math.max(...row)) === test.labels.of[index]);
    }
  }
  const right = [...marks.values()].filter(Boolean).length;
  return `${((100 * right) / marks.size).toFixed(2)} % of ${marks.size} images`;
}

console.log(`${info.model} in f32: ${await accuracyOf(compact(netNow(), w))}`);
for (const rule of rangeRules) {
  const small = compact(netNow(), w);
  const whole = integers(small, await calibrate(engine, small, seen, { rule }));
  console.log(`in int8, ranges by ${rule}: ${await accuracyOf(whole)}`);
}
await engine.close();
