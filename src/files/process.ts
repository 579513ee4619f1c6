// Which process it is: its number alone may belong to another one by tomorrow, or in another container.

import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** A process, as it can be found again. */
export interface ProcessId {
  readonly pid: number;
  /** Name of its machine, for messages. */
  readonly host: string;
  /** Where its number counts; see {@link numbersCountIn}. */
  readonly space: string;
  /** When it began, in the system's own terms; absent where the system does not tell. */
  readonly started?: string;
}

/**
 * Where the numbers of processes count: on Linux this boot of the machine and this container, elsewhere the
 * machine by its name.
 */
export function numbersCountIn(): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return hostname();
  }
}

/** State letter and start of a process by Linux's `/proc/<pid>/stat`, whose second field may hold anything. */
function statusOf(pid: number | "self"): { state: string; started: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0], started: fields[19] };
  } catch {
    return undefined;
  }
}

/** This process. */
export const thisProcess = (): ProcessId => ({
  pid: process.pid,
  host: hostname(),
  space: numbersCountIn(),
  started: statusOf("self")?.started,
});

/** Whether there is a process of that number; one of another user counts. */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Whether a process of this machine and container still runs. One that is dead but not yet buried does not. */
export function isRunning({ pid, started }: Pick<ProcessId, "pid" | "started">): boolean {
  if (!exists(pid)) return false;
  const status = statusOf(pid);
  if (!status) return true;
  return !"ZX".includes(status.state) && (started === undefined || started === status.started);
}
