// What a lock says of its holder, and whether that one is still there.

import { readFileSync, readSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { isRunning, numbersCountIn, type ProcessId } from "./process.js";

/** Who holds a lock. */
export interface Holder extends ProcessId {
  /** Of this very lock. */
  readonly id: string;
  /** Of the lock in its process, open as long as it is held: a thread may end before its process does. */
  readonly descriptor: number;
}

/** A lock as it was read. One that is damaged, or was written by another program, may say less. */
export interface FoundLock extends Partial<Holder> {
  readonly id: string;
  /** Still without content: a holder that could not write it in one go is about to. */
  readonly empty: boolean;
  /** When it was last touched, in milliseconds by the clock of its disk. */
  readonly touched: number;
}

/** Most bytes of a lock. */
const MOST_LOCK = 64 * 1024;

type Fields = Partial<Record<keyof Holder, unknown>>;

function parse(text: string): Fields {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

const textOf = (value: unknown) => (typeof value === "string" ? value : undefined);
const countOf = (value: unknown) =>
  Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : undefined;

/** Its id becomes a part of a file's name. */
const idOf = (value: unknown) => textOf(value)?.match(/^[\w-]{1,64}$/)?.[0];

/** Reads a lock; `undefined` when there is none. */
export function readLock(path: string): FoundLock | undefined {
  try {
    const { ino, mtimeMs, size } = statSync(path);
    // A lock is a line; what is longer is no lock of ours, and says nothing.
    const text = size > MOST_LOCK ? "{}" : readFileSync(path, "utf8");
    const fields = parse(text);
    return {
      id: idOf(fields.id) ?? `${ino}-${Math.round(mtimeMs)}`,
      pid: countOf(fields.pid),
      host: textOf(fields.host),
      space: textOf(fields.space),
      started: textOf(fields.started),
      descriptor: countOf(fields.descriptor),
      empty: text === "",
      touched: mtimeMs,
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Whether a descriptor of this process is that of a lock. */
function isOpen(descriptor: number | undefined, id: string): boolean {
  if (descriptor === undefined) return false;
  try {
    const bytes = Buffer.alloc(1024);
    const length = readSync(descriptor, bytes, 0, bytes.length, 0);
    return parse(bytes.toString("utf8", 0, length)).id === id;
  } catch {
    return false;
  }
}

/**
 * Whether the holder of a lock is there: its process runs, and in this process the thread too. A process of
 * another machine or container cannot be asked; it is there if it has touched its lock of late.
 *
 * @param since when it must have been touched, in milliseconds by the clock of the lock's disk
 */
export function isHeld(lock: FoundLock, since: number): boolean {
  const { pid, host, space, started, id, descriptor, empty, touched } = lock;
  if (pid === undefined && !empty) return false;
  const askable = space === undefined ? host === hostname() : space === numbersCountIn();
  if (pid === undefined || !askable) return touched > since;
  if (!isRunning({ pid, started })) return false;
  return pid !== process.pid || isOpen(descriptor, id);
}
