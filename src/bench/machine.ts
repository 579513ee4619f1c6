// The machine that numbers were measured on.

import { readFileSync } from "node:fs";
import { arch, cpus, release, type } from "node:os";
import { usableCores, usableMemory } from "../machine.js";

/** What decides about speed. */
export interface Machine {
  readonly cpu: string;
  /** Cores that this process may use. */
  readonly cores: number;
  /** Instruction sets for arithmetic, where the system tells them. */
  readonly features: readonly string[];
  readonly memoryBytes: number;
  readonly system: string;
  readonly node: string;
}

/** Instruction sets that matter here, as Linux names them. */
const ARITHMETIC =
  /^(avx|avx2|fma|f16c|avx512\w*|avx_vnni|amx_\w+|asimd|asimddp|sve\d?|bf16|i8mm)$/;

function features(): string[] {
  try {
    const line = /^(?:flags|Features)\s*:(.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"));
    return (line?.[1] ?? "").split(" ").filter((name) => ARITHMETIC.test(name));
  } catch {
    return []; // no Linux
  }
}

/** Bytes of a core's own cache where the system does not tell them. */
const USUAL_CACHE = 2 ** 20;

/** Bytes that stay near a core: those of its second-level cache. */
export function nearCacheBytes(): number {
  try {
    const text = readFileSync("/sys/devices/system/cpu/cpu0/cache/index2/size", "utf8");
    const [, kilobytes] = /^(\d+)K$/m.exec(text)!;
    return 1024 * Number(kilobytes);
  } catch {
    return USUAL_CACHE; // no Linux
  }
}

/** Describes this machine. */
export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: usableCores(),
    features: features(),
    memoryBytes: usableMemory(),
    system: `${type()} ${release()} ${arch()}`,
    node: process.versions.node,
  };
}
