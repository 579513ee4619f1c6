// Makes batches: seeded order, augmentation, and one call that gathers, warps and normalises natively.

import { type Buffer, type Engine, SAMPLE_FIELDS, SOURCE_FIELDS } from "../engine/engine.js";
import { type PixelStep, writeOperations } from "../engine/pixels.js";
import { InputError } from "../inputError.js";
import { Random } from "../tensor/philox.js";
import { type Augmentation, type Frame, Sample } from "./augment/augmentation.js";
import type { Dataset } from "./dataset.js";
import { type Affine, fitMap, identity } from "./geometry.js";
import { sizeAt } from "./images.js";
import { type Intake, plainIntake, preparedFor } from "./intake.js";
import { Sheets } from "./pieces/sheet.js";
import { noTargets, type TargetMaker, targetBuffers } from "./targets.js";

/** Settings of a {@link Loader}. */
export interface LoaderOptions {
  /** Images in a batch; a smaller data set makes it smaller when shuffled. */
  readonly batch: number;
  readonly seed: number;
  /** Net of a swarm, so that each sees its own order; default 0. */
  readonly particle?: number;
  /** Random order that leaves out the last incomplete batch (training), or stored order (evaluation). */
  readonly shuffle: boolean;
  readonly augment?: readonly Augmentation[];
  /**
   * A number for each image [length]: an epoch then shows as many images of each number, some of them again and others
   * not; default all images once.
   */
  readonly strata?: Int32Array;
  /** How images become inputs; by default as they are, bytes as 0..1. */
  readonly intake?: Intake;
  /** Makes the targets of its data set; default none. */
  readonly targets?: TargetMaker;
  /** Batches that can be in use at the same time; default 3. */
  readonly slots?: number;
  /** Makes arrays for the images of a batch; default those of the engine. */
  readonly buffer?: (length: number) => Float32Array;
  /** Places side by side that show the same image, each augmented for itself; default 1. */
  readonly copies?: number;
}

/** Inputs of one step. The arrays are used again after as many further calls as there are slots. */
export interface Batch {
  /**
   * f32 [n, channels, height, width], normalised, or the rows that stand for them; a buffer of the engine. With views
   * [n * views, channels, height, width], those of an image behind each other.
   */
  readonly images: Float32Array;
  /** What else the program takes, by the names of its inputs. */
  readonly targets: Readonly<Record<string, Buffer>>;
  /** Number of each image in the data set [n], whatever was mixed in. */
  readonly indices: Int32Array;
  /** Real images; the last batch of an evaluation is filled up with copies of its last one. */
  readonly size: number;
}

/** Memory of one batch, used in turn. */
interface Slot {
  readonly images: Float32Array;
  readonly targets: Readonly<Record<string, Buffer>>;
  /** Number of each image. */
  readonly own: Int32Array;
  /** Numbers of each image and its partner. */
  readonly indices: Int32Array;
  /** Where these lie, and how each image is made, as the engine wants them. */
  readonly sources: Float64Array;
  readonly fields: Float32Array;
  /** What is done to the bytes of sources, in their order. */
  readonly steps: (readonly [source: number, step: PixelStep])[];
}

/** As many places as there are images, in random order, shared evenly by the strata. */
function balancedOrder(strata: Int32Array, random: Random): Int32Array {
  const members = new Map<number, number[]>();
  for (const [index, stratum] of strata.entries()) {
    const list = members.get(stratum);
    if (list) list.push(index);
    else members.set(stratum, [index]);
  }
  const lists = [...members.values()];
  // Each list is gone through in orders of its own, so that an image comes again only after all others of it.
  const orders = lists.map(() => [] as number[]);
  const places = strata.map((_, at) => {
    const [list, order] = [lists[at % lists.length], orders[at % lists.length]];
    if (order.length === 0)
      for (const one of random.permutation(list.length)) order.push(list[one]);
    return order.pop()!;
  });
  return random.permutation(strata.length).map((at) => places[at]);
}

