// A box of the stored image, of any place, size and shape, resized to the net's input (Szegedy et al. 2015, "Going deeper
// with convolutions", section 6). Numbers as in PyTorch's RandomResizedCrop: areas even between the smallest and all,
// the logarithm of width over height even between that of 3/4 and of 4/3, ten tries, then the largest box in the middle.

import { type Box, boxMap } from "../geometry.js";
import type { Size } from "../images.js";
import type { AugmentationKind } from "./augmentation.js";

const LARGEST_RATIO = 4 / 3;
const TRIES = 10;

/** The largest box in the middle whose shape is within bounds. */
function middle({ height, width }: Size): Box {
  const across = Math.min(width, Math.round(height * LARGEST_RATIO));
  const down = Math.min(height, Math.round(width * LARGEST_RATIO));
  return {
    height: down,
    width: across,
    left: (width - across) >> 1,
    top: (height - down) >> 1,
  };
}

/** What is drawn for one image: shares of its area and shapes to try, and a place, all from 0 to 1. */
interface Draws {
  readonly tries: readonly (readonly [area: number, shape: number])[];
  readonly left: number;
  readonly top: number;
}

/** The box that the numbers mean in an image of a size. */
function boxIn(size: Size, { tries, left, top }: Draws, smallest: number): Box {
  const area = size.height * size.width;
  for (const [share, shape] of tries) {
    const wanted = area * (smallest + share * (1 - smallest));
    const ratio = LARGEST_RATIO ** (2 * shape - 1);
    const width = Math.round(Math.sqrt(wanted * ratio));
    const height = Math.round(Math.sqrt(wanted / ratio));
    if (width < 1 || height < 1 || width > size.width || height > size.height) continue;
    const within = (place: number, room: number) => Math.floor(place * (room + 1));
    return {
      height,
      width,
      left: within(left, size.width - width),
      top: within(top, size.height - height),
    };
  }
  return middle(size);
}

export const randomResizedCrop: AugmentationKind = {
  name: "rrc",
  source: "Szegedy et al. 2015, arXiv 1409.4842",
  meaning: "largest share of the image's area that is cut away",
  usual: 0.92,
  largest: 0.99,
  apply(sample, random, to, strength) {
    if (strength === 0) return;
    const tries = Array.from(
      { length: TRIES },
      () => [random.uniform(), random.uniform()] as const,
    );
    const draws = { tries, left: random.uniform(), top: random.uniform() };
    sample.frame = (from) => boxMap(boxIn(from, draws, 1 - strength), to);
  },
};
