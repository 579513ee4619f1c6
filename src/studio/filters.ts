// What the first layer of a run's net looks for: its filters as small images.

import { join } from "node:path";
import { writePng } from "../data/index.js";
import { netOf } from "../nn/index.js";
import { runFiles } from "../runs/index.js";
import { readSafetensors } from "../tensor/safetensors.js";
import { modelOf } from "../train/modelOf.js";
import type { FoundRun } from "./findRuns.js";
import { configOf } from "./head.js";
import { bytesOfOwn } from "./ownFile.js";

/** Filters that are drawn, in rows of so many; side of one at least, and what is left between two, in pixels. */
const [MOST, COLUMNS, SIDE, GAP] = [64, 16, 30, 3];

/** The weights of the first convolution, [outputs, inputs, height, width]; `undefined` where there are none. */
function firstFilters(run: FoundRun) {
  const config = configOf(run);
  const bytes = bytesOfOwn(join(run.folder, runFiles.best));
  if ("fault" in config || config.module || !bytes) return undefined;
  const { layout } = netOf(modelOf(config.net, run.path), 1, { training: false });
  const first = layout.params.find(({ kind, shape }) => kind === "weight" && shape.length === 4);
  return first && readSafetensors(bytes).tensors.get(first.name);
}

/**
 * Draws the filters of a run's first convolution, each from its smallest number to its largest: in colour where it sees three channels,
 * else the first channel in grey.
 *
 * @returns PNG; `undefined` for a run without weights or convolutions
 */
export function drawFilters(run: FoundRun): Buffer | undefined {
  const filters = firstFilters(run);
  if (!filters) return undefined;
  const [outputs, inputs, height, width] = filters.shape;
  const times = Math.ceil(SIDE / Math.max(height, width));
  const count = Math.min(outputs, MOST);
  const columns = Math.min(count, COLUMNS);
  const [across, down] = [width * times + GAP, height * times + GAP];
  const size = { width: columns * across - GAP, height: Math.ceil(count / columns) * down - GAP };
  const pixels = new Uint8Array(3 * size.width * size.height).fill(255);
  for (let filter = 0; filter < count; filter++) {
    const own = filters.data.subarray(
      filter * inputs * height * width,
      (filter + 1) * inputs * height * width,
    );
    const shown = own.subarray(0, (inputs === 3 ? 3 : 1) * height * width);
    const [low, high] = [Math.min(...shown), Math.max(...shown)];
    const grey = (at: number) => Math.round((255 * (shown[at] - low)) / (high - low || 1));
    const left = (filter % columns) * across;
    const top = Math.floor(filter / columns) * down;
    for (let y = 0; y < height * times; y++) {
      for (let x = 0; x < width * times; x++) {
        const place = Math.floor(y / times) * width + Math.floor(x / times);
        const to = 3 * ((top + y) * size.width + left + x);
        for (let k = 0; k < 3; k++) {
          pixels[to + k] = grey((inputs === 3 ? k * height * width : 0) + place);
        }
      }
    }
  }
  return writePng(pixels, size.width, size.height);
}
