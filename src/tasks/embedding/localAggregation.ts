// Local Aggregation (Zhuang, Zhai and Yamins 2019, arXiv 1903.12355): each image is drawn to its close neighbours, who share
// a cluster with it, against its background neighbours, who are merely near.

import {
  add,
  constant,
  div,
  exp,
  kthLargest,
  log,
  max,
  mul,
  neg,
  reduceMax,
  reduceSum,
  reshape,
  step,
  stopGradient,
  sub,
  type Value,
} from "../../graph/index.js";
import type { Moment } from "../../optim/index.js";
import { type Numbers, numbered, type TaskNumber } from "../numbers.js";
import type { OpenState, StateOwner, StateSize, TaskState } from "../state.js";
import { engineAssign } from "./assign.js";
import { BANK, IMAGE, imageTargets, MemoryBank, OWN } from "./bank.js";
import { Clusterings, clusterNumbers, clustersOf } from "./clusterings.js";
import { embeddingTask } from "./embedding.js";
import { type BankLogits, bankLogits, bankNumbers } from "./instance.js";

/** Input that is 1 for the image of a row and those that share a cluster with it, f32 [n, images]. */
const CLOSE = "close";
/** Input that is 1 where all images are background, as in instance discrimination, f32 [1, 1]. */
const EVERYTHING = "everything";

/** What the ratio is raised by, as published: a loss is finite where nothing close is in the background. */
const LEAST_RATIO = 1e-7;

const numbers = {
  ...bankNumbers,
  ...clusterNumbers,
  background: {
    usual: 0,
    least: 0,
    whole: true,
    description: "background neighbours of an image; 0 for a twelfth of the images, 4096 at most",
  },
  warmup: {
    usual: 10,
    least: 0,
    whole: true,
    description: "epochs of instance discrimination before the first clustering",
  },
} satisfies Record<string, TaskNumber>;

/** Farther than any similarity over a temperature. */
const FAR = 1e9;

/** Share of the images that are background where nobody says how many. */
const [BACKGROUND_SHARE, MOST_BACKGROUND] = [12, 4096];

/** Background neighbours of an image. */
export const backgroundOf = (asked: number, images: number): number =>
  Math.min(images, asked || Math.min(MOST_BACKGROUND, Math.ceil(images / BACKGROUND_SHARE)));

/**
 * The loss of each image [n]: -log of the share that close neighbours have of the background, by e^(similarity /
 * temperature), plus a ten-millionth. The own row always belongs to both; `outside` counts how often it is not among the
 * nearest.
 *
 * @param background neighbours in the background
 */
export function aggregationLoss(
  { all, own }: BankLogits,
  { [CLOSE]: close, [EVERYTHING]: everything }: Readonly<Record<string, Value>>,
  background: number,
) {
  const { graph, shape } = all;
  const [fixed, fixedOwn] = [stopGradient(all), stopGradient(own)];
  const bound = sub(kthLargest(fixed, background), mul(everything, constant(graph, FAR)));
  const top = max(reduceMax(fixed, [1], true), fixedOwn);
  const near = sub(constant(graph, 1), step(sub(bound, fixed)));
  const weights = mul(exp(sub(all, top)), near);
  const outside = step(sub(bound, fixedOwn));
  const alone = mul(exp(sub(own, top)), outside);
  const drawn = add(reduceSum(mul(weights, close), [1], true), alone);
  const ratio = div(drawn, add(reduceSum(weights, [1], true), alone));
  return {
    losses: neg(log(add(reshape(ratio, [shape[0]]), constant(graph, LEAST_RATIO)))),
    tallies: { outside: reduceSum(outside) },
  };
}

type Own = Numbers<keyof typeof numbers>;

function stateOf(own: Own, { images, batch }: StateSize): TaskState {
  const clusters = clustersOf("local-aggregation", own.clusters, images);
  return {
    inputs: {
      [BANK]: { dtype: "f32", shape: [images, own.dimensions] },
      [OWN]: { dtype: "f32", shape: [batch, own.dimensions] },
      [CLOSE]: { dtype: "f32", shape: [batch, images] },
      [EVERYTHING]: { dtype: "f32", shape: [1, 1] },
    },
    open: (owner) => new Neighbourhoods(owner, own, { images, batch, clusters }),
  };
}

/** The bank, its clusterings, and whom they bring close to the images of a batch. */
class Neighbourhoods implements OpenState {
  readonly vectors: OpenState["vectors"];
  readonly bound: OpenState["bound"];
  private readonly bank: MemoryBank;
  private readonly clusterings: Clusterings;
  private readonly ownRows: Float32Array;
  private readonly close: Float32Array;
  private readonly everything: Float32Array;
  /** Places of `close` that are not 0. */
  private marked: number[] = [];

  constructor(
    private readonly owner: StateOwner,
    private readonly own: Own,
    private readonly size: StateSize & { readonly clusters: number },
  ) {
    const { images, batch, clusters } = size;
    const { engine } = owner;
    this.bank = new MemoryBank(owner, { ...own, images });
    const options = { clusterings: own.clusterings, clusters };
    this.clusterings = new Clusterings(images, options, engineAssign(engine));
    this.ownRows = engine.buffer(batch * own.dimensions);
    this.close = engine.buffer(batch * images);
    this.everything = engine.buffer(1);
    const { labels, epoch } = this.clusterings;
    this.vectors = { [BANK]: this.bank.rows, clusters: labels, clustered: epoch };
    this.bound = {
      [BANK]: this.bank.rows,
      [OWN]: this.ownRows,
      [CLOSE]: this.close,
      [EVERYTHING]: this.everything,
    };
  }

  async begin(targets: Parameters<OpenState["begin"]>[0], { epoch }: Moment) {
    const { owner, own, size, bank, clusterings } = this;
    const shown = targets[IMAGE] as Int32Array;
    const warm = epoch < own.warmup;
    this.everything[0] = warm ? 1 : 0;
    if (!warm && clusterings.epoch[0] !== epoch) {
      const rows = { data: bank.rows, rows: size.images, columns: own.dimensions };
      const { seed, particle } = owner;
      await clusterings.renew(rows, { seed, purpose: "memory", particle }, epoch);
    }
    bank.copy(shown, this.ownRows);
    this.mark(shown, warm);
  }

  /** Marks who is close to each image: at first each to itself alone. */
  private mark(shown: Int32Array, warm: boolean): void {
    const { close, clusterings, size } = this;
    for (const place of this.marked) close[place] = 0;
    this.marked = [];
    for (let at = 0; at < shown.length; at++) {
      const use = (mate: number) => {
        const place = at * size.images + mate;
        close[place] = 1;
        this.marked.push(place);
      };
      use(shown[at]);
      if (!warm) clusterings.eachMate(shown[at], use);
    }
  }

  end(output: Float32Array, { [IMAGE]: shown }: Parameters<OpenState["end"]>[1]): void {
    this.bank.follow(shown as Int32Array, output);
  }
}

/** Draws each image to those that share a cluster with it in any clustering; begins as instance discrimination. */
export const localAggregation = numbered(numbers, (own) =>
  embeddingTask(
    {
      name: "local-aggregation",
      description: "embeddings without labels: images come together with those of their clusters",
      targets: () => imageTargets,
      state: (size) => stateOf(own, size),
      loss(output, inputs) {
        const background = backgroundOf(own.background, inputs[BANK].shape[0]);
        return aggregationLoss(bankLogits(output, inputs, own.temperature), inputs, background);
      },
    },
    own.dimensions,
  ),
);
