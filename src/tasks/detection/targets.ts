// Targets of detection: which cell is to find which box, by the rules of FCOS (Tian et al. 2019, arXiv 1904.01355) with
// its later centre sampling.

import { BOX, type BoxLabels, mapBox, type Size, type TargetMaker } from "../../data/index.js";
import { InputError } from "../../inputError.js";
import { type CellLevel, cellLevels, countCells } from "../../models/cells.js";

/** Input with the class of each cell, i32 [n, cells]; where it holds none, the number of classes. */
export const CLASS = "cellClass";
/** Input with 1 for cells whose classes count and 0 for those that lie in a crowd, f32 [n, cells]. */
export const COUNTS = "cellCounts";
/** Input with the distances of each cell's centre to left, top, right and bottom, in strides, f32 [n, 4, cells]. */
export const SIDES = "cellSides";
/** Input with how central a cell is in its box: 1 in the middle, 0 where it holds none, f32 [n, cells]. */
export const CENTRE = "cellCentre";
/** Input with the map from the net's pixels to those of the image, and the image's height and width, f32 [n, 8]. */
export const VIEW = "view";

/** Share of a box that must be left of it in the batch's image for anything to be learnt from it. */
const VISIBLE = 0.3;
/** Cells further from a box's middle than so many strides, along an axis, do not hold it. */
const RADIUS = 1.5;
/** A level has the boxes whose longer side is up to so many of its strides, the coarsest one all longer ones. */
const LONGEST = 8;
/** Least distance to a side, in strides: a box smaller than a cell need not hold its centre. */
const SHORTEST = 0.05;

/** A box of an image of the batch. */
interface Placed {
  readonly box: readonly [number, number, number, number];
  readonly of: number;
}

/** Boxes of one image as they lie in the batch's image: those to be found, and those that count neither way. */
interface Scene {
  readonly wanted: readonly Placed[];
  readonly ignored: readonly Placed["box"][];
}

const areaOf = ([left, top, right, bottom]: Placed["box"]) => (right - left) * (bottom - top);

/** Boxes of an image through its map. */
function sceneOf(own: Float32Array, map: Parameters<typeof mapBox>[1], to: Size): Scene {
  const [wanted, ignored] = [[] as Placed[], [] as Placed["box"][]];
  for (let at = 0; at < own.length; at += BOX) {
    const corners = [own[at], own[at + 1], own[at + 2], own[at + 3]] as const;
    const { box, visible } = mapBox(corners, map, to);
    if (areaOf(box) <= 0) continue;
    if (own[at + 5] === 1 || visible < VISIBLE) ignored.push(box);
    else wanted.push({ box, of: own[at + 4] });
  }
  // A cell in several boxes is for the smallest, which is written last.
  return { wanted: wanted.sort((a, b) => areaOf(b.box) - areaOf(a.box)), ignored };
}

/** Where the targets of one image go. */
interface Cells {
  readonly of: Int32Array;
  readonly counts: Float32Array;
  readonly sides: Float32Array;
  readonly centre: Float32Array;
}

/** Cells of a level whose centres lie from `low` to `high`, both in pixels along one axis, as [first, end). */
function range(low: number, high: number, stride: number, cells: number): [number, number] {
  const first = Math.max(0, Math.ceil(low / stride - 0.5));
  return [first, Math.min(cells, Math.floor(high / stride - 0.5) + 1)];
}

/** Calls back for each cell of a level whose centre lies in a box, with its number and centre. */
function eachCell(
  { stride, height, width, first }: CellLevel,
  [left, top, right, bottom]: readonly number[],
  visit: (cell: number, x: number, y: number) => void,
): void {
  const [x0, x1] = range(left, right, stride, width);
  const [y0, y1] = range(top, bottom, stride, height);
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++)
      visit(first + y * width + x, (x + 0.5) * stride, (y + 0.5) * stride);
  }
}

/** The part of a box near its middle that the cells of a stride are to find it from. */
function middleOf([left, top, right, bottom]: Placed["box"], stride: number): number[] {
  const [cx, cy, reach] = [(left + right) / 2, (top + bottom) / 2, RADIUS * stride];
  const cut = (low: number, high: number, at: number) => {
    const ends = [Math.max(low, at - reach), Math.min(high, at + reach)];
    if (ends[1] - ends[0] >= stride) return ends;
    // No cell's centre need lie in it: the nearest one.
    const nearest = (Math.floor(at / stride) + 0.5) * stride;
    return [Math.min(ends[0], nearest), Math.max(ends[1], nearest)];
  };
  const [[x0, x1], [y0, y1]] = [cut(left, right, cx), cut(top, bottom, cy)];
  return [x0, y0, x1, y1];
}

/** Writes that a box is to be found from the cells near its middle. */
function place({ box, of }: Placed, levels: readonly CellLevel[], cells: Cells): void {
  const longer = Math.max(box[2] - box[0], box[3] - box[1]);
  const level = levels.find(({ stride }) => longer <= LONGEST * stride) ?? levels.at(-1)!;
  const { stride } = level;
  const count = cells.of.length;
  eachCell(level, middleOf(box, stride), (cell, x, y) => {
    const sides = [x - box[0], y - box[1], box[2] - x, box[3] - y].map((side) =>
      Math.max(side / stride, SHORTEST),
    );
    const [left, top, right, bottom] = sides;
    const across = Math.min(left, right) / Math.max(left, right);
    const down = Math.min(top, bottom) / Math.max(top, bottom);
    cells.of[cell] = of;
    cells.counts[cell] = 1;
    cells.centre[cell] = Math.sqrt(across * down);
    for (const [side, value] of sides.entries()) cells.sides[side * count + cell] = value;
  });
}

/** Fills the targets of one image. */
function assign(scene: Scene, levels: readonly CellLevel[], none: number, cells: Cells): void {
  cells.of.fill(none);
  cells.counts.fill(1);
  cells.sides.fill(1);
  cells.centre.fill(0);
  for (const box of scene.ignored) {
    for (const level of levels) eachCell(level, box, (cell) => (cells.counts[cell] = 0));
  }
  for (const one of scene.wanted) place(one, levels, cells);
}

/** Makes the targets of images with boxes, for batches of `height` x `width`. */
export function boxTargets(
  { of: { data, offsets }, classes }: BoxLabels,
  _: unknown,
  size: Size,
): TargetMaker {
  const levels = cellLevels(size);
  const count = countCells(size);
  const f32 = (...shape: number[]) => ({ dtype: "f32", shape }) as const;
  return {
    inputs: {
      [CLASS]: { dtype: "i32", shape: [count] },
      ...{ [COUNTS]: f32(count), [SIDES]: f32(4, count), [CENTRE]: f32(count), [VIEW]: f32(8) },
    },
    fill({ indices, samples, sizes, maps, to }, into) {
      for (const [at, sample] of samples.entries()) {
        if (sample.partner !== undefined) {
          throw new InputError("boxes cannot be mixed; leave mixup out of the augmentations");
        }
        const image = indices[2 * at];
        const own = data.subarray(offsets[image], offsets[image + 1]);
        const part = <T>(name: string, width: number) =>
          into[name].subarray(at * width, (at + 1) * width) as T;
        assign(sceneOf(own, maps[at], to), levels, classes.length, {
          of: part<Int32Array>(CLASS, count),
          counts: part<Float32Array>(COUNTS, count),
          sides: part<Float32Array>(SIDES, 4 * count),
          centre: part<Float32Array>(CENTRE, count),
        });
        const { height, width } = sizes[at];
        part<Float32Array>(VIEW, 8).set([...maps[at], height, width]);
      }
    },
  };
}