/**
 * Batches of a data set. A batch is a pure function of (seed, particle, epoch, step), so a run can
 * be taken up anywhere.
 *
 * @example
 * const engine = await createEngine();
 * const { train } = await openDataset("mnist");
 * const loader = new Loader(engine, train, { batch: 64, seed: 1, shuffle: true });
 * loader.stepsPerEpoch; // 937
 * const { images, indices } = await loader.batch(0, 0);
 * [images.length, indices.length]; // [64 * 28 * 28, 64]
 * await engine.close();
 */
export class Loader {
  /** Images in every batch. */
  readonly batchSize: number;
  readonly stepsPerEpoch: number;
  readonly dataset: Dataset;
  readonly height: number;
  readonly width: number;
  private readonly intake: Intake;
  private readonly copies: number;
  private readonly views: readonly Affine[];
  private readonly slots: readonly Slot[];
  private readonly targets: TargetMaker;
  /** Where lines are cut into pieces. */
  private readonly sheets?: Sheets;
  private calls = 0;
  private order?: { epoch: number; indices: Int32Array };

  constructor(
    private readonly engine: Engine,
    dataset: Dataset,
    private readonly options: LoaderOptions,
  ) {
    const { batch, shuffle, slots = 3, strata, copies = 1 } = options;
    for (const [name, value] of Object.entries({ batch, slots, copies })) {
      if (Number.isInteger(value) && value >= 1) continue;
      throw new InputError(`${name} is ${value}; expected a whole number from 1`);
    }
    if (strata && strata.length !== dataset.length) {
      throw new InputError(
        `${dataset.name}: strata of ${strata.length} images; it has ${dataset.length}`,
      );
    }
    if (dataset.length === 0) throw new InputError(`${dataset.name} has no images`);
    const intake = options.intake ?? plainIntake(dataset);
    this.copies = copies;
    const places = dataset.length * copies;
    this.batchSize = shuffle ? Math.min(batch, places) : batch;
    if (this.batchSize % copies !== 0) {
      throw new InputError(
        `batch is ${this.batchSize}; expected a multiple of ${copies}, as each image is there ${copies} times`,
      );
    }
    const steps = places / this.batchSize;
    this.stepsPerEpoch = shuffle ? Math.floor(steps) : Math.ceil(steps);
    const [, height, width] = intake.input;
    this.dataset = preparedFor(dataset, intake);
    this.height = height;
    this.width = width;
    this.intake = intake;
    this.views = intake.views ?? [identity];
    this.targets = options.targets ?? noTargets;
    if (intake.segmenter) this.sheets = new Sheets(this.dataset.images, width, height / width);
    this.slots = Array.from({ length: slots }, () => this.newSlot());
  }

  private newSlot(): Slot {
    const { engine, dataset, batchSize: n, views } = this;
    const { buffer = (length) => engine.buffer(length) } = this.options;
    const seen = n * views.length;
    return {
      images: buffer(seen * (dataset.rows?.width ?? dataset.channels * this.height * this.width)),
      targets: targetBuffers(engine, this.targets, n),
      own: new Int32Array(n),
      indices: new Int32Array(2 * n),
      sources: new Float64Array(2 * seen * SOURCE_FIELDS),
      fields: new Float32Array(seen * SAMPLE_FIELDS),
      steps: [],
    };
  }

  /** Makes batch number `step` of an epoch; both count from 0. */
  async batch(epoch: number, step: number): Promise<Batch> {
    if (!(Number.isInteger(step) && step >= 0 && step < this.stepsPerEpoch)) {
      throw new InputError(`step ${step} of an epoch of ${this.stepsPerEpoch} steps`);
    }
    if (!(Number.isInteger(epoch) && epoch >= 0)) {
      throw new InputError(`epoch ${epoch}; expected a whole number from 0`);
    }
    const slot = this.slots[this.calls++ % this.slots.length];
    const left = this.dataset.length * this.copies - step * this.batchSize;
    const size = Math.min(this.batchSize, left);
    this.choose(slot, epoch, step);
    this.describe(slot, epoch, step);
    await this.fill(slot);
    return { images: slot.images, targets: slot.targets, indices: slot.own, size };
  }

