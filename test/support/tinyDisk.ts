// A disk that is soon full: a tmpfs, where this machine and user may mount one.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A disk in memory; unmount it when done. */
export interface TinyDisk {
  readonly path: string;
  unmount(): void;
}

/** Mounts a disk of some KiB, or returns `undefined` where that is not allowed. */
export function mountTinyDisk(kib: number): TinyDisk | undefined {
  const path = mkdtempSync(join(tmpdir(), "convoy-full-"));
  try {
    const options = ["-t", "tmpfs", "-o", `size=${kib}k`, "tmpfs", path];
    execFileSync("mount", options, { stdio: "ignore" });
  } catch {
    rmSync(path, { recursive: true });
    return undefined;
  }
  return {
    path,
    unmount() {
      execFileSync("umount", [path]);
      rmSync(path, { recursive: true });
    },
  };
}
