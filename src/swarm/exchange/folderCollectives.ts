// Collectives (rounds, gathers) by a folder: a numbered folder each, in which every particle leaves one file, for
// processes that share a disk and nothing else, NFS among them: no locks and no notices of the system, names that
// appear whole, and looks at intervals. Who took part is decided by whoever closes it first, in a file that only one
// can make.

import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { writeFileAtomic, writeFileOnce } from "../../files/atomicFile.js";
import { makeFolder } from "../../files/folders.js";
import { FormatError } from "../../tensor/formatError.js";
import { readBounded } from "./boundedFile.js";
import { StoppedWaiting } from "./exchange.js";
import type { ClosedRound } from "./site.js";
import { decodeJson, encodeJson } from "./wire.js";

const CLOSED = "closed.json";
/** Names of folders of collectives. */
const NUMBER = /^\d{1,15}$/;
/** Bytes of the list of those who came, for each particle and in all. */
const LIST_BYTES = 16;

/** Milliseconds between looks: short at first, as most are waited for a short time only. */
const FIRST_LOOK = 1;
const LONGEST_LOOK = 50;
const SLOWER = 1.5;
/** Milliseconds that a list may be empty, as where the disk has no links it is while it is copied. */
const EMPTY = 10_000;

const closedList = z.strictObject({ present: z.array(z.int().min(0)) });

/** What a {@link FolderCollectives} is told. */
export interface FolderCollectiveParts {
  readonly folder: string;
  readonly particles: number;
  /** Most bytes of a file. */
  most(): number;
  /** Looks at a file before its collective is closed; throws a FormatError for one that is to be left out. */
  check(bytes: Uint8Array, particle: number, source: string): void;
  /** Ends waits. */
  readonly signal?: AbortSignal;
  /** Hears of files that were left out. */
  refuse(fault: FormatError): void;
}

/** The collectives of one kind. */
export class FolderCollectives {
  private isOpen = true;
  /** The last one that was closed here. */
  private last?: number;
  /** Who is waited for as well, at the next one. */
  private expected: readonly number[] = [];

  constructor(private readonly parts: FolderCollectiveParts) {}

  folderOf(number: number): string {
    return join(this.parts.folder, String(number));
  }

  pathOf(number: number, particle: number): string {
    return join(this.folderOf(number), `${particle}.bin`);
  }

  /** Leaves a file. One that a process left before it was killed stays, if it was the same, or the collective is closed. */
  async put(number: number, particle: number, bytes: Uint8Array): Promise<void> {
    const path = this.pathOf(number, particle);
    makeFolder(this.folderOf(number));
    if (await writeFileOnce(path, bytes)) return;
    const found = await this.read(number, particle).catch(() => undefined);
    if (found && Buffer.compare(found, bytes) === 0) return;
    if ((await this.closed(number)) === undefined) await writeFileAtomic(path, bytes);
  }

  read(number: number, particle: number): Promise<Uint8Array | undefined> {
    return readBounded(this.pathOf(number, particle), this.parts.most());
  }

  /**
   * Who took part, once all did or the deadline has passed: the same for everybody who asks.
   *
   * @param since where there is a deadline, only who came to all from this one on is waited for; default the last one
   * @throws FormatError for a list that is damaged, or stays empty.
   */
  async present(
    number: number,
    deadline = Number.POSITIVE_INFINITY,
    since?: number,
  ): Promise<readonly number[]> {
    let tried: number | undefined;
    for (let wait = FIRST_LOOK; this.isWanted; wait = Math.min(wait * SLOWER, LONGEST_LOOK)) {
      const known = await this.closed(number);
      if (known) {
        this.last = Math.max(this.last ?? number, number);
        this.expected = [];
        return known;
      }
      const left = deadline - Date.now();
      if (left <= 0 || (await this.isComplete(number, left, since))) {
        if (tried !== undefined) await sleep(wait);
        tried ??= Date.now();
        if (Date.now() > tried + EMPTY) {
          const path = join(this.folderOf(number), CLOSED);
          throw new FormatError(path, 0, "it stays empty; delete it, and the round is closed anew");
        }
        await this.close(number);
      } else {
        await sleep(Math.max(1, Math.min(wait, left)));
      }
    }
    throw new StoppedWaiting(`nobody waits for ${this.folderOf(number)} any more`);
  }

