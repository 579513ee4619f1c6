// Kinds of weights files that are recognised by the names of their tensors. A new one is its file and
// one line here.

import { convnextMaps } from "./convnext.js";
import { invertedMaps } from "./inverted.js";
import type { NameMap } from "./nameMap.js";
import { resnetMaps } from "./resnet.js";
import { shufflenetMaps } from "./shufflenet.js";
import { squeezenetMaps } from "./squeezenet.js";
import { tfliteMaps } from "./tflite.js";
import { vggMaps } from "./vgg.js";

export type { NameMap } from "./nameMap.js";

/** Every kind. */
export const nameMaps: readonly NameMap[] = [
  ...squeezenetMaps,
  ...resnetMaps,
  ...vggMaps,
  ...invertedMaps,
  ...convnextMaps,
  ...shufflenetMaps,
  ...tfliteMaps,
];
