// How each operator of ONNX is built of our primitives. A new one is its place in the file of its family.

import type { Builder } from "../step.js";
import { activations } from "./activations.js";
import { elementwise } from "./elementwise.js";
import { norms } from "./norms.js";
import { products } from "./products.js";
import { quantised } from "./quantised.js";
import { recurrent } from "./recurrent.js";
import { reductions } from "./reduce.js";
import { resizing } from "./resize.js";
import { shapes } from "./shapes.js";
import { windows } from "./windows.js";

/** By the names of operators. */
export const builders: Readonly<Record<string, Builder>> = {
  ...activations,
  ...elementwise,
  ...norms,
  ...products,
  ...quantised,
  ...recurrent,
  ...reductions,
  ...resizing,
  ...shapes,
  ...windows,
};
