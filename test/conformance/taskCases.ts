// What the suite of tasks needs of each: images that tell its labels, and a net small enough for the reference engine.

import {
  type Dataset,
  evenOffsets,
  IGNORED,
  imagesOf,
  type Labels,
  ragged,
  UNKNOWN_TAG,
} from "../../src/data/index.js";
import { add, concat, constant, mul, reshape, slice } from "../../src/graph/index.js";
import {
  CELL_OUTPUTS,
  countCells,
  countFrames,
  FRAME_OUTPUTS,
  type Model,
  sheetPieces,
} from "../../src/models/index.js";
import { conv2d, flatten, type Layer, linear, sequential, tanh } from "../../src/nn/index.js";
import {
  classification,
  counting,
  detection,
  pieces,
  points,
  segmentation,
  sequence,
  type Task,
  tags,
  values,
} from "../../src/tasks/index.js";
import { Random } from "../../src/tensor/philox.js";

/** Side of the images, where a task needs no larger ones. */
const SIDE = 4;
const PIXELS = SIDE * SIDE;

/** A task and what it learns from. */
export interface TaskCase {
  readonly task: Task;
  /** Images are grey and of `side` x `side` pixels; default 4. */
  readonly side?: number;
  /** Labels of images [n * side * side]. */
  labels(images: Uint8Array, random: Random): Labels;
  /** A net that gives what the task needs. */
  layer(outputs: number): Layer;
  /** What may be done to images. */
  readonly augment: string;
  /** A score that a net has which knows its images by heart. */
  readonly learnt: number;
}

const countOf = (images: Uint8Array) => images.length / PIXELS;
const dense = (outputs: number) =>
  sequential({ flatten: flatten(), hidden: linear(16), tanh: tanh(), head: linear(outputs) });
/** Points in the bright pixels of each image, those in the brightest of another class. */
function pointLabels(images: Uint8Array): Labels {
  const lists = Array.from({ length: countOf(images) }, (_, image) => {
    const own = images.subarray(image * PIXELS, (image + 1) * PIXELS);
    return [...own.entries()].flatMap(([at, pixel]) =>
      pixel < 200 ? [] : [(at % SIDE) + 0.5, Math.floor(at / SIDE) + 0.5, pixel < 230 ? 0 : 1],
    );
  });
  return { kind: "points", of: ragged(new Float32Array(0), lists), classes: ["a", "b"] };
}

const convolutions = (outputs: number) =>
  sequential({ conv: conv2d(8, 3, { padding: 1 }), tanh: tanh(), head: conv2d(outputs, 1) });

/** A map whose every pixel sees the whole image, as the density of a point reaches far. */
const denseMap =
  (outputs: number): Layer =>
  (x, scope) =>
    reshape(dense(outputs * PIXELS)(x, scope), [x.shape[0], outputs, SIDE, SIDE]);

/** Side of images of three frames, enough for one token twice. */
const LINE_SIDE = 12;

/** What those frames say. */
const denseFrames =
  (outputs: number): Layer =>
  (x, scope) => {
    const [width, frames] = [outputs + FRAME_OUTPUTS, countFrames({ width: LINE_SIDE })];
    return reshape(dense(width * frames)(x, scope), [x.shape[0], width, frames]);
  };

/** What the one piece of an image says, and that it is there. */
const densePiece =
  (outputs: number): Layer =>
  (x, scope) => {
    const [n, , height, width] = x.shape;
    const pieces = sheetPieces({ height, width });
    const said = reshape(dense((outputs + 1) * pieces)(x, scope), [n, outputs + 1, pieces]);
    const first = slice(said, [0, 0, 0], [n, 1, pieces]);
    // All of them are there.
    const there = add(mul(first, constant(x.graph, 0)), constant(x.graph, 1));
    return concat([said, there], 1);
  };

/** Side of images of four fine cells, one in the middle, and a coarse one. */
const CELLS_SIDE = 16;

/** What those cells say. */
const denseCells =
  (outputs: number): Layer =>
  (x, scope) => {
    const cells = countCells({ height: CELLS_SIDE, width: CELLS_SIDE });
    const width = outputs + CELL_OUTPUTS;
    return reshape(dense(width * cells)(x, scope), [x.shape[0], width, cells]);
  };

/** A box in some quarters of such an image, each round the centre of a cell. */
function quarterBoxes(random: Random): number[] {
  return [0, 1, 2, 3].flatMap((quarter) => {
    const [left, top] = [8 * (quarter & 1), 8 * (quarter >> 1)];
    const sides = [left, top, left + 5, top + 5].map((side) => side + 3 * random.uniform());
    const row = [...sides, random.integer(2), Number(random.uniform() < 0.1)];
    return random.uniform() < 0.5 ? row : [];
  });
}

