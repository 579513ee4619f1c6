// Density maps (Lempitsky and Zisserman 2010, "Learning to count objects in images", NIPS): each point is a small
// bell, and the sum of all pixels is the number of points.

import type { PointLabels, Size, TargetMaker } from "../../data/index.js";
import type { Buffer } from "../../engine/engine.js";
import { countInto, DOTS, type Dot, eachDots } from "./dots.js";

/** Input with the density of the points of each class, times {@link PEAK}, f32 [n, classes, h, w]. */
export const DENSITY = "density";

/** Standard deviation of a point's bell, in pixels of the net's images. */
const SIGMA = 4;
/** Bells end after so many standard deviations. */
const REACH = 3;

/** What densities are multiplied with, so that the peak of a lone point is 1. */
export const PEAK = 2 * Math.PI * SIGMA * SIGMA;

/** A bell along one axis: its numbers from `first` on, whose sum is 1 within an image of `size` pixels. */
function bell(centre: number, size: number) {
  const first = Math.max(0, Math.floor(centre - REACH * SIGMA));
  const last = Math.min(size - 1, Math.floor(centre + REACH * SIGMA));
  const numbers = Float64Array.from({ length: last - first + 1 }, (_, at) =>
    Math.exp(-((first + at + 0.5 - centre) ** 2) / (2 * SIGMA * SIGMA)),
  );
  const sum = numbers.reduce((total, value) => total + value, 0);
  return { first, numbers: numbers.map((value) => value / sum) };
}

/** Adds a point's bell to the density [classes, h, w] of an image. */
function addBell({ x, y, class: own }: Dot, { height, width }: Size, into: Buffer): void {
  const [across, down] = [bell(x, width), bell(y, height)];
  for (const [dy, share] of down.numbers.entries()) {
    const row = (own * height + down.first + dy) * width + across.first;
    for (let dx = 0; dx < across.numbers.length; dx++) {
      into[row + dx] += PEAK * share * across.numbers[dx];
    }
  }
}

/** Makes the densities of images of a size, and the number of points in each pixel. */
export function densityTargets(labels: PointLabels, _: unknown, size: Size): TargetMaker {
  const shape = [labels.classes.length, size.height, size.width];
  const numbers = shape[0] * shape[1] * shape[2];
  const own = (buffer: Buffer, at: number) => buffer.subarray(at * numbers, (at + 1) * numbers);
  return {
    inputs: { [DENSITY]: { dtype: "f32", shape }, [DOTS]: { dtype: "i32", shape } },
    fill(plan, { [DENSITY]: density, [DOTS]: counts }) {
      density.fill(0);
      eachDots(labels, plan, (dots, at) => {
        for (const dot of dots) addBell(dot, plan.to, own(density, at));
        countInto(dots, plan.to, own(counts, at));
      });
    },
  };
}
