// What images have become on their way through a net, kept in a file: where the first part of a net stays as it is, each
// image goes through it once.

import { closeSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "../files/folders.js";
import { InputError } from "../inputError.js";

/** Numbers that stand for images: so many of each. */
export interface Rows {
  readonly width: number;
  /** Copies those of some images one behind the other [n, width]; waits for them where they are not there yet. */
  read(images: Int32Array, into: Float32Array): Promise<void>;
}

/** Puts the rows of some images behind each other, from the first on. */
export type AddRows = (rows: Float32Array) => void;

/** Rows in a file that nobody else sees, and that is gone with the process. */
export class FileRows implements Rows {
  private readonly file: number;
  private filled?: Promise<void>;

  /**
   * @param folder where the file may lie
   * @param make works out all rows, in order; called when they are first asked for
   */
  constructor(
    folder: string,
    readonly width: number,
    private readonly make: (add: AddRows) => Promise<void>,
  ) {
    makeFolder(folder);
    const path = join(folder, `rows-${process.pid}-${crypto.randomUUID()}`);
    this.file = openSync(path, "wx+");
    // The file is there as long as it is open, and no kill leaves it behind.
    rmSync(path);
  }

  async read(images: Int32Array, into: Float32Array): Promise<void> {
    this.filled ??= this.fill();
    await this.filled;
    const { width, file } = this;
    const bytes = new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
    for (const [at, image] of images.entries()) {
      readSync(file, bytes, at * width * 4, width * 4, image * width * 4);
    }
  }

  close(): void {
    closeSync(this.file);
  }

  private async fill(): Promise<void> {
    let end = 0;
    await this.make((rows) => {
      const bytes = new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength);
      const written = writeSync(this.file, bytes, 0, bytes.length, end);
      if (written < bytes.length) throw new InputError("the disk is full: no room for features");
      end += written;
    });
  }
}