/** Tags of which the first three depend on each other: one of them, or nothing is known of them. */
function groupedTags(images: Uint8Array, random: Random): Labels {
  const rows = Array.from({ length: countOf(images) }, () => {
    const one = random.integer(4);
    const group = [0, 1, 2].map((tag) => (one === 3 ? UNKNOWN_TAG : Number(tag === one)));
    return [...group, random.integer(2), random.uniform() < 0.2 ? UNKNOWN_TAG : 1];
  });
  const classes = ["clear", "haze", "cloudy", "road", "river"];
  return { kind: "tags", of: Uint8Array.from(rows.flat()), classes, oneOf: [[0, 1, 2]] };
}

/** Tasks once more, with what their labels may have besides. */
export const variantCases: readonly (TaskCase & { readonly title: string })[] = [
  {
    title: "tags with a group of which an image has one",
    task: tags as Task,
    labels: groupedTags,
    layer: dense,
    augment: "flip,mixup",
    learnt: 1,
  },
];

/** Every task; a new one is an entry. */
export const taskCases: readonly TaskCase[] = [
  {
    task: classification as Task,
    labels: (images, random) => ({
      kind: "class",
      of: Int32Array.from({ length: countOf(images) }, () => random.integer(3)),
      classes: ["a", "b", "c"],
    }),
    layer: dense,
    augment: "flip,mixup",
    learnt: 1,
  },
  {
    task: tags as Task,
    labels: (images, random) => ({
      kind: "tags",
      of: Uint8Array.from({ length: 3 * countOf(images) }, () =>
        random.uniform() < 0.1 ? UNKNOWN_TAG : random.integer(2),
      ),
      classes: ["a", "b", "c"],
    }),
    layer: dense,
    augment: "flip,mixup",
    learnt: 1,
  },
  {
    task: values as Task,
    labels: (images, random) => ({
      kind: "values",
      of: Float32Array.from({ length: 2 * countOf(images) }, (_, at) =>
        random.uniform() < 0.1 + 0.3 * (at % 2)
          ? Number.NaN
          : 20 + (1 + 3 * (at % 2)) * random.normal(),
      ),
      names: ["age", "weight"],
    }),
    layer: dense,
    augment: "flip,mixup",
    learnt: 0.1,
  },
  {
    task: segmentation as Task,
    labels: (images, random) => ({
      kind: "mask",
      of: {
        data: images.map((pixel) => (random.uniform() < 0.1 ? IGNORED : Number(pixel > 127))),
        offsets: evenOffsets(countOf(images), PIXELS),
      },
      classes: ["dark", "bright"],
    }),
    layer: convolutions,
    augment: "flip,shift",
    learnt: 0.99,
  },
  {
    task: counting as Task,
    labels: pointLabels,
    layer: denseMap,
    augment: "flip,shift",
    learnt: 0.5,
  },
  {
    task: points as Task,
    labels: pointLabels,
    layer: convolutions,
    augment: "flip,shift",
    learnt: 1,
  },
  {
    task: detection as Task,
    side: CELLS_SIDE,
    labels: (images, random) => ({
      kind: "boxes",
      of: ragged(
        new Float32Array(0),
        Array.from({ length: images.length / CELLS_SIDE ** 2 }, () => quarterBoxes(random)),
      ),
      classes: ["a", "b"],
    }),
    layer: denseCells,
    augment: "flip,shift",
    learnt: 0.99,
  },
  {
    task: sequence as Task,
    side: LINE_SIDE,
    labels: (images, random) => ({
      kind: "tokens",
      of: ragged(
        new Int32Array(0),
        Array.from({ length: images.length / LINE_SIDE ** 2 }, () =>
          Array.from({ length: 1 + random.integer(2) }, () => random.integer(3)),
        ),
      ),
      vocabulary: ["a", "b", "c"],
    }),
    layer: denseFrames,
    augment: "shift",
    learnt: 0,
  },
  {
    task: pieces as Task,
    labels: (images, random) => ({
      kind: "tokens",
      of: ragged(
        new Int32Array(0),
        Array.from({ length: countOf(images) }, () => [random.integer(3)]),
      ),
      vocabulary: ["a", "b", "c"],
    }),
    layer: densePiece,
    augment: "",
    learnt: 0,
  },
];

/** Random images with the labels of a case. */
export function datasetOf(
  { task, labels, side = SIDE }: TaskCase,
  length: number,
  seed: number,
): Dataset {
  const random = new Random({ seed, purpose: "search" });
  const bytes = Uint8Array.from({ length: length * side ** 2 }, () => random.integer(256));
  const images = imagesOf(bytes, { height: side, width: side, channels: 1 });
  const name = `${task.name} images`;
  return { name, length, channels: 1, images, labels: labels(bytes, random) };
}

/** The net of a case. */
export const modelOf = ({ layer, side = SIDE }: TaskCase, outputs: number): Model => ({
  name: "tiny",
  source: "this suite",
  input: [1, side, side],
  outputs,
  layer: layer(outputs),
});
