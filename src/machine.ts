// What the machine lends this process. A container may be lent less than the machine has: a share of its
// processors' time, a part of its memory.

import { readFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { dirname, join } from "node:path";

function textAt(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return undefined;
  }
}

/** Processors whose time a control group of Linux is lent; infinite where nothing limits it. */
function lentTo(group: string): number {
  const [quota, period] = (
    textAt(join(group, "cpu.max")) ??
    `${textAt(join(group, "cpu.cfs_quota_us"))} ${textAt(join(group, "cpu.cfs_period_us"))}`
  )
    .split(" ")
    .map(Number);
  return quota > 0 && period > 0 ? quota / period : Number.POSITIVE_INFINITY;
}

/** A group and all that it lies in. */
function* upFrom(path: string): Generator<string> {
  yield path;
  if (path !== dirname(path)) yield* upFrom(dirname(path));
}

/**
 * Processors whose time the control groups of this process are lent, of the first or the second version of Linux's
 * interface; infinite where nothing limits them, as on other systems.
 *
 * @param root folder that stands for `/`
 */
export function lentCores(root = "/"): number {
  const lines = textAt(join(root, "proc/self/cgroup"))?.split("\n") ?? [];
  const groups = lines.flatMap((line) => {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (path === undefined) return [];
    if (controllers !== "" && !controllers.split(",").includes("cpu")) return [];
    // In a container the path may be that of the machine, while the container's own group lies at the top.
    return [...upFrom(path)].map((group) => join(root, "sys/fs/cgroup", controllers, group));
  });
  return Math.min(...groups.map(lentTo));
}

/** Threads that can compute at the same time for longer than a moment. */
export const usableCores = (): number =>
  Math.max(1, Math.floor(Math.min(availableParallelism(), lentCores())));

/** Bytes of memory that this process may come to hold. */
export const usableMemory = (): number =>
  Math.min(totalmem(), process.constrainedMemory?.() || Number.POSITIVE_INFINITY);
