// LeNet-5 as Caffe has it, which Han, Mao and Dally 2016 (arXiv 1510.00149) compress: 431,080 parameters for MNIST.

import { nn } from "convoynet";

export const models = [
  {
    name: "lenet5-caffe",
    source: "Jia et al. 2014, arXiv 1408.5093, examples/mnist",
    smallest: 16,
    create: ({ outputs }) => ({
      layer: nn.sequential({
        conv1: nn.conv2d(20, 5),
        pool1: nn.maxPool(2),
        conv2: nn.conv2d(50, 5),
        pool2: nn.maxPool(2),
        flatten: nn.flatten(),
        fc1: nn.linear(500),
        relu: nn.relu(),
        fc2: nn.linear(outputs),
      }),
    }),
  },
];
