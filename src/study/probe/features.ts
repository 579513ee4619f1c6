// What is compared when features are probed: a net's, and what they must beat to be worth anything.

import { type Dataset, Loader } from "../../data/index.js";
import { type Matrix, matrix, pca, takeRows } from "../../estimators/index.js";
import { initialise, netOf } from "../../nn/index.js";
import { FeatureMaker } from "../../runs/features.js";
import type { Trained } from "../../runs/index.js";
import { Random } from "../../tensor/philox.js";

/** Features of images as rows. */
export interface Features {
  readonly name: string;
  /** What they are, in words. */
  readonly title: string;
  readonly train: Matrix;
  readonly test: Matrix;
}

/** Images that principal components are found on. */
const LOOKED_AT = 500;
/** Images that are read at a time. */
const BATCH = 100;

type Table = (dataset: Dataset) => Promise<Matrix>;

/** The numbers that a net sees of each image. */
async function pixelsOf({ engine, info }: Trained, dataset: Dataset): Promise<Matrix> {
  const [channels, height, width] = info.input;
  const columns = channels * height * width;
  const data = new Float32Array(dataset.length * columns);
  const loader = new Loader(engine, dataset, {
    batch: BATCH,
    seed: 0,
    shuffle: false,
    intake: info,
  });
  for (let step = 0; step < loader.stepsPerEpoch; step++) {
    const { images, size } = await loader.batch(0, step);
    data.set(images.subarray(0, size * columns), step * BATCH * columns);
  }
  return matrix(data, dataset.length, columns);
}

/** The features of the same net with first weights. */
async function untrained({ engine, model, info }: Trained, seed: number): Promise<Table> {
  const net = netOf(model, 1, { training: false });
  const w = engine.vector(net.layout.length);
  await w.write(initialise(net, seed));
  const maker = await FeatureMaker.create(engine, model, info, w, BATCH);
  return async (dataset) => {
    const { of, width } = await maker.make(dataset);
    return matrix(of, dataset.length, width);
  };
}

/**
 * Features of a run's net, of the same net untrained, as many principal components of pixels, and the pixels.
 *
 * @throws InputError for images that the net does not take.
 */
export async function* featuresOf(
  net: Trained,
  { train, test }: { readonly train: Dataset; readonly test: Dataset },
  seed: number,
): AsyncGenerator<Features> {
  const both = async (name: string, title: string, table: Table): Promise<Features> => ({
    ...{ name, title },
    train: await table(train),
    test: await table(test),
  });
  const learned = await both("run", `the run's ${net.info.model}`, async (dataset) => {
    const { of, width } = await net.features(dataset);
    return matrix(of, dataset.length, width);
  });
  yield learned;
  yield await both("random", "the same net untrained", await untrained(net, seed));
  const pixels = await both("pixels", "the numbers that the net sees", (one) => pixelsOf(net, one));
  const order = new Random({ seed, purpose: "split" }).permutation(train.length);
  const looked = takeRows(pixels.train, order.subarray(0, LOOKED_AT));
  const most = Math.min(looked.rows, looked.columns, learned.train.columns);
  const { transform } = pca(looked, most);
  const [projected, tested] = [transform(pixels.train), transform(pixels.test)];
  yield { name: "pca", title: "as many principal components", train: projected, test: tested };
  yield pixels;
}
