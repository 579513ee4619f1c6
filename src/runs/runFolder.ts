// A run's folder: how it is begun, resumed and written.

import { dirname, join } from "node:path";
import { removeTemporaryFiles, writeFileAtomic } from "../files/atomicFile.js";
import { makeFolder, makeNewFolder } from "../files/folders.js";
import { type FolderLock, lockFolder } from "../files/lock.js";
import type { ParamLayout } from "../graph/index.js";
import { InputError } from "../inputError.js";
import { FormatError } from "../tensor/formatError.js";
import { encodeState, fitState, type LogMark, type State } from "../train/checkpoint.js";
import type { Summary } from "../train/events.js";
import type { FixedSettings } from "../train/resumed.js";
import { encodeWeights, type NetInfo, readWeights, vectorOf } from "../train/weights.js";
import { clear, expectFree } from "./freeFolder.js";
import type { RunConfig } from "./runConfig.js";
import { runFiles, WEIGHTS_FOLDER } from "./runFiles.js";
import { RunLog } from "./runLog.js";
import { keepState, openLastState } from "./savedStates.js";

/** Files that grow line by line while a run goes on. */
const growing = [
  "results",
  "metrics",
  "events",
  "particles",
  "swarm",
  "distances",
  "places",
] as const;
type GrowingFile = (typeof growing)[number];

/** What a run goes on from. */
export interface Restored {
  readonly state: State;
  /** What is not as it was. */
  readonly warnings: readonly string[];
}

/** A run folder that this process works in. */
export class RunFolder {
  private readonly logs: Readonly<Record<GrowingFile, RunLog>>;

  private constructor(
    readonly path: string,
    private readonly lock: FolderLock,
  ) {
    const logs = growing.map((name) => [name, new RunLog(this.file(name))]);
    this.logs = Object.fromEntries(logs);
  }

  /** Makes the folder of a new run, and takes its lock. Throws as {@link expectFree} does. */
  static async create(path: string): Promise<RunFolder> {
    makeFolder(path);
    const lock = lockFolder(path);
    try {
      await expectFree(path);
      clear(path);
      makeFolder(join(path, WEIGHTS_FOLDER));
      return new RunFolder(path, lock);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Makes the first free folder `<stem>-<number>`. */
  static async createNext(stem: string): Promise<RunFolder> {
    makeFolder(dirname(stem));
    for (let number = 1; ; number++) {
      const path = `${stem}-${number}`;
      if (makeNewFolder(path)) return RunFolder.create(path);
    }
  }

  /** Takes the lock of a run that is to be resumed. Throws a {@link InputError} when there is none. */
  static resume(path: string): RunFolder {
    const folder = new RunFolder(path, lockFolder(path));
    makeFolder(join(path, WEIGHTS_FOLDER));
    removeTemporaryFiles(join(path, WEIGHTS_FOLDER));
    return folder;
  }

  file(name: keyof typeof runFiles): string {
    return join(this.path, runFiles[name]);
  }

  async saveConfig(config: RunConfig): Promise<void> {
    await writeFileAtomic(this.file("config"), json(config));
  }

  /** Saved last: who finds it takes the run for over. */
  async saveSummary(summary: Summary): Promise<void> {
    await this.markLogs();
    await writeFileAtomic(this.file("summary"), json(summary));
  }

  /** A net's parameters, as the best or the last ones. */
  async saveWeights(
    name: "best" | "last",
    layout: ParamLayout,
    values: Float32Array,
    net: NetInfo,
  ): Promise<void> {
    await writeFileAtomic(this.file(name), encodeWeights(layout, values, net));
  }

  /** Whether a file of weights is whole and has these numbers, whatever else was saved with them. */
  async holdsWeights(
    name: "best" | "last",
    layout: ParamLayout,
    values: Float32Array,
  ): Promise<boolean> {
    const path = this.file(name);
    try {
      const found = vectorOf(layout, (await readWeights(path)).tensors, path);
      return found.every((value, at) => Object.is(value, values[at]));
    } catch (error) {
      if (error instanceof InputError || error instanceof FormatError) return false;
      throw error;
    }
  }

  /** The state, once everything that it tells of is on disk; the one before it is kept beside it. */
  async saveState(layout: ParamLayout, state: State, settings?: FixedSettings): Promise<void> {
    this.lock.expectHeld();
    const bytes = encodeState(layout, state, await this.markLogs(), settings);
    await writeFileAtomic(this.file("state"), bytes, this.file("previousState"));
  }

  /**
   * Goes back to the saved state, the growing files too.
   *
   * @param check is told what the state was made with, before anything is changed; may refuse it
   * @returns `undefined` when the run ended before its first checkpoint
   * @throws InputError when there is no whole state; FormatError when it is another net's.
   */
  async goBack(
    layout: ParamLayout,
    lengths: Readonly<Record<string, number>>,
    check: (settings: FixedSettings) => void = () => undefined,
  ): Promise<Restored | undefined> {
    const { path } = this;
    const found = await openLastState(path);
    if (found) check(found.file.settings);
    const state = found && fitState(found.file, layout, lengths);
    if (found) await keepState(path, found);
    const warnings = [...(found?.warnings ?? [])];
    for (const name of growing) {
      if (await this.log(name).goBackTo(found?.file.logs[name])) continue;
      // These are made anew from the epochs that the state knows.
      if (name === "results" || name === "events") continue;
      warnings.push(
        `${this.file(name)} is not what it was at the checkpoint; lines that cannot be read are left out`,
      );
    }
    return state && { state, warnings };
  }

  /** A file that grows line by line. */
  log(name: GrowingFile): RunLog {
    return this.logs[name];
  }

  /** Brings the growing files to disk and says what they hold. */
  private async markLogs(): Promise<Record<string, LogMark>> {
    const marks = growing.map(async (name) => [name, await this.log(name).mark()] as const);
    const known = (await Promise.all(marks)).flatMap(([name, mark]) =>
      mark ? [[name, mark]] : [],
    );
    return Object.fromEntries(known);
  }

  close(): void {
    this.lock.release();
  }
}

const json = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;
