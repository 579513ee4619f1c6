// A container may be lent less of the processors than the machine has: as many threads as it is lent.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { root } from "./convoy.js";

/** A control group that is lent one processor; `undefined` where none can be made. */
function groupOfOne(): string | undefined {
  const first = existsSync("/sys/fs/cgroup/cpu");
  const group = join("/sys/fs/cgroup", first ? "cpu" : "", `convoy-${process.pid}`);
  try {
    mkdirSync(group);
  } catch {
    return undefined;
  }
  try {
    writeFileSync(
      join(group, first ? "cpu.cfs_quota_us" : "cpu.max"),
      first ? "100000" : "100000 100000",
    );
    return group;
  } catch {
    rmdirSync(group);
    return undefined;
  }
}

const group = availableParallelism() > 1 ? groupOfOne() : undefined;
afterAll(() => group && rmdirSync(group));

test.skipIf(!group)(
  "one processor is lent: one thread (needs two, and the right to make control groups)",
  () => {
    const program = `echo $$ > ${group}/cgroup.procs && exec ${process.execPath} bin/convoy.mjs doctor --json`;
    const { stdout } = spawnSync("sh", ["-c", program], { cwd: root, encoding: "utf8" });
    expect(JSON.parse(stdout).threads.found).toBe("1");
  },
);
