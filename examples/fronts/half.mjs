// What LeNet-5 teaches, for want of a smaller net among the registered ones; runs name this file by the setting `module`.

import { conv2d, flatten, linear, maxPool, relu, sequential } from "convoynet/nn";

/** LeNet-5 of half as many channels. */
const half = {
  name: "lenet5-half",
  source: "this example",
  smallest: 16,
  published: { channels: 1, height: 28, width: 28, outputs: 10 },
  create: ({ outputs }) => ({
    body: {
      layer: sequential({
        conv1: conv2d(3, 5, { padding: 2 }),
        relu1: relu(),
        pool1: maxPool(2),
        conv2: conv2d(8, 5),
        relu2: relu(),
        pool2: maxPool(2),
        flatten: flatten(),
        fc1: linear(60),
        relu3: relu(),
        fc2: linear(42),
        relu4: relu(),
      }),
      stages: ["pool1", "pool2"],
    },
    head: sequential({ fc3: linear(outputs) }),
  }),
};

export const models = [half];
