// A file of a run folder that grows line by line. A checkpoint holds how long it was and its checksum, and the
// lines are on disk before the checkpoint is: so a resumed run goes on with exactly the lines of its steps.

import { existsSync } from "node:fs";
import { open, rm } from "node:fs/promises";
import { appendText, writeFileAtomic } from "../files/atomicFile.js";
import { writeError } from "../files/errors.js";
import { readWhole } from "../files/read.js";
import { crc32 } from "../tensor/crc32.js";
import type { LogMark } from "../train/checkpoint.js";

const encode = (text: string) => new TextEncoder().encode(text);

/** A growing file. */
export class RunLog {
  private bytes = 0;
  private crc = 0;
  private isOnDisk = true;

  constructor(readonly path: string) {}

  /** Whether there is anything in it. */
  get exists(): boolean {
    return existsSync(this.path);
  }

  /** What it holds; nothing when it is not there. */
  async read(): Promise<string> {
    return this.exists ? new TextDecoder().decode(readWhole(this.path)) : "";
  }

  /** Replaces all of it. */
  async rewrite(text: string): Promise<void> {
    await writeFileAtomic(this.path, text);
    const bytes = encode(text);
    this.bytes = bytes.length;
    this.crc = crc32(bytes);
    this.isOnDisk = true;
  }

  /** Adds text to its end. */
  append(text: string): void {
    const bytes = encode(text);
    this.isOnDisk = false;
    appendText(this.path, text);
    this.bytes += bytes.length;
    this.crc = crc32(bytes, this.crc);
  }

  /** Brings it to disk and says what it holds; `undefined` when it is empty. */
  async mark(): Promise<LogMark | undefined> {
    if (this.bytes === 0) return undefined;
    if (!this.isOnDisk) await this.sync();
    return { bytes: this.bytes, crc32: this.crc };
  }

  /**
   * Goes back to what it held at a checkpoint. When it does not hold that any more, it stays as it is for
   * whoever can tell its lines.
   *
   * @param mark absent when there was nothing
   * @returns whether it is what it was.
   */
  async goBackTo(mark: LogMark | undefined): Promise<boolean> {
    if (!mark) {
      await rm(this.path, { force: true });
      return true;
    }
    const found = this.exists ? readWhole(this.path) : new Uint8Array();
    const kept = found.subarray(0, mark.bytes);
    if (kept.length < mark.bytes || crc32(kept) !== mark.crc32) return false;
    if (found.length > kept.length) await writeFileAtomic(this.path, kept);
    this.bytes = mark.bytes;
    this.crc = mark.crc32;
    return true;
  }

  private async sync(): Promise<void> {
    try {
      const handle = await open(this.path, "r+");
      await handle.sync().finally(() => handle.close());
    } catch (error) {
      throw writeError(this.path, error);
    }
    this.isOnDisk = true;
  }
}
