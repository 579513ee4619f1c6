// A folder of numbered turns, in each of which every particle leaves one file, for processes that share a disk and
// nothing else, NFS among them: no locks and no notices of the system, names that appear whole, and looks at
// intervals. Which files a turn has is decided by whoever closes it first, in a file that only one can make.

import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { writeError } from "../../files/errors.js";
import { makeFolder } from "../../files/folders.js";
import { place } from "../../files/lock.js";
import { FormatError } from "../../tensor/formatError.js";
import { decodeJson, encodeJson } from "./wire.js";

const CLOSED = "closed.json";
/** Bytes of the list of those who came, for each particle and in all. */
const LIST_BYTES = 16;

/** Milliseconds between looks: short at first, as most are waited for a short time only. */
const FIRST_LOOK = 1;
const LONGEST_LOOK = 50;
const SLOWER = 1.5;

const closedList = z.strictObject({ present: z.array(z.int().min(0)) });

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code;

/** Reads a file of at most so many bytes; `undefined` when there is none, a FormatError for what is no such file. */
export async function readBounded(path: string, most: number): Promise<Uint8Array | undefined> {
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    // A pipe would keep whoever opens it; a link may lead anywhere.
    handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    if (["ELOOP", "EISDIR", "ENXIO"].includes(codeOf(error) ?? "")) {
      throw new FormatError(path, 0, "it is no file");
    }
    throw error;
  }
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw new FormatError(path, 0, "it is no file");
    if (found.size > most) {
      throw new FormatError(path, most, `${found.size} bytes, expected at most ${most}`);
    }
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  await handle.sync().finally(() => handle.close());
}

/**
 * Puts a file into its place as a whole, once it is on disk.
 *
 * @param over whether it may take another one's place
 * @returns whether it is there now
 */
export async function putFile(
  folder: string,
  name: string,
  bytes: Uint8Array,
  over: boolean,
): Promise<boolean> {
  const draft = join(folder, `.${name}.${randomUUID()}.tmp`);
  const path = join(folder, name);
  try {
    makeFolder(folder);
    const handle = await open(draft, "wx");
    await handle
      .writeFile(bytes)
      .then(() => handle.sync())
      .finally(() => handle.close());
    if (over) await rename(draft, path);
    const done = over || place(draft, path);
    await syncFolder(folder);
    return done;
  } catch (error) {
    throw writeError(path, error);
  } finally {
    await rm(draft, { force: true });
  }
}

/** What a {@link Box} is told. */
export interface BoxParts {
  readonly folder: string;
  readonly particles: number;
  /** Most bytes of a file. */
  most(): number;
  /** Looks at a file before a turn is closed; throws a FormatError for one that is to be left out. */
  check(bytes: Uint8Array, particle: number, source: string): void;
  /** Hears of files that were left out. */
  refuse(fault: FormatError): void;
}

/** The turns of one folder. */
export class Box {
  private isOpen = true;

  constructor(private readonly parts: BoxParts) {}

  folderOf(turn: number): string {
    return join(this.parts.folder, String(turn));
  }

  pathOf(turn: number, particle: number): string {
    return join(this.folderOf(turn), `${particle}.bin`);
  }

  /** Leaves a file. One that a process left before it was killed stays, if it was the same, or the turn is closed. */
  async put(turn: number, particle: number, bytes: Uint8Array): Promise<void> {
    const folder = this.folderOf(turn);
    const name = `${particle}.bin`;
    if (await putFile(folder, name, bytes, false)) return;
    const found = await this.read(turn, particle).catch(() => undefined);
    if (found && Buffer.compare(found, bytes) === 0) return;
    if ((await this.closed(turn)) === undefined) await putFile(folder, name, bytes, true);
  }

  read(turn: number, particle: number): Promise<Uint8Array | undefined> {
    return readBounded(this.pathOf(turn, particle), this.parts.most());
  }

  /** Who came to a turn, once all did or the deadline has passed: the same for everybody who asks. */
  async present(turn: number, deadline = Number.POSITIVE_INFINITY): Promise<readonly number[]> {
    for (let wait = FIRST_LOOK; this.isOpen; wait = Math.min(wait * SLOWER, LONGEST_LOOK)) {
      const known = await this.closed(turn);
      if (known) return known;
      const left = deadline - Date.now();
      if (left <= 0 || (await this.came(turn)).length === this.parts.particles) {
        await this.close(turn);
      } else {
        await sleep(Math.max(1, Math.min(wait, left)));
      }
    }
    throw new Error(`${this.parts.folder} was closed while turn ${turn} was waited for`);
  }

  /** Deletes turns before one. */
  async forget(before: number): Promise<void> {
    for (const name of await namesIn(this.parts.folder)) {
      if (!/^\d{1,15}$/.test(name) || Number(name) >= before) continue;
      await rm(join(this.parts.folder, name), { recursive: true, force: true });
    }
  }

  end(): void {
    this.isOpen = false;
  }

  /** Particles that left a file, ascending. Other names mean nothing. */
  private async came(turn: number): Promise<number[]> {
    const names = new Set(await namesIn(this.folderOf(turn)));
    return [...Array(this.parts.particles).keys()].filter((id) => names.has(`${id}.bin`));
  }

  private async closed(turn: number): Promise<readonly number[] | undefined> {
    const { particles } = this.parts;
    const path = join(this.folderOf(turn), CLOSED);
    const most = LIST_BYTES * (particles + 1);
    const bytes = await readBounded(path, most);
    // Where the disk has no links, the list is copied, and empty for a moment.
    if (bytes === undefined || bytes.length === 0) return undefined;
    const { present } = decodeJson(bytes, { schema: closedList, source: path, most });
    const wrong = present.find((id, at) => id >= particles || (at > 0 && id <= present[at - 1]));
    if (wrong === undefined) return present;
    throw new FormatError(path, 0, `particle ${wrong} is out of order; there are ${particles}`);
  }

  private async close(turn: number): Promise<void> {
    const present: number[] = [];
    const faults: FormatError[] = [];
    for (const particle of await this.came(turn)) {
      try {
        const bytes = await this.read(turn, particle);
        if (!bytes) continue;
        this.parts.check(bytes, particle, this.pathOf(turn, particle));
        present.push(particle);
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
        faults.push(error);
      }
    }
    const folder = this.folderOf(turn);
    if (!(await putFile(folder, CLOSED, encodeJson({ present }), false))) return;
    for (const fault of faults) this.parts.refuse(fault);
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  }
}
