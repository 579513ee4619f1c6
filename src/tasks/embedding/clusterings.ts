// Several clusterings of a memory bank, and who shares a cluster with an image in any of them.

import { type Assign, kmeans, type Matrix, takeRows } from "../../estimators/index.js";
import { InputError } from "../../inputError.js";
import { Random, type RandomKey } from "../../tensor/philox.js";
import type { TaskNumber } from "../numbers.js";

/** Rounds of k-means, as published. */
const ROUNDS = 20;

/** Images of a cluster where nobody says how many clusters there are. */
const CLUSTER = 40;

/** Numbers of tasks that cluster a memory bank. */
export const clusterNumbers = {
  clusters: {
    usual: 0,
    least: 0,
    whole: true,
    description: "clusters of each clustering; 0 for one of 40 images each",
  },
  clusterings: {
    usual: 3,
    least: 0,
    whole: true,
    description: "clusterings side by side, each epoch anew",
  },
} satisfies Record<string, TaskNumber>;

/** Clusters of a clustering; throws an InputError where there cannot be as many. */
export function clustersOf(task: string, asked: number, images: number): number {
  const clusters = asked || Math.max(2, Math.round(images / CLUSTER));
  if (clusters >= 2 && clusters <= images) return clusters;
  const fault =
    clusters < 2
      ? "of one cluster all are close, and there is nothing to learn"
      : `there are ${images} images to learn from`;
  throw new InputError(
    `setting taskNumbers: clusters of task ${task} is ${clusters}: ${fault}; expected 2 to ${images}`,
  );
}

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

  /** Clusters the rows of a bank anew; each clustering starts from rows of its own. Gives the centres of each [clusters, d]. */
  async renew(bank: Matrix, key: Omit<RandomKey, "step">, epoch: number): Promise<Matrix[]> {
    const { clusterings, clusters } = this.options;
    const found: Matrix[] = [];
    for (let h = 0; h < clusterings; h++) {
      const order = new Random({ ...key, epoch: epoch + 1, step: h }).permutation(bank.rows);
      const { labels, centres } = await kmeans(bank, clusters, {
        seeds: takeRows(bank, order.subarray(0, clusters)),
        iterations: ROUNDS,
        assign: this.assign,
      });
      this.labels.set(labels, h * this.images);
      found.push(centres);
    }
    this.epoch[0] = epoch;
    return found;
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
