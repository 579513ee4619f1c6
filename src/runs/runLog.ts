// A file of a run folder that grows, line by line or record by record. A checkpoint holds how long it was and its checksum,
// and that much is on disk before the checkpoint is: so a resumed run goes on with exactly the lines of its steps.

import { existsSync } from "node:fs";
import { open, rm } from "node:fs/promises";
import { appendToFile, writeFileAtomic } from "../files/atomicFile.js";
import { writeError } from "../files/errors.js";
import { readWhole } from "../files/read.js";
import { crc32 } from "../tensor/crc32.js";
import type { LogMark } from "../train/checkpoint.js";

const encode = (content: string | Uint8Array) =>
  typeof content === "string" ? new TextEncoder().encode(content) : content;

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

  /** Bytes that are known to be as they were written. */
  get length(): number {
    return this.bytes;
  }

  /** What it holds as text; nothing when it is not there. */
  async read(): Promise<string> {
    return this.exists ? new TextDecoder().decode(readWhole(this.path)) : "";
  }

  /** Replaces all of it. */
  async rewrite(content: string | Uint8Array): Promise<void> {
    const bytes = encode(content);
    await writeFileAtomic(this.path, bytes);
    this.bytes = bytes.length;
    this.crc = crc32(bytes);
    this.isOnDisk = true;
  }

  /** Adds to its end. */
  append(content: string | Uint8Array): void {
    const bytes = encode(content);
    this.isOnDisk = false;
    appendToFile(this.path, bytes);
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
