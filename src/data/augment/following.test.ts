// Labels of places go where policies move the pixels that they are of.

import { describe, expect, test } from "vitest";
import { referenceEngine } from "../../engine/reference/index.js";
import { dotTargets } from "../../tasks/counting/dots.js";
import { maskTargets } from "../../tasks/segmentation/targets.js";
import { Random } from "../../tensor/philox.js";
import { IGNORED, imagesOf, Loader, mapBox, type TargetMaker } from "../index.js";
import { evenOffsets } from "../ragged.js";
import { type Augmentation, Sample } from "./augmentation.js";
import { parseAugmentations } from "./index.js";
import { operationNames } from "./operations.js";

const SIDE = 16;
const COUNT = 12;
const MOVES = ["shearX", "shearY", "translateX", "translateY", "rotate"];
const rest = operationNames.filter((name) => !MOVES.includes(name));
const size = { height: SIDE, width: SIDE };
const square = { ...size, channels: 1 };

/** Batches of all images behind moves of policies alone. */
async function batchOf(bytes: Uint8Array, augment: readonly Augmentation[], targets: TargetMaker) {
  const engine = referenceEngine();
  const dataset = {
    ...{ name: "places", length: COUNT, channels: 1, labels: { kind: "none" } as const },
    images: imagesOf(bytes, square),
  };
  const intake = { input: [1, SIDE, SIDE] as const, mean: [0], std: [1], fit: "stretch" as const };
  const options = { batch: COUNT, seed: 5, shuffle: false, augment, targets, intake };
  const loader = new Loader(engine, dataset, options);
  return loader.batch(1, 0);
}

describe.each(["trivial", "trivial-wide", "trivial=2", "rand", "trivial,flip"])("%s", (text) => {
  const augment = parseAugmentations(text, rest);

  test("a mask says of each pixel what the image shows, and nothing beside it", async () => {
    const random = new Random({ seed: 1, purpose: "init" });
    const classes = Uint8Array.from({ length: COUNT * SIDE * SIDE }, () => random.integer(4));
    const images = classes.map((one) => 50 * (one + 1));
    const labels = {
      ...{ kind: "mask" as const, classes: ["a", "b", "c", "d"] },
      of: { data: classes, offsets: evenOffsets(COUNT, SIDE * SIDE) },
    };
    const batch = await batchOf(images, augment, maskTargets(labels, {}, size));
    const mask = batch.targets["mask"];
    const wrong = [...batch.images].filter(
      (byte, at) => byte !== (mask[at] === IGNORED ? 0 : 50 * (mask[at] + 1)),
    );
    expect([...mask].filter((one) => one === IGNORED).length).toBeGreaterThan(50);
    // An engine rounds maps to parts of a pixel: of two pixels as near it may take the other one. Where one move takes
    // pixels out and the next one back, the image is black.
    const seldom = augment[0].strength > 1 ? 0.1 : 0.02;
    expect(wrong.length / batch.images.length).toBeLessThan(seldom);
  });

  test("a point lies in the bright spot that it is of", async () => {
    const images = new Uint8Array(COUNT * SIDE * SIDE);
    const spot = [6, 7, 8, 9];
    for (let image = 0; image < COUNT; image++) {
      for (const y of spot) for (const x of spot) images[(image * SIDE + y) * SIDE + x] = 200;
    }
    const labels = {
      ...{ kind: "points" as const, classes: ["spot"] },
      of: {
        data: Float32Array.from({ length: 3 * COUNT }, (_, at) => (at % 3 === 2 ? 0 : 8)),
        offsets: Float64Array.from({ length: COUNT + 1 }, (_, at) => 3 * at),
      },
    };
    const { targets, images: shown } = await batchOf(images, augment, dotTargets(labels, {}, size));
    const seen = [...targets["dots"]].flatMap((dots, at) => (dots > 0 ? [shown[at]] : []));
    expect(seen.length).toBeGreaterThan(COUNT / 2);
    // Two moves may take the spot out of the image and bring its place back.
    const black = seen.filter((byte) => byte !== 200);
    expect(black.length).toBeLessThanOrEqual(augment[0].strength > 1 ? 2 : 0);
  });
});

test("a box lies round what it was of", () => {
  const [policy] = parseAugmentations("trivial", rest);
  for (let at = 0; at < 40; at++) {
    const sample = new Sample(() => [1, 0, 0, 0, 1, 0]);
    policy.apply(sample, new Random({ seed: 9, purpose: "augment" }, at), { ...size, count: 1 });
    const map = sample.labelMapFrom(size);
    const { box } = mapBox([6, 6, 10, 10], map, size);
    // The pixel of the result that shows the middle of the box.
    const inside = [];
    for (let y = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++) {
        const [a, b, c, d, e, f] = map;
        const [sx, sy] = [a * x + b * y + c, d * x + e * y + f];
        if (Math.hypot(sx - 7.5, sy - 7.5) < 1) inside.push([x, y]);
      }
    }
    for (const [x, y] of inside) {
      expect(x + 0.5 > box[0] && x + 0.5 < box[2]).toBe(true);
      expect(y + 0.5 > box[1] && y + 0.5 < box[3]).toBe(true);
    }
  }
});
