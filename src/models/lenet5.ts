// LeNet-5 in today's form: the shapes of LeCun, Bottou, Bengio and Haffner 1998 ("Gradient-based
// learning applied to document recognition", Proc. IEEE 86) with full connections, ReLU, max pooling
// and softmax. The net of 1998 itself is in lenet5-1998.ts.

import { conv2d, flatten, lecunNormal, linear, maxPool, relu, sequential } from "../nn/index.js";
import type { ModelFamily } from "./model.js";

/** Height and width that the first convolution of 1998 sees; smaller images get a frame of zeros. */
const FIELD = 32;

/** 61,706 parameters for 28x28 or 32x32 grey images and 10 classes. */
export const lenet5: ModelFamily = {
  name: "lenet5",
  source: "LeCun et al. 1998, doi 10.1109/5.726791; ReLU, max pooling and softmax",
  smallest: 16,
  published: { channels: 1, height: 28, width: 28, outputs: 10 },
  create({ height, width, outputs }) {
    const [above, left] = [height, width].map((size) => Math.max(0, FIELD - size) >> 1);
    const [below, right] = [Math.max(0, FIELD - height) - above, Math.max(0, FIELD - width) - left];
    return {
      body: {
        layer: sequential({
          conv1: conv2d(6, 5, { padding: [above, left, below, right] }),
          relu1: relu(),
          pool1: maxPool(2),
          conv2: conv2d(16, 5),
          relu2: relu(),
          pool2: maxPool(2),
          flatten: flatten(),
          fc1: linear(120),
          relu3: relu(),
          fc2: linear(84),
          relu4: relu(),
        }),
        stages: ["pool1", "pool2"],
      },
      head: sequential({ fc3: linear(outputs, { init: lecunNormal() }) }),
    };
  },
};