  /** These are waited for at the next one, whether they came to the last one or not. */
  expect(particles: readonly number[]): void {
    this.expected = particles;
  }

  /** How many are over, from the first one on. */
  async over(): Promise<number> {
    const numbers = await numbersIn(this.parts.folder);
    for (const number of numbers.reverse()) if (await this.closed(number)) return number + 1;
    return 0;
  }

  /** Deletes those before a number. */
  async forget(before: number): Promise<void> {
    for (const number of await numbersIn(this.parts.folder)) {
      if (number < before) await rm(this.folderOf(number), { recursive: true, force: true });
    }
  }

  end(): void {
    this.isOpen = false;
  }

  /** Particles that left a file, ascending. Other names mean nothing. */
  private async came(number: number): Promise<number[]> {
    const names = new Set(await namesIn(this.folderOf(number)));
    return [...Array(this.parts.particles).keys()].filter((id) => names.has(`${id}.bin`));
  }

  /**
   * Whether all came who are waited for. Where there is a deadline, nobody waits for a particle that has not even come to
   * the last one yet, be it late: one that is far slower costs the others no time.
   */
  private async isComplete(number: number, left: number, since = this.last): Promise<boolean> {
    const { particles } = this.parts;
    const here = await this.came(number);
    if (here.length === particles) return true;
    if (left === Number.POSITIVE_INFINITY || this.last === undefined || this.last >= number)
      return false;
    const awaited = [...(await this.cameToAll(since ?? this.last, number)), ...this.expected];
    return awaited.length > 0 && awaited.every((id) => here.includes(id));
  }

  /** Particles that came to all of those between two numbers which there are. */
  private async cameToAll(since: number, before: number): Promise<readonly number[]> {
    const numbers = await numbersIn(this.parts.folder);
    const lists = await Promise.all(
      numbers.filter((at) => at >= since && at < before).map((at) => this.came(at)),
    );
    const [first = [], ...others] = lists;
    return first.filter((id) => others.every((list) => list.includes(id)));
  }

  private closed(number: number): Promise<readonly number[] | undefined> {
    return presentIn(this.folderOf(number), this.parts.particles);
  }

  private get isWanted(): boolean {
    return this.isOpen && !this.parts.signal?.aborted;
  }

  private async close(number: number): Promise<void> {
    const present: number[] = [];
    const faults: FormatError[] = [];
    for (const particle of await this.came(number)) {
      try {
        const bytes = await this.read(number, particle);
        if (!bytes) continue;
        this.parts.check(bytes, particle, this.pathOf(number, particle));
        present.push(particle);
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
        faults.push(error);
      }
    }
    makeFolder(this.folderOf(number));
    if (!(await writeFileOnce(join(this.folderOf(number), CLOSED), encodeJson({ present }))))
      return;
    for (const fault of faults) this.parts.refuse(fault);
  }
}

/** Who took part in a collective, by its folder; `undefined` before it is closed. */
async function presentIn(
  folder: string,
  particles: number,
): Promise<readonly number[] | undefined> {
  const path = join(folder, CLOSED);
  const most = LIST_BYTES * (particles + 1);
  const bytes = await readBounded(path, most);
  // Where the disk has no links, the list is copied, and empty for a moment.
  if (bytes === undefined || bytes.length === 0) return undefined;
  const { present } = decodeJson(bytes, { schema: closedList, source: path, most });
  const wrong = present.find((id, at) => id >= particles || (at > 0 && id <= present[at - 1]));
  if (wrong === undefined) return present;
  throw new FormatError(path, 0, `particle ${wrong} is out of order; there are ${particles}`);
}

/** Rounds in a folder that are closed, ascending. */
export async function closedRounds(folder: string, particles: number): Promise<ClosedRound[]> {
  const rounds = (await numbersIn(folder)).map(async (round) => {
    const present = await presentIn(join(folder, String(round)), particles);
    return present ? [{ round, present }] : [];
  });
  return (await Promise.all(rounds)).flat();
}

/** Numbers of the collectives in a folder, ascending. */
async function numbersIn(folder: string): Promise<number[]> {
  const names = await namesIn(folder);
  return names
    .filter((name) => NUMBER.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
