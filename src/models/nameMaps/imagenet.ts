// What weights trained on ImageNet have in common.

import type { NameMap } from "./nameMap.js";

/** The 1,000 classes of ILSVRC 2012 by number. */
export const imagenetClasses: readonly string[] = Array.from({ length: 1000 }, (_, at) =>
  String(at),
);

/** Images as torchvision normalises them, in bytes: 0.485, 0.456, 0.406 and 0.229, 0.224, 0.225 of 255. */
export const imagenet = {
  images: {
    input: [3, 224, 224],
    mean: [0.485, 0.456, 0.406].map((share) => 255 * share),
    std: [0.229, 0.224, 0.225].map((share) => 255 * share),
  },
  classes: imagenetClasses,
} as const satisfies Pick<NameMap, "images" | "classes">;

/** Where weights come from. */
export const sources = {
  torchvision: "torchvision",
  timm: "timm",
  both: "torchvision and timm",
} as const;
