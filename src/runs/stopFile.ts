// How a run is ended from outside its process: a file `stop` in its folder, which ends it as Ctrl-C does.

import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeError } from "../files/errors.js";
import { runFiles } from "./runFiles.js";

/** Looks at the file are at least this far apart, in milliseconds: a step may take less than a look over a network. */
const EVERY = 250;

/** The file that a run watches. */
export class StopFile {
  private looked = Number.NEGATIVE_INFINITY;
  private found = false;

  constructor(
    private readonly path: string,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Whether somebody has put it there since the run began. */
  get isThere(): boolean {
    if (this.found || this.now() - this.looked < EVERY) return this.found;
    this.looked = this.now();
    this.found = existsSync(this.path);
    return this.found;
  }

  remove(): void {
    rmSync(this.path, { force: true });
  }
}

/**
 * Asks the run that is at work in a folder to save its state after the current step and to end.
 *
 * @throws InputError when nothing can be written there.
 */
export function askToStop(folder: string): void {
  const path = join(folder, runFiles.stop);
  try {
    // What stands there already, be it a link, is left alone.
    writeFileSync(path, "", { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw writeError(path, error);
  }
}
