// What the ways of `convoy compress` that may train do alike: progress on standard error, Ctrl-C, and their report.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { type PruneOptions, runFiles } from "../runs/index.js";
import type { CompressFlags } from "./compressWay.js";
import { type Console, say, sayJson } from "./console.js";
import { Interrupted } from "./errors.js";
import { interruptible } from "./interrupt.js";
import { type RunMetrics, runMetrics } from "./lossReport.js";
import { showProgress } from "./progress.js";
import { showReading } from "./reading.js";

/** Who hears of a compression, and who can end it. */
export type Watch = Pick<PruneOptions, "listeners" | "signal" | "onProgress">;

/** A way's own part. */
interface Compressing<R> {
  compress(watch: Watch): Promise<R | undefined>;
  print(console: Console, report: R, metrics: RunMetrics): void;
}

/**
 * Compresses a run into the folder `out`, and tells what became of it.
 *
 * @throws Interrupted that says whether something is saved
 */
export async function compressRun<R extends object>(
  run: string,
  { json, out, ...flags }: CompressFlags,
  console: Console,
  { compress, print }: Compressing<R>,
): Promise<void> {
  const report = await interruptible(
    (signal) =>
      compress({
        signal,
        listeners: [showProgress(console.err)],
        onProgress: showReading(console.err),
      }),
    (line) => say(console.err, line),
  );
  if (!report) {
    throw new Interrupted(
      existsSync(join(out, runFiles.config))
        ? `saved; go on with: convoy train --resume ${out}`
        : "interrupted before the last training; nothing is kept",
    );
  }
  if (json) sayJson(console, report);
  else print(console, report, await runMetrics(run, flags));
}
