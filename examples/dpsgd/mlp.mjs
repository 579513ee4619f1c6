// The net of the paper's own illustration (arXiv 2112.01433): two hidden layers of 50 units.
import { flatten, linear, relu, sequential } from "convoynet/nn";

export const models = [
  {
    name: "mlp-50-50",
    source: "Zhang et al. 2021, arXiv 2112.01433",
    smallest: 1,
    published: { channels: 1, height: 28, width: 28, outputs: 10 },
    create: ({ outputs }) => ({
      layer: sequential({
        flatten: flatten(),
        fc1: linear(50),
        relu1: relu(),
        fc2: linear(50),
        relu2: relu(),
        fc3: linear(outputs),
      }),
    }),
  },
];
