// Images a second of a training that reads its images from memory, or from a packed file:
//
//   node examples/larger-than-memory/rate.mjs PHOTOS memory|packed STEPS
//
// Prints the steps' images a second, without reading, packing and evaluating.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { train } from "convoynet";

const [photos, where, steps] = process.argv.slice(2);
if (!steps) {
  console.error("usage: node examples/larger-than-memory/rate.mjs PHOTOS memory|packed STEPS");
  process.exit(2);
}

/** Steps of the beginning, in which the file's pages and the engine's threads are first met. */
const WARM = 10;
const BATCH = 64;
const folder = mkdtempSync(join(tmpdir(), "convoy-rate-"));
let start;
const listener = (event) => {
  if (event.type !== "step") return;
  if (event.step === WARM) start = performance.now();
  if (event.step !== Number(steps)) return;
  const rate = ((event.step - WARM) * BATCH * 1000) / (performance.now() - start);
  const resident = process.resourceUsage().maxRSS / 1e6;
  console.log(JSON.stringify({ where, imagesPerSecond: Math.round(rate), maxRssGB: resident }));
};
await train(
  {
    ...{ data: photos, model: "squeezenet1.1", size: 112, augment: "flip", batch: BATCH },
    ...{ steps: Number(steps), pack: where === "packed" || undefined, out: join(folder, "run") },
  },
  { listeners: [listener] },
);
rmSync(folder, { recursive: true });
