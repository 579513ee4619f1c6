// CMATERdb's Bangla numerals and NumtaDB's, as the runs here take them.

import { join } from "node:path";
import { hogOf, Loader, openDataset, readerOf, subset, withChannels } from "convoynet/data";
import { matrixOf } from "convoynet/estimators";
import { Random } from "convoynet/tensor";

const CLASSES = 10;
/** Images of NumtaDB that are kept for the test, and of its test those that are no copies of training images. */
const NUMTA_TEST = 5000;

const only = async (...path) => (await openDataset(join(...path))).train;

/** Bytes of each image as text, to find copies by. */
function textsOf(dataset) {
  const reader = readerOf(dataset.images, dataset.channels);
  const texts = Array.from({ length: dataset.length }, (_, at) =>
    Buffer.from(reader.read(at)).toString("base64"),
  );
  reader.close();
  return texts;
}

/**
 * Both sets: CMATERdb as its mirror splits it, NumtaDB with a test part drawn once. An image that another part shows too is
 * left out of the test.
 */
export async function openSets(cmaterdb, numtadb) {
  const grey = (dataset) => withChannels(dataset, 1);
  const cmater = {
    train: grey(await only(cmaterdb, "bangla-training.npz")),
    test: grey(await only(cmaterdb, "bangla-testing.npz")),
  };
  const all = await only(numtadb);
  const order = new Random({ seed: 28, purpose: "split" }).permutation(all.length);
  const [test, train] = [order.subarray(0, NUMTA_TEST), order.subarray(NUMTA_TEST)];
  const numta = { train: subset(all, train), test: subset(all, test) };
  return { cmater: withoutCopies(cmater), numta: withoutCopies(numta) };
}

function withoutCopies({ train, test }) {
  const known = new Set(textsOf(train));
  const own = textsOf(test).flatMap((text, at) => (known.has(text) ? [] : [at]));
  return { train, test: subset(test, own), copies: test.length - own.length };
}

/** So many images of each class, drawn by a seed. */
export function fewOf(dataset, each, seed) {
  const order = new Random({ seed, purpose: "split" }).permutation(dataset.length);
  const taken = new Array(CLASSES).fill(0);
  const indices = order.filter((at) => taken[dataset.labels.of[at]]++ < each);
  return subset(dataset, indices);
}

/** A table of features of images as a net would see them: brightness, or histograms of gradients. */
export async function tableOf(engine, dataset, { side, hog }) {
  const intake = { input: [1, side, side], mean: [0], std: [1], fit: "ink" };
  const loader = new Loader(engine, dataset, { batch: 100, seed: 0, shuffle: false, intake });
  const rows = [];
  for (let step = 0; step < loader.stepsPerEpoch; step++) {
    const { images, size } = await loader.batch(0, step);
    for (let at = 0; at < size; at++) {
      const data = Uint8Array.from(images.subarray(at * side ** 2, (at + 1) * side ** 2));
      rows.push([...(hog ? hogOf({ height: side, width: side, channels: 1, data }) : data)]);
    }
  }
  return matrixOf(rows);
}
