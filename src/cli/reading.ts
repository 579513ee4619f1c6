// Shows how the reading of image files goes on.

import type { ReadProgress } from "../data/index.js";
import { formatBytes } from "../text/bytes.js";
import { clock, counted, grouped } from "../text/format.js";
import type { Stream } from "./console.js";
import { LiveBlock } from "./liveBlock.js";

/** What was done in each stage, in words. */
const past: Readonly<Record<ReadProgress["stage"], string>> = {
  decoding: "decoded",
  packing: "packed",
  features: "worked out the features of",
};

/** Milliseconds between two drawings, and before the first: what is quick needs no line. */
const REDRAW = 100;
const QUIET = 1000;

/** What will be packed, where and how large, said before it begins. */
function plan({ done, total, folder, bytes = 0, seconds }: ReadProgress): string {
  const time = seconds === undefined ? "" : `, about ${clock(seconds)}`;
  const before = done > 0 ? ` (${grouped(done)} are there already)` : "";
  return `packing ${grouped(total)} images${before} into ${folder}: ${formatBytes(bytes)}${time}`;
}

/** A watcher of reading that writes to a stream: a live line on a terminal, else one line at the start and the end. */
export function showReading(
  stream: Stream,
  now: () => number = () => performance.now(),
): (progress: ReadProgress) => void {
  const block = new LiveBlock(stream);
  let begun = now();
  let drawn = begun + QUIET - REDRAW;
  let told = false;
  let over = false;
  return (progress) => {
    const { stage, done, total, seconds } = progress;
    if (over) {
      begun = now();
      drawn = begun + QUIET - REDRAW;
      told = false;
    }
    over = done === total;
    if (stage === "packing" && !told) block.print(plan(progress));
    const shown = told || stage === "packing";
    const slow = now() - drawn >= REDRAW;
    told = shown || slow;
    if (over && told) {
      block.print(`${past[stage]} ${counted(total, "image")}, ${clock((now() - begun) / 1000)}`);
    } else if (block.live && slow) {
      const left = seconds === undefined ? "" : `  ${clock(seconds)} left`;
      block.draw([`${stage} ${grouped(done)} of ${grouped(total)} images${left}`]);
      drawn = now();
    }
  };
}
