// Random numbers: a function of the run's key, the node's stream and the element's index.

import { Random } from "../../../tensor/philox.js";
import { sizeOf } from "../../../tensor/shape.js";
import type { Kernel, Kernels } from "./kernel.js";

const uniform: Kernel<{ readonly stream: number }> = (_, { attrs, outputs }, { key }) => {
  const random = new Random(key!, attrs.stream);
  const length = sizeOf(outputs[0].shape);
  return [Float64Array.from({ length }, (_, index) => random.uniform(index))];
};

export const randomKernels = { uniform } satisfies Partial<Kernels>;
