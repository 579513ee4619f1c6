// Files that are either the old one or the new one, whatever happens while they are written.

import { randomInt } from "node:crypto";
import {
  appendFileSync,
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { InputError } from "../inputError.js";
import { writeError } from "./errors.js";

/** Names of files that a process has not finished writing. */
const TEMPORARY = /^\..+\.\d+\.tmp$/;

/** A name that nobody else uses, on this machine or another one. */
const temporaryFor = (path: string) =>
  join(dirname(path), `.${basename(path)}.${randomInt(2 ** 48 - 1)}.tmp`);

/**
 * Removes what processes left that were killed while they wrote a file of a folder. Only for the holder of the
 * folder's lock: nobody else is writing there.
 */
export function removeTemporaryFiles(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    if (TEMPORARY.test(name)) rmSync(join(folder, name), { force: true });
  }
}

/** Brings the folder's entries to disk; some systems do not allow to open a folder for that. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  await handle.sync().finally(() => handle.close());
}

/** Gives a file a second name, unless something has that name. @returns whether it did */
export function place(file: string, path: string): boolean {
  const exists = (error: unknown) => (error as NodeJS.ErrnoException).code === "EEXIST";
  try {
    linkSync(file, path);
    return true;
  } catch (error) {
    if (exists(error)) return false;
  }
  // Some file systems have no links; while it is copied it is empty for a moment.
  try {
    copyFileSync(file, path, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if (exists(error)) return false;
    throw error;
  }
}

/**
 * A file that is replaced as a whole: written beside the old one, piece by piece, brought to disk, then renamed. When
 * anything fails, as on a full disk, the old file stays as it was.
 */
export class AtomicFile {
  private constructor(
    private readonly path: string,
    private readonly draft: string,
    private readonly handle: FileHandle,
  ) {}

  /** Throws an {@link InputError} where nothing can be written, or what is there is no file. */
  static async open(path: string): Promise<AtomicFile> {
    try {
      const found = statSync(path, { throwIfNoEntry: false });
      if (found?.isDirectory()) throw writeError(path, { code: "EISDIR" });
      if (found && !found.isFile())
        throw new InputError(`${path}: it is no file; name another one`);
      const draft = temporaryFor(path);
      return new AtomicFile(path, draft, await open(draft, "wx"));
    } catch (error) {
      throw error instanceof InputError ? error : writeError(path, error);
    }
  }

  /** Adds text or bytes. */
  write(content: string | Uint8Array): Promise<void> {
    return this.attempt(() => this.handle.writeFile(content));
  }

  /**
   * Puts the file into its place.
   *
   * @param previous where the old file is kept; default nowhere
   */
  finish(previous?: string): Promise<void> {
    return this.attempt(async () => {
      await this.close();
      if (previous !== undefined && existsSync(this.path)) await rename(this.path, previous);
      await rename(this.draft, this.path);
      await syncFolder(dirname(this.path));
    });
  }

  /**
   * Puts the file into its place unless one is there, which then stays.
   *
   * @returns whether it did
   */
  finishOnce(): Promise<boolean> {
    return this.attempt(async () => {
      await this.close();
      const done = place(this.draft, this.path);
      await rm(this.draft, { force: true });
      await syncFolder(dirname(this.path));
      return done;
    });
  }

  /** Leaves the old file as it was. */
  async discard(): Promise<void> {
    await this.handle.close().catch(() => undefined);
    await rm(this.draft, { force: true }).catch(() => undefined);
  }

  /** What was written is on disk then. */
  private async close(): Promise<void> {
    await this.handle.sync();
    await this.handle.close();
  }

  private async attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      await this.discard();
      throw writeError(this.path, error);
    }
  }
}

/**
 * Replaces a file as a whole, as {@link AtomicFile} does.
 *
 * @param previous where the old file is kept; default nowhere
 * @throws InputError saying what could not be written and what to do.
 */
export async function writeFileAtomic(
  path: string,
  content: string | Uint8Array,
  previous?: string,
): Promise<void> {
  const file = await AtomicFile.open(path);
  await file.write(content);
  await file.finish(previous);
}

/**
 * Writes a file as a whole unless one is there, which then stays: of many that try, one succeeds.
 *
 * @returns whether it was written
 * @throws InputError saying what could not be written and what to do.
 */
export async function writeFileOnce(path: string, content: string | Uint8Array): Promise<boolean> {
  const file = await AtomicFile.open(path);
  await file.write(content);
  return file.finishOnce();
}

/**
 * Replaces a small file as a whole without waiting until it is on disk: for what is of no use any more when the machine
 * has gone down.
 */
export function replaceFile(path: string, content: string): void {
  const draft = temporaryFor(path);
  try {
    writeFileSync(draft, content);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw writeError(path, error);
  }
}

/** Adds to a file; throws as {@link writeFileAtomic} does. */
export function appendToFile(path: string, content: string | Uint8Array): void {
  try {
    appendFileSync(path, content);
  } catch (error) {
    throw writeError(path, error);
  }
}
