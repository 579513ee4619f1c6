// One worker at a time in a folder: `run.lock` in it names the holder.
//
// A lock is written beside its place as a whole and then linked there, which fails when another lock stands
// there. A lock whose holder is gone is replaced by its one successor: whoever is first to make the file that
// bears the dead lock's id. So of many that try at once exactly one succeeds.

import { randomUUID } from "node:crypto";
import {
  closeSync,
  fstatSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { InputError } from "../inputError.js";
import { place, removeTemporaryFiles } from "./atomicFile.js";
import { writeError } from "./errors.js";
import { type FoundLock, type Holder, isHeld, readLock } from "./holder.js";
import { thisProcess } from "./process.js";

const LOCK = "run.lock";

/** A holder that others may be unable to ask touches its lock so often, and ... */
const SIGN_EVERY = 15_000;
/** ... counts as gone when it has not for so long, in milliseconds. */
const SILENCE = 120_000;

/** Looks at a lock that changes under our eyes. */
const MOST_LOOKS = 1000;

const describe = ({ pid, host }: FoundLock): string =>
  `process ${pid ?? "unknown"} on ${host ?? "an unknown machine"}`;

/** A lock that is held, from {@link lockFolder}. */
export class FolderLock {
  private readonly id = randomUUID();
  private readonly path: string;
  /** The lock before it is in its place. */
  private readonly draft: string;
  private readonly text: string;
  private readonly descriptor: number;
  /** The lock in its place; the draft itself where the disk has links. */
  private readonly file: number;
  private readonly signs: NodeJS.Timeout;

  /** Takes the lock; see {@link lockFolder}. */
  constructor(private readonly folder: string) {
    this.path = join(folder, LOCK);
    this.draft = join(folder, `.${LOCK}.${this.id}.tmp`);
    this.descriptor = openSync(this.draft, "wx+");
    const { id, descriptor } = this;
    this.text = JSON.stringify({ ...thisProcess(), id, descriptor } satisfies Holder);
    try {
      writeSync(descriptor, this.text);
      this.take();
      this.file = openSync(this.path, "r+");
      this.tidy();
    } catch (error) {
      closeSync(descriptor);
      throw error;
    } finally {
      rmSync(this.draft, { force: true });
    }
    this.signs = setInterval(() => this.giveSign(), SIGN_EVERY).unref();
  }

  /** @throws InputError when somebody else has the lock by now. */
  expectHeld(): void {
    const lock = readLock(this.path);
    if (lock === undefined || lock.id === this.id) return;
    throw new InputError(
      `${describe(lock)} has taken ${this.folder} over, because this process gave no sign for too long or ` +
        `its ${LOCK} was deleted; this one ends and leaves the folder to it`,
    );
  }

  /** Gives the lock back. */
  release(): void {
    clearInterval(this.signs);
    if (readLock(this.path)?.id === this.id) rmSync(this.path, { force: true });
    closeSync(this.file);
    closeSync(this.descriptor);
  }

  private take(): void {
    for (let looks = 0; looks < MOST_LOOKS; looks++) if (this.tryToTake()) return;
    throw new InputError(`${this.path} cannot be taken; delete it if no process works there`);
  }

  /** Whether the lock is ours now; `false` when it is worth another look. */
  private tryToTake(): boolean {
    if (place(this.draft, this.path)) return true;
    const lock = readLock(this.path);
    if (!lock) return false;
    this.expectGone(lock);
    const claim = this.claimSuccession(lock);
    if (claim === undefined) return false;
    // Since we looked, a successor may have taken the lock and given it back.
    const same = readLock(this.path)?.id === lock.id;
    if (same) renameSync(this.draft, this.path);
    rmSync(claim, { force: true });
    return same;
  }

  /**
   * Becomes the one that may replace a dead lock. A successor may have died before it did so; it then has a
   * successor of its own.
   *
   * @returns the file that says so, or `undefined` when another look at the lock is needed.
   */
  private claimSuccession(dead: FoundLock): string | undefined {
    const claim = join(this.folder, `.${LOCK}.after-${dead.id}.tmp`);
    if (place(this.draft, claim)) return claim;
    const rival = readLock(claim);
    if (!rival) return undefined;
    this.expectGone(rival);
    return this.claimSuccession(rival);
  }

  private expectGone(lock: FoundLock): void {
    if (!isHeld(lock, this.since)) return;
    throw new InputError(
      `${describe(lock)} is working in ${this.folder}; wait for it or end it ` +
        `(if it is long gone, delete ${this.path})`,
    );
  }

  private get since(): number {
    return fstatSync(this.descriptor).mtimeMs - SILENCE;
  }

  /** Touches the lock, by writing what it says: so it is the disk's clock that counts. */
  private giveSign(): void {
    try {
      writeSync(this.file, this.text, 0);
    } catch {
      // A disk that is full or gone; whoever saves next is told.
    }
  }

  /** Removes what dead processes left in the folder. */
  private tidy(): void {
    removeTemporaryFiles(this.folder);
    for (const name of readdirSync(this.folder)) {
      if (!name.startsWith(`.${LOCK}.`)) continue;
      const path = join(this.folder, name);
      const lock = readLock(path);
      if (lock && !isHeld(lock, this.since)) rmSync(path, { force: true });
    }
  }
}

/**
 * Takes the lock of a folder, and removes the temporary files that killed processes left in it. A lock is
 * taken over when the process or the thread that held it is gone, or, where its machine or container cannot be
 * asked, when it has given no sign for two minutes.
 *
 * @throws InputError naming the process that works in the folder.
 */
export function lockFolder(folder: string): FolderLock {
  try {
    return new FolderLock(folder);
  } catch (error) {
    throw writeError(join(folder, LOCK), error);
  }
}

/** The process that works in a folder, as its lock names it; `undefined` where nobody does. */
export function holderOf(
  folder: string,
): { readonly name: string; readonly pid: number } | undefined {
  const lock = readLock(join(folder, LOCK));
  if (lock?.pid === undefined || !isHeld(lock, Date.now() - SILENCE)) return undefined;
  return { name: lock.host ?? "unknown", pid: lock.pid };
}

/** Whether somebody works in a folder, by its lock; a holder that cannot be asked has touched it within two minutes. */
export function isLocked(folder: string): boolean {
  const lock = readLock(join(folder, LOCK));
  return lock !== undefined && isHeld(lock, Date.now() - SILENCE);
}
