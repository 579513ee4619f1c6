// Several clusterings of a memory bank, and who shares a cluster with an image in any of them.

import { type Assign, kmeans, type Matrix, takeRows } from "../../estimators/index.js";
import { Random, type RandomKey } from "../../tensor/philox.js";

/** Rounds of k-means, as published. */
const ROUNDS = 20;

/** How a bank is clustered. */
export interface ClusteringOptions {
  /** Clusterings side by side. */
  readonly clusterings: number;
  /** Clusters of each. */
  readonly clusters: number;
}

/** Cluster labels, and the members of each cluster. */
export class Clusterings {
  /** Cluster of each image in each clustering [clusterings, images]; whole numbers, f32 for a run's state. */
  readonly labels: Float32Array;
  /** Epoch in which they were made, -1 for none yet. */
  readonly epoch = Float32Array.of(-1);
  private listed = -1;
  /** Of each clustering: members of all clusters, one behind the other, and where each begins. */
  private lists: readonly { readonly members: Int32Array; readonly starts: Int32Array }[] = [];

  constructor(
    private readonly images: number,
    private readonly options: ClusteringOptions,
    private readonly assign: Assign,
  ) {
    this.labels = new Float32Array(options.clusterings * images);
  }

  /** Clusters the rows of a bank anew; each clustering starts from rows of its own. */
  async renew(bank: Matrix, key: Omit<RandomKey, "step">, epoch: number): Promise<void> {
    const { clusterings, clusters } = this.options;
    for (let h = 0; h < clusterings; h++) {
      const order = new Random({ ...key, epoch: epoch + 1, step: h }).permutation(bank.rows);
      const { labels } = await kmeans(bank, clusters, {
        seeds: takeRows(bank, order.subarray(0, clusters)),
        iterations: ROUNDS,
        assign: this.assign,
      });
      this.labels.set(labels, h * this.images);
    }
    this.epoch[0] = epoch;
  }

  /** Calls `use` with each image that shares a cluster with one, possibly several times. */
  eachMate(image: number, use: (mate: number) => void): void {
    if (this.listed !== this.epoch[0]) this.list();
    for (const [h, { members, starts }] of this.lists.entries()) {
      const cluster = this.labels[h * this.images + image];
      for (let at = starts[cluster]; at < starts[cluster + 1]; at++) use(members[at]);
    }
  }

  private list(): void {
    const { images, options, labels } = this;
    this.lists = Array.from({ length: options.clusterings }, (_, h) => {
      const own = labels.subarray(h * images, (h + 1) * images);
      const starts = new Int32Array(options.clusters + 1);
      for (const cluster of own) starts[cluster + 1]++;
      for (let cluster = 0; cluster < options.clusters; cluster++) {
        starts[cluster + 1] += starts[cluster];
      }
      const next = starts.slice();
      const members = new Int32Array(images);
      for (let image = 0; image < images; image++) members[next[own[image]]++] = image;
      return { members, starts };
    });
    this.listed = this.epoch[0];
  }
}
