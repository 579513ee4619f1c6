// Rows of numbers in a file that nobody else sees: worked out once, read in any order, gone with the process.

import { closeSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../inputError.js";
import { makeFolder } from "./folders.js";

/** Puts rows behind those that are there. */
export type AddRows = (rows: Float32Array) => void;

/** Whether to go on. */
type Proceed = () => boolean;

/** A file of f32 rows. */
export class RowsFile {
  private readonly file: number;
  private filled?: Promise<boolean>;

  /**
   * @param folder where the file may lie
   * @param width numbers of a row
   * @param make works out all rows, in order, asking now and then whether to go on; `false` where it did not
   */
  constructor(
    folder: string,
    readonly width: number,
    private readonly make: (add: AddRows, proceed: Proceed) => Promise<boolean>,
  ) {
    makeFolder(folder);
    const path = join(folder, `rows-${process.pid}-${crypto.randomUUID()}`);
    this.file = openSync(path, "wx+");
    // The file is there as long as it is open, and no kill leaves it behind.
    rmSync(path);
  }

  /** Works the rows out where they are not there yet. Told to stop, it forgets them: another call begins anew. */
  async fill(proceed: Proceed = () => true): Promise<void> {
    this.filled ??= this.write(proceed);
    if (!(await this.filled)) this.filled = undefined;
  }

  /** Copies some rows one behind the other [n, width]; works them out first where they are not there yet. */
  async read(rows: Int32Array, into: Float32Array): Promise<void> {
    await this.fill();
    const { width, file } = this;
    const bytes = new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
    for (const [at, row] of rows.entries()) {
      readSync(file, bytes, at * width * 4, width * 4, row * width * 4);
    }
  }

  close(): void {
    closeSync(this.file);
  }

  private write(proceed: Proceed): Promise<boolean> {
    let end = 0;
    const add: AddRows = ({ buffer, byteOffset, byteLength }) => {
      const bytes = new Uint8Array(buffer, byteOffset, byteLength);
      if (writeSync(this.file, bytes, 0, byteLength, end) < byteLength) {
        throw new InputError("the disk is full: no room for features");
      }
      end += byteLength;
    };
    return this.make(add, proceed);
  }
}
