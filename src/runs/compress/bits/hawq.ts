// Bits by how much the loss bends along the weights of each layer (Dong et al. 2019, HAWQ-V2, arXiv 1911.03852; Yao et al.
// 2020, HAWQ-V3, arXiv 2011.10680).

import { allocate, bitLayers } from "../../../compress/index.js";
import { curvatureOf } from "../curvature.js";
import type { BitChooser } from "./chooser.js";

export const hawq = {
  name: "hawq",
  source: "Yao et al. 2020, arXiv 2011.10680",
  measures: "mean eigenvalue",
  async choose({ net, plan, images, onWarning }) {
    const { inner, choices, cost, budget } = plan;
    const curvature = await curvatureOf(net, inner, images);
    const { layers, negative } = bitLayers(inner, curvature, choices, cost);
    if (negative.length > 0) {
      onWarning?.(
        `the loss does not bend up along ${negative.join(", ")}, which counts as next to nothing: is the net trained?`,
      );
    }
    const { bits } = allocate(layers, budget);
    const measure = new Map([...curvature].map(([name, { mean }]) => [name, mean]));
    return { bits, measure, layers };
  },
} satisfies BitChooser;
