// The kernels of the reference engine, one for every primitive.

import { castKernels } from "./cast.js";
import { compressionKernels } from "./compression.js";
import { convKernels } from "./conv.js";
import { integerKernels } from "./integer.js";
import type { Kernels } from "./kernel.js";
import { matmulKernels } from "./matmul.js";
import { normKernels } from "./norm.js";
import { pointwiseKernels } from "./pointwise.js";
import { poolKernels } from "./pool.js";
import { randomKernels } from "./random.js";
import { recurrentKernels } from "./recurrent.js";
import { reduceKernels } from "./reduce.js";
import { resizeKernels } from "./resize.js";
import { rowKernels } from "./rows.js";
import { sequenceKernels } from "./sequence.js";
import { structureKernels } from "./structure.js";

/** Kernels by the names of their ops. */
export const kernels: Kernels = {
  ...castKernels,
  ...compressionKernels,
  ...convKernels,
  ...integerKernels,
  ...matmulKernels,
  ...normKernels,
  ...pointwiseKernels,
  ...poolKernels,
  ...randomKernels,
  ...recurrentKernels,
  ...reduceKernels,
  ...resizeKernels,
  ...rowKernels,
  ...sequenceKernels,
  ...structureKernels,
};
