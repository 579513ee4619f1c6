// A run's folder: where what lies, and how it is begun, resumed and written.

import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { writeFileAtomic } from "../files/atomicFile.js";
import { writeError } from "../files/errors.js";
import { type FolderLock, lockFolder } from "../files/lock.js";
import type { ParamLayout } from "../graph/index.js";
import { InputError } from "../inputError.js";
import { decodeState, encodeState, type State } from "../train/checkpoint.js";
import type { TrainConfig } from "../train/config.js";
import type { Summary } from "../train/events.js";
import type { Fingerprint } from "../train/fingerprint.js";
import { encodeWeights, type NetInfo } from "../train/weights.js";

/** What `config.json` holds. */
export interface RunConfig {
  readonly versions: { readonly convoy: string; readonly node: string };
  /** Effective settings; engine and threads as they really were. */
  readonly settings: Omit<TrainConfig, "out">;
  readonly data: Fingerprint;
  readonly net: NetInfo;
  readonly parameters: number;
}

/** Files of a run folder, relative to it. */
export const runFiles = {
  config: "config.json",
  results: "results.csv",
  metrics: "metrics.jsonl",
  particles: "particles.csv",
  swarm: "swarm.csv",
  distances: "distances.csv",
  places: "places.csv",
  track: "track.svg",
  summary: "summary.json",
  state: "state.safetensors",
  best: "weights/best.safetensors",
  last: "weights/last.safetensors",
  curves: "curves.svg",
  confusion: "confusion.svg",
  confusionTable: "confusion.csv",
} as const;

/** The first free folder `runs/<data>-<model>-<number>`. */
export function freeFolder(data: string, model: string): string {
  const stem = join("runs", `${basename(data).replace(/[^\w.-]+/g, "-")}-${model}`);
  for (let number = 1; ; number++) {
    if (!existsSync(`${stem}-${number}`)) return `${stem}-${number}`;
  }
}

/** A run folder that this process works in. */
export class RunFolder {
  private constructor(
    readonly path: string,
    private readonly lock: FolderLock,
  ) {}

  /** Throws a {@link InputError} when the folder holds something; to be asked before long work begins. */
  static expectFree(path: string): void {
    if (!existsSync(path)) return;
    let entries: string[];
    try {
      entries = readdirSync(path).filter((name) => !name.startsWith(".") && name !== "run.lock");
    } catch (error) {
      throw writeError(path, error);
    }
    if (entries.includes(runFiles.config)) {
      throw new InputError(
        `${path} holds another run; resume it with --resume ${path} or choose another folder`,
      );
    }
    if (entries.length > 0) {
      throw new InputError(
        `${path} is not empty (it holds ${entries[0]}); choose a new folder for the run`,
      );
    }
  }

  /** Makes the folder of a new run, and takes its lock. */
  static create(path: string): RunFolder {
    RunFolder.expectFree(path);
    try {
      mkdirSync(join(path, "weights"), { recursive: true });
    } catch (error) {
      throw writeError(path, error);
    }
    return new RunFolder(path, lockFolder(path));
  }

  /** Takes the lock of a run that is to be resumed. Throws a {@link InputError} when there is none. */
  static resume(path: string): RunFolder {
    if (!existsSync(join(path, runFiles.config))) {
      throw new InputError(`${path} holds no run: there is no ${runFiles.config} in it`);
    }
    return new RunFolder(path, lockFolder(path));
  }

  file(name: keyof typeof runFiles): string {
    return join(this.path, runFiles[name]);
  }

  async saveConfig(config: RunConfig): Promise<void> {
    await writeFileAtomic(this.file("config"), json(config));
  }

  async saveSummary(summary: Summary): Promise<void> {
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

  async saveState(layout: ParamLayout, state: State): Promise<void> {
    await writeFileAtomic(this.file("state"), encodeState(layout, state));
  }

  /** The saved state, or `undefined` when the run ended before its first checkpoint. */
  async loadState(
    layout: ParamLayout,
    lengths: Readonly<Record<string, number>>,
  ): Promise<State | undefined> {
    const path = this.file("state");
    if (!existsSync(path)) return undefined;
    return decodeState(await readFile(path), layout, lengths, path);
  }

  close(): void {
    this.lock.release();
  }
}

const json = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;

/** What a run was made with. Throws a {@link InputError} when the folder holds no run. */
export async function readRunConfig(path: string): Promise<RunConfig> {
  const file = join(path, runFiles.config);
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch {
    throw new InputError(`${path} holds no run: there is no ${runFiles.config} in it`);
  }
  try {
    return JSON.parse(text) as RunConfig;
  } catch (error) {
    throw new InputError(`${file} is damaged: ${(error as Error).message}`);
  }
}
