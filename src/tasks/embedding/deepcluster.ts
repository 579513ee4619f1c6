// DeepCluster (Caron, Bojanowski, Joulin and Douze 2018, arXiv 1807.05520): k-means says which cluster each image belongs to,
// and the net learns to tell that; each epoch anew. As in its second version (Caron et al. 2020, arXiv 2006.09882) what is
// clustered are the rows of a memory bank, which an epoch fills as it goes, several times side by side; and the classifier
// is the centres themselves, so it is there from the first step of an epoch on, and nothing of it is learned.

import {
  constant,
  logSoftmax,
  matmul,
  mul,
  neg,
  oneHot,
  reduceSum,
  reshape,
  type Value,
} from "../../graph/index.js";
import type { Moment } from "../../optim/index.js";
import { type Numbers, numbered, type TaskNumber } from "../numbers.js";
import type { OpenState, StateOwner, StateSize, TaskState } from "../state.js";
import { engineAssign } from "./assign.js";
import { BANK, IMAGE, imageTargets, MemoryBank } from "./bank.js";
import { Clusterings, clusterNumbers, clustersOf } from "./clusterings.js";
import { embeddingTask, normalised } from "./embedding.js";
import { bankNumbers } from "./instance.js";
import { unitRows } from "./similar.js";

/** Input with the centres of all clusterings, rows of length 1, f32 [clusterings * clusters, dimensions]. */
const CENTRES = "centres";
/** Input with the cluster of each image in each clustering, i32 [n * clusterings]. */
const CLUSTER = "cluster";
/** Input with what each of these counts, f32 [n * clusterings]. */
const WEIGHT = "weight";

const numbers = {
  ...bankNumbers,
  temperature: { ...bankNumbers.temperature, usual: 0.1 },
  momentum: { ...bankNumbers.momentum, usual: 0 },
  ...clusterNumbers,
  clusterings: { ...clusterNumbers.clusterings, least: 1 },
} satisfies Record<string, TaskNumber>;

/**
 * The loss of each image [n]: the mean over clusterings of the cross-entropy of its cluster, by cosines with all centres over a
 * temperature, times what it counts.
 */
export function clusterLoss(
  output: Value,
  { [CENTRES]: centres, [CLUSTER]: cluster, [WEIGHT]: weight }: Readonly<Record<string, Value>>,
  temperature: number,
): Value {
  const { graph, shape } = output;
  const [n] = shape;
  const [asked] = cluster.shape;
  const clusters = (centres.shape[0] * n) / asked;
  const rows = mul(normalised(output), constant(graph, 1 / temperature));
  const logits = reshape(matmul(rows, centres, { transposeB: true }), [asked, clusters]);
  const found = reduceSum(mul(oneHot(cluster, clusters), logSoftmax(logits)), [1]);
  const each = reduceSum(reshape(mul(found, weight), [n, asked / n]), [1]);
  return mul(neg(each), constant(graph, n / asked));
}

/** What an image of each cluster counts, so that clusters count alike however large they are; the mean over images is 1. */
export function clusterWeights(labels: Float32Array, clusters: number): Float32Array {
  const sizes = new Int32Array(clusters);
  for (const label of labels) sizes[label]++;
  const inhabited = sizes.filter((size) => size > 0).length;
  return Float32Array.from(sizes, (size) => (size > 0 ? labels.length / (inhabited * size) : 0));
}

type Own = Numbers<keyof typeof numbers>;

function stateOf(own: Own, { images, batch }: StateSize): TaskState {
  const clusters = clustersOf("deepcluster", own.clusters, images);
  const asked = batch * own.clusterings;
  return {
    inputs: {
      [CENTRES]: { dtype: "f32", shape: [own.clusterings * clusters, own.dimensions] },
      [CLUSTER]: { dtype: "i32", shape: [asked] },
      [WEIGHT]: { dtype: "f32", shape: [asked] },
    },
    open: (owner) => new PseudoLabels(owner, own, { images, batch, clusters }),
  };
}

/** The bank, its clusterings with their centres, and what they say of the images of a batch. */
class PseudoLabels implements OpenState {
  readonly vectors: OpenState["vectors"];
  readonly bound: OpenState["bound"];
  private readonly bank: MemoryBank;
  private readonly clusterings: Clusterings;
  private readonly centres: Float32Array;
  private readonly cluster: Int32Array;
  private readonly weight: Float32Array;

  constructor(
    private readonly owner: StateOwner,
    private readonly own: Own,
    private readonly size: StateSize & { readonly clusters: number },
  ) {
    const { images, batch, clusters } = size;
    const { clusterings, dimensions } = own;
    const { engine } = owner;
    this.bank = new MemoryBank(owner, { ...own, images });
    this.clusterings = new Clusterings(images, { clusterings, clusters }, engineAssign(engine));
    this.centres = engine.buffer(clusterings * clusters * dimensions);
    this.cluster = new Int32Array(batch * clusterings);
    this.weight = engine.buffer(batch * clusterings);
    const { labels, epoch } = this.clusterings;
    this.vectors = {
      [BANK]: this.bank.rows,
      [CENTRES]: this.centres,
      clusters: labels,
      clustered: epoch,
    };
    this.bound = { [CENTRES]: this.centres, [CLUSTER]: this.cluster, [WEIGHT]: this.weight };
  }

  async begin({ [IMAGE]: shown }: Parameters<OpenState["begin"]>[0], { epoch }: Moment) {
    if (this.clusterings.epoch[0] !== epoch) await this.renew(epoch);
    const { own, size, clusterings, cluster, weight } = this;
    for (let h = 0; h < own.clusterings; h++) {
      const labels = clusterings.labels.subarray(h * size.images, (h + 1) * size.images);
      const weights = clusterWeights(labels, size.clusters);
      for (let at = 0; at < shown.length; at++) {
        const label = labels[shown[at]];
        cluster[at * own.clusterings + h] = label;
        weight[at * own.clusterings + h] = weights[label];
      }
    }
  }

  /** Clusters the bank; the classifier becomes the centres. */
  private async renew(epoch: number): Promise<void> {
    const { owner, own, size, bank } = this;
    const rows = { data: bank.rows, rows: size.images, columns: own.dimensions };
    const { seed, particle } = owner;
    const found = await this.clusterings.renew(rows, { seed, purpose: "memory", particle }, epoch);
    for (const [h, { data }] of found.entries()) {
      this.centres.set(unitRows(Float32Array.from(data), own.dimensions), h * data.length);
    }
  }

  end(output: Float32Array, { [IMAGE]: shown }: Parameters<OpenState["end"]>[1]): void {
    this.bank.follow(shown as Int32Array, output);
  }
}

/** Which cluster is it of, in each of several clusterings of what was seen in the epoch before? */
export const deepcluster = numbered(numbers, (own) =>
  embeddingTask(
    {
      name: "deepcluster",
      description: "embeddings without labels: images tell their clusters, found anew each epoch",
      targets: () => imageTargets,
      state: (size) => stateOf(own, size),
      loss: (output, inputs) => ({
        losses: clusterLoss(output, inputs, own.temperature),
        tallies: {},
      }),
    },
    own.dimensions,
  ),
);
