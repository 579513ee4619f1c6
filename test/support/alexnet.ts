// AlexNet as Krizhevsky, Sutskever and Hinton published it (2012), its two towers as groups: the net by which
// accelerators are compared.

import type { Model } from "../../src/models/index.js";
import { conv2d, flatten, linear, maxPool, relu, sequential } from "../../src/nn/index.js";

/** The net, for images 3x227x227 and 1,000 classes. */
export const alexnet: Model = {
  name: "alexnet",
  source: "Krizhevsky, Sutskever and Hinton 2012",
  input: [3, 227, 227],
  outputs: 1000,
  layer: sequential({
    conv1: conv2d(96, 11, { strides: 4 }),
    relu1: relu(),
    pool1: maxPool(3, { strides: 2 }),
    conv2: conv2d(256, 5, { padding: 2, groups: 2 }),
    relu2: relu(),
    pool2: maxPool(3, { strides: 2 }),
    conv3: conv2d(384, 3, { padding: 1 }),
    relu3: relu(),
    conv4: conv2d(384, 3, { padding: 1, groups: 2 }),
    relu4: relu(),
    conv5: conv2d(256, 3, { padding: 1, groups: 2 }),
    relu5: relu(),
    pool5: maxPool(3, { strides: 2 }),
    flat: flatten(),
    fc6: linear(4096),
    relu6: relu(),
    fc7: linear(4096),
    relu7: relu(),
    fc8: linear(1000),
  }),
};
