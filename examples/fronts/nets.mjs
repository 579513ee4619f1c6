// The nets of the experiment: their training, and the smaller net that each may teach.

import { fileURLToPath } from "node:url";

/** Has the net that LeNet-5 teaches. */
const module = fileURLToPath(new URL("half.mjs", import.meta.url));
const data = "mnist";

/** Digits, few of them, and small as nets allow: all of it shall take minutes. */
export const nets = {
  lenet5: { settings: { data, train: 6000, epochs: 10, module }, student: "lenet5-half" },
  resnet20: { settings: { data, train: 2000, epochs: 8, size: 16 }, student: "resnet8" },
  "mobilenetv2-0.5": {
    settings: { data, train: 2000, epochs: 20, size: 32 },
    student: "mobilenetv2-0.35",
  },
  "vgg11-bn": { settings: { data, train: 3000, epochs: 8, size: 32 }, student: "resnet20" },
};