  /** Makes the images of a batch, or takes what stands for them. */
  private async fill(slot: Slot): Promise<void> {
    const { images, channels, rows } = this.dataset;
    if (rows) return rows.read(slot.own, slot.images);
    const { mean, std } = this.intake;
    if (this.sheets) return this.drawSheets(this.sheets, slot);
    await this.engine.gather(
      {
        images: images.bytes,
        channels,
        sources: slot.sources,
        samples: slot.fields,
        operations: writeOperations(slot.steps),
        outHeight: this.height,
        outWidth: this.width,
        mean,
        std,
      },
      slot.images,
    );
  }

  /** Draws the pieces of each line. */
  private drawSheets(sheets: Sheets, { own, images }: Slot): void {
    const size = images.length / own.length;
    for (const [at, image] of own.entries()) {
      sheets.write(image, this.intake, images.subarray(at * size, (at + 1) * size));
    }
  }

  /** Fills in which images the batch holds. */
  private choose({ indices, own }: Slot, epoch: number, step: number): void {
    const { dataset, batchSize, copies } = this;
    const order = this.options.shuffle ? this.orderOf(epoch) : undefined;
    for (let at = 0; at < batchSize; at++) {
      const place = Math.min(Math.floor((step * batchSize + at) / copies), dataset.length - 1);
      own[at] = order ? order[place] : place;
      indices[2 * at] = own[at];
    }
  }

  /** Fills in how each image is made, and its targets. */
  private describe(slot: Slot, epoch: number, step: number): void {
    const { images } = this.dataset;
    const samples = this.draw(epoch, step);
    const sizes = Array.from(slot.own, (image) => sizeAt(images, image));
    const maps = samples.map((sample, at) => sample.labelMapFrom(sizes[at]));
    slot.steps.length = 0;
    for (const [at, sample] of samples.entries()) {
      const { partner } = sample;
      const aside = partner === undefined ? -1 : slot.own[partner];
      slot.indices[2 * at + 1] = aside;
      for (const [view, map] of this.views.entries()) {
        const place = at * this.views.length + view;
        const seen = sample.seenBy(map, this);
        const other = aside < 0 ? undefined : seen.mapFrom(sizes[partner!]);
        seen.write(slot.fields, place, seen.mapFrom(sizes[at]), other);
        this.locate(slot, slot.own[at], 2 * place);
        this.locate(slot, aside, 2 * place + 1);
        for (const step of sample.stepsOn(sizes[at])) slot.steps.push([2 * place, step]);
        if (partner === undefined) continue;
        for (const step of samples[partner].stepsOn(sizes[partner])) {
          slot.steps.push([2 * place + 1, step]);
        }
      }
    }
    this.targets.fill({ indices: slot.indices, samples, sizes, maps, to: this }, slot.targets);
  }

  /** Draws how each image of a batch is made. */
  private draw(epoch: number, step: number): Sample[] {
    const { seed, particle, augment = [] } = this.options;
    const size = { height: this.height, width: this.width, count: this.batchSize };
    const frame: Frame = (from) => fitMap(this.intake.fit, from, size);
    return Array.from({ length: this.batchSize }, (_, at) => {
      const sample = new Sample(frame);
      if (augment.length === 0) return sample;
      const random = new Random({ seed, purpose: "augment", particle, epoch, step }, at);
      for (const augmentation of augment) augmentation.apply(sample, random, size);
      return sample;
    });
  }

  /** Fills in where an image lies that stands at a place of `sources`; -1 for none. */
  private locate({ sources }: Slot, image: number, place: number): void {
    const { offsets, sizes } = this.dataset.images;
    const start = place * SOURCE_FIELDS;
    if (image < 0) sources.set([-1, 0, 0], start);
    else sources.set([offsets[image], sizes[2 * image], sizes[2 * image + 1]], start);
  }

  /** The order of an epoch, kept until another one is asked for. */
  private orderOf(epoch: number): Int32Array {
    if (this.order?.epoch !== epoch) {
      const { seed, particle, strata } = this.options;
      const random = new Random({ seed, purpose: "order", particle, epoch });
      const indices = strata
        ? balancedOrder(strata, random)
        : random.permutation(this.dataset.length);
      this.order = { epoch, indices };
    }
    return this.order.indices;
  }
}
