// The nets of the experiment: their data, their training, and the smaller net that each may teach.

import { fileURLToPath } from "node:url";

/** Has the net that LeNet-5 teaches. */
const module = fileURLToPath(new URL("half.mjs", import.meta.url));
const digits = { data: "mnist", train: 6000, epochs: 10, module };

/** @param cifar folder of CIFAR-10 */
export const netsOn = (cifar) => {
  const colours = { data: cifar, train: 3000, augment: "flip,crop" };
  return {
    lenet5: { settings: digits, student: "lenet5-half" },
    resnet20: { settings: { ...colours, epochs: 12 }, student: "resnet8" },
    "mobilenetv2-0.5": { settings: { ...colours, epochs: 12 }, student: "mobilenetv2-0.35" },
    "vgg11-bn": { settings: { ...colours, epochs: 8 }, student: "resnet20" },
  };
};
