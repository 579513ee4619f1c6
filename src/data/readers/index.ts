// All readers. The first that matches a location reads it.

import { cifar } from "./cifar.js";
import { coco } from "./coco.js";
import { csv } from "./csv.js";
import { idx } from "./idx.js";
import { imageFolder } from "./imageFolder.js";
import { markFolder } from "./markFolder.js";
import { maskFolder } from "./maskFolder.js";
import { npz } from "./npz.js";
import type { Reader } from "./reader.js";
import { textFolder } from "./textFolder.js";
import { voc } from "./voc.js";
import { yolo } from "./yolo.js";

export const readers: readonly Reader[] = [
  idx,
  cifar,
  npz,
  csv,
  markFolder,
  textFolder,
  yolo,
  voc,
  coco,
  maskFolder,
  imageFolder,
];
