// The net of the DPSGD paper's own illustration (Zhang et al. 2021, arXiv 2112.01433): two hidden layers of 50 units.

import { nn } from "convoynet";

export const models = [
  {
    name: "mlp-50-50",
    source: "Zhang et al. 2021, arXiv 2112.01433",
    smallest: 1,
    create: ({ outputs }) => ({
      layer: nn.sequential({
        flatten: nn.flatten(),
        fc1: nn.linear(50),
        relu1: nn.relu(),
        fc2: nn.linear(50),
        relu2: nn.relu(),
        fc3: nn.linear(outputs),
      }),
    }),
  },
];
