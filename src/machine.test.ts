import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { lentCores, usableCores } from "./machine.js";

/** A folder that stands for `/`, with these files. */
function rootWith(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "convoy-machine-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const first = "9:name=systemd:/\n3:cpu,cpuacct:/docker/x\n2:cpuacct:/\n";
const second = "0::/user.slice/one\n";

test.each<[string, number, Readonly<Record<string, string>>]>([
  [
    "of the second version",
    1.5,
    { "proc/self/cgroup": second, "sys/fs/cgroup/user.slice/one/cpu.max": "150000 100000\n" },
  ],
  [
    "of a group around it, when that is less",
    1,
    {
      "proc/self/cgroup": second,
      "sys/fs/cgroup/user.slice/one/cpu.max": "400000 100000\n",
      "sys/fs/cgroup/user.slice/cpu.max": "100000 100000\n",
    },
  ],
  [
    "of the first version",
    2,
    {
      "proc/self/cgroup": first,
      "sys/fs/cgroup/cpu,cpuacct/docker/x/cpu.cfs_quota_us": "100000\n",
      "sys/fs/cgroup/cpu,cpuacct/docker/x/cpu.cfs_period_us": "50000\n",
    },
  ],
  [
    "of a container that sees its own group at the top",
    0.5,
    {
      "proc/self/cgroup": first,
      "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "50000\n",
      "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
    },
  ],
  [
    "that is no limit",
    Number.POSITIVE_INFINITY,
    {
      "proc/self/cgroup": second + first,
      "sys/fs/cgroup/user.slice/one/cpu.max": "max 100000\n",
      "sys/fs/cgroup/cpu,cpuacct/docker/x/cpu.cfs_quota_us": "-1\n",
      "sys/fs/cgroup/cpu,cpuacct/docker/x/cpu.cfs_period_us": "100000\n",
    },
  ],
  ["of a system without control groups", Number.POSITIVE_INFINITY, {}],
])("a quota of processor time %s", (_, cores, files) => {
  expect(lentCores(rootWith(files))).toBe(cores);
});

test("as many threads as there are processors to compute on, and at least one", () => {
  expect(usableCores()).toBeGreaterThanOrEqual(1);
  expect(usableCores()).toBeLessThanOrEqual(availableParallelism());
});
