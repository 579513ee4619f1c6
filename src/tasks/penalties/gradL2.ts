// The gradient penalty (Bietti, Mialon, Chen and Mairal 2019, "A kernel perspective for regularizing deep neural networks",
// arXiv 1810.00363): a net whose loss changes little where images do. How the squared gradient by the images changes with the
// parameters is taken from the difference between the images and their neighbours along it, so that no second derivative is
// needed.

import {
  add,
  constant,
  div,
  gradients,
  mul,
  reduceSum,
  sqrt,
  stopGradient,
  sub,
} from "../../graph/index.js";
import { again, imagesOf } from "../../nn/index.js";
import type { Penalty } from "./penalty.js";

/** How far images move, as the root of the mean of squared lengths. */
const FAR = 0.1;

/** Keeps a length away from 0. */
const TINY = 1e-20;

export const gradL2: Penalty = {
  name: "grad-l2",
  description: "mean squared length of the loss's gradient by the images",
  source: "Bietti, Mialon, Chen and Mairal 2019, arXiv 1810.00363",
  strength: { meaning: "factor, from 0", usual: 0.01 },
  of(net, { losses, lossesOf }) {
    const images = imagesOf(net);
    const { graph } = images;
    const [batch] = images.shape;
    const number = (value: number) => constant(graph, value);
    const sum = reduceSum(losses);
    const slope = stopGradient(gradients(sum, [images])[0]);
    const square = mul(reduceSum(mul(slope, slope)), number(1 / batch));
    const step = stopGradient(div(number(FAR), sqrt(add(square, number(TINY)))));
    const moved = lossesOf(again(net, add(images, mul(step, slope))));
    // L(x + step g) - L(x) is step |g|^2, whose gradient is half of that of |g|^2 times step.
    const change = div(sub(reduceSum(moved), sum), step);
    return mul(change, number(2 / batch));
  },
};
