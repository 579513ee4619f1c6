// A file of a user's own models, tasks, optimizers and couplings, which a run names by the setting `module`. The run's
// config.json keeps its path and what it was, so that the run can be resumed, evaluated and used to predict with
// exactly the same code, and says so when the code is another one.

import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { labelKinds } from "../data/index.js";
import { readWhole } from "../files/read.js";
import { InputError } from "../inputError.js";
import { importedFamily, type ModelFamily } from "../models/index.js";
import type { Optimizer } from "../optim/index.js";
import type { Task } from "../tasks/index.js";
import { suggestion } from "../text/words.js";
import { isOnnx } from "./onnxWeights.js";

/** A coupling as far as it is known here; `swarmOf` takes it as the swarm's kind of coupling. */
export interface OwnCoupling {
  readonly name: string;
  readonly settings: object;
  make(settings?: object): unknown;
}

/** What a module may export: lists of records, each like those of Convoy's own registries. */
export interface OwnModule {
  readonly models: readonly ModelFamily[];
  readonly tasks: readonly Task[];
  readonly optimizers: readonly Optimizer[];
  readonly couplings: readonly OwnCoupling[];
}

/** Which module it was. */
export interface ModuleInfo {
  /** Absolute. */
  readonly path: string;
  /** SHA-256 of the file; not of what it imports. */
  readonly sha256: string;
}

/** A module in use. */
export type LoadedModule = OwnModule & ModuleInfo;

/** What every task can be asked. */
const taskFunctions = [
  "outputs",
  "check",
  "targets",
  "trainMetrics",
  "newMetrics",
  "decode",
  "row",
] as const satisfies readonly (keyof Task)[];

/** What an entry of each list must have, and how that is called in messages. */
const kinds: {
  readonly [K in keyof OwnModule]: {
    readonly needs: string;
    fits(entry: Readonly<Record<string, unknown>>): boolean;
  };
} = {
  models: {
    needs: "create(input)",
    fits: ({ create }) => typeof create === "function",
  },
  tasks: {
    needs: `labels (${Object.keys(labelKinds).join(", ")}), a list metrics that is not empty, and the functions ${taskFunctions.join(", ")}, and loss or hostLoss`,
    fits: ({ labels, metrics, loss, hostLoss, ...functions }) =>
      Object.hasOwn(labelKinds, String(labels)) &&
      Array.isArray(metrics) &&
      metrics.length > 0 &&
      [loss, hostLoss].some((one) => typeof one === "function") &&
      taskFunctions.every((name) => typeof functions[name] === "function"),
  },
  optimizers: {
    needs: "a rule, or open",
    fits: ({ rule, open, defaults }) =>
      [rule, open].some((one) => typeof one === "function") && typeof defaults === "object",
  },
  couplings: {
    needs: "make(settings) and settings",
    fits: ({ make, settings }) => typeof make === "function" && typeof settings === "object",
  },
};

/** A list of a module, each of its entries with a name and with what its kind needs. */
function listOf<K extends keyof OwnModule>(path: string, kind: K, found: unknown): OwnModule[K] {
  if (!Array.isArray(found)) {
    throw new InputError(`module ${path}: ${kind} is no list; expected an array of records`);
  }
  for (const [at, entry] of found.entries()) {
    const { name, ...rest } = (entry ?? {}) as Record<string, unknown>;
    const { needs, fits } = kinds[kind];
    if (typeof name === "string" && fits(rest)) continue;
    const which = typeof name === "string" ? `"${name}"` : `number ${at + 1}`;
    throw new InputError(`module ${path}: ${which} of ${kind} needs a name and ${needs}`);
  }
  return found as OwnModule[K];
}

function read(path: string): Uint8Array {
  try {
    return readWhole(path);
  } catch (error) {
    throw error instanceof InputError ? new InputError(`module ${error.message}`) : error;
  }
}

async function run(path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await import(pathToFileURL(path).href);
  } catch (error) {
    const { message } = error as Error;
    throw new InputError(`module ${path} cannot be loaded: ${message}`, { cause: error });
  }
}

/**
 * Loads a module: a JavaScript file that exports lists `models` (of `ModelFamily`), `tasks` (of `Task`), `optimizers` (of
 * `Optimizer`) or `couplings` (of `CouplingKind`). Its code runs with all rights of this process. An ONNX file is a module with one model,
 * its net.
 *
 * @param path from the working folder
 * @param was what it is expected to be still, for a run that was made with it
 * @throws InputError when it cannot be read or run, exports none of the lists or entries that are no such records, or
 * is no longer what it was.
 */
export async function loadModule(path: string, was?: ModuleInfo): Promise<LoadedModule> {
  const whole = resolve(path);
  const bytes = read(whole);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  if (was && was.sha256 !== sha256) {
    throw new InputError(
      `module ${whole} was changed: its SHA-256 was ${was.sha256.slice(0, 12)} when the run was made, now it is ` +
        `${sha256.slice(0, 12)}; bring the old file back, or start another run`,
    );
  }
  if (isOnnx(whole)) {
    const models = [importedFamily(bytes, whole)];
    return { path: whole, sha256, models, tasks: [], optimizers: [], couplings: [] };
  }
  const found = await run(whole);
  const names = Object.keys(kinds) as (keyof OwnModule)[];
  if (!names.some((name) => name in found)) {
    const [first = ""] = Object.keys(found);
    throw new InputError(
      `module ${whole} exports none of ${names.join(", ")}${suggestion(first, names)}`,
    );
  }
  const list = <K extends keyof OwnModule>(kind: K) => listOf(whole, kind, found[kind] ?? []);
  return {
    ...{ path: whole, sha256 },
    ...{ models: list("models"), tasks: list("tasks") },
    ...{ optimizers: list("optimizers"), couplings: list("couplings") },
  };
}
