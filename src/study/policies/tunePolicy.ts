// Searches a policy of augmentation: in each of some folds, and then of all of them one file. A study like others: killed and
// resumed it leaves the same policy.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import {
  balancedSubsets,
  type Dataset,
  type OperationName,
  operationNames,
} from "../../data/index.js";
import { writeFileAtomic } from "../../files/atomicFile.js";
import { readJson } from "../../files/json.js";
import { InputError } from "../../inputError.js";
import { toCsv } from "../../text/csv.js";
import { leftOutOf } from "../../train/augmenting.js";
import { namedTask } from "../../train/chooseTask.js";
import { type Fingerprint, fingerprint } from "../../train/fingerprint.js";
import { type OwnParts, parseConfig, type TrainSettings } from "../../train/index.js";
import { openData } from "../../train/openData.js";
import { loadModule } from "../../train/ownModule.js";
import { prepare } from "../../train/prepare.js";
import { openFolder, PLAN } from "../folder.js";
import { Stopped } from "../run.js";
import { located } from "../search/settle.js";
import { mean } from "../statistics.js";
import { candidateSpace, mergedPolicy } from "./candidate.js";
import { type FoldResult, partsOf, runFold } from "./fold.js";
import { getPolicyMethod } from "./methods.js";

/** What to search. */
export interface PolicySearch {
  /** Those of the nets' trainings; `data` is needed, `train` images are taken, `leaveOut` operations are not tried. */
  readonly settings: Partial<TrainSettings>;
  /** `density` or `random`; default density. */
  readonly method?: string;
  /** Nets, each trained on another part of the images; default 2. */
  readonly folds?: number;
  /** Candidates that are tried on each; default as the method says. */
  readonly trials?: number;
}

/** Files that a search of policies leaves in its folder besides its plan and folds. */
export const policyFiles = { policy: "policy.json", compared: "density.csv" } as const;

/** What a search of policies has found. */
export interface PolicyReport {
  /** Sub-policies of the policy. */
  readonly subPolicies: number;
  /** Losses on images that chose nothing, means over folds and candidates: of those that were kept, and of random ones. */
  readonly found: number;
  readonly random: number;
  readonly folds: readonly FoldResult[];
}

/** How a search of policies is watched and steered. */
export interface PolicyOptions extends OwnParts {
  readonly out: string;
  /** When it aborts, what is done is saved and the search ends; call again to go on. */
  readonly signal?: AbortSignal;
  /** Hears of each candidate that was tried; folds and trials count from 0. */
  readonly watch?: (progress: {
    readonly fold: number;
    readonly trial: number;
    readonly loss: number;
    readonly folds: number;
    readonly trials: number;
  }) => void;
}

const schema = z.strictObject({
  kind: z.literal("policy"),
  method: z.string(),
  folds: z.int().min(1),
  trials: z.int().min(1),
  operations: z.array(z.string()),
  seed: z.int().min(0),
  train: z.int().min(1).optional(),
  settings: z.custom<Partial<TrainSettings>>(
    (value) => typeof value === "object" && value !== null,
    "expected settings by name",
  ),
  data: z.custom<Fingerprint>((value) => typeof value === "object" && value !== null),
  module: z.strictObject({ path: z.string(), sha256: z.string() }).optional(),
});

/** Settings that a search of policies decides. */
export const decidedByPolicies = [
  ...(["out", "selection", "steps", "gradients", "patience", "minutes"] as const),
  ...(["preset", "swarm", "particles", "topology", "coupling", "deploy", "probe"] as const),
] as const satisfies readonly (keyof TrainSettings)[];

/** Fewest operations that a search has anything to choose from. */
const FEWEST = 2;

function checkCounts(counts: Readonly<Record<string, number>>): void {
  for (const [what, value] of Object.entries(counts)) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw new InputError(`the number of ${what} is ${value}; expected a whole number from 1`);
  }
}

/** What a search is settled to be: its plan, its images, and what trainings are given. */
async function settle(searched: PolicySearch, own: OwnParts) {
  const method = getPolicyMethod(searched.method ?? "density");
  const { folds = 2, trials = method.trials } = searched;
  checkCounts({ folds, trials });
  const { train, seed, leaveOut, ...given } = await located(searched.settings);
  const wrong = decidedByPolicies.find((name) => given[name] !== undefined);
  if (wrong)
    throw new InputError(`setting ${wrong}: a search of policies decides it; leave it out`);
  const config = parseConfig({ ...given, ...(seed !== undefined && { seed }) });
  const module = config.module === undefined ? undefined : await loadModule(config.module);
  const kind = namedTask(config, { ...own, module })?.labels;
  const source = own.data ?? (await openData(config, { kind, onProgress: own.onProgress }));
  const images: Dataset =
    train === undefined ? source.train : balancedSubsets(source.train, [train], config.seed)[0];
  const settings = { ...given, ...(module && { module: module.path }) };
  const parts = { ...own, data: { train: partsOf(images, config.seed).train } };
  const { question } = await prepare({ ...settings, selection: 0 }, parts);
  const left = leftOutOf({ data: config.data, leaveOut }, question.task);
  const operations = operationNames.filter((name) => name !== "identity" && !left.includes(name));
  if (operations.length < FEWEST) {
    throw new InputError(
      `setting leaveOut is ${leaveOut}: of all operations ${operations.length} are left; expected ${FEWEST} at least`,
    );
  }
  const plan: z.output<typeof schema> = {
    kind: "policy",
    ...{ method: method.name, folds, trials, operations, seed: config.seed },
    ...(train !== undefined && { train }),
    ...{ settings, data: fingerprint({ train: source.train }) },
    ...(module && { module: { path: module.path, sha256: module.sha256 } }),
  };
  return { plan, method, images };
}

/** The policy of all folds, and how it compares. */
async function report(out: string, folds: readonly FoldResult[]): Promise<PolicyReport> {
  const policy = mergedPolicy(folds.flatMap(({ kept }) => kept));
  await writeFileAtomic(join(out, policyFiles.policy), `${JSON.stringify(policy, undefined, 1)}\n`);
  const rows = folds.flatMap(({ compared }, fold) =>
    (["found", "random"] as const).flatMap((kind) =>
      compared[kind].map((loss, at) => [fold, kind, at, loss]),
    ),
  );
  await writeFileAtomic(
    join(out, policyFiles.compared),
    toCsv(["fold", "candidates", "number", "loss"], rows),
  );
  const all = (kind: "found" | "random") => mean(folds.map(({ compared }) => mean(compared[kind])));
  return {
    subPolicies: policy.subPolicies.length,
    ...{ found: all("found"), random: all("random"), folds },
  };
}

/**
 * Searches a policy of augmentation and leaves it as policy.json, which `augment` takes. In each fold a net learns from three
 * fifths of the images, without policies; candidates of five sub-policies are tried on a fifth, and those that were kept are compared with
 * random ones on the last fifth. `undefined` when it was interrupted; the same call goes on.
 *
 * @throws InputError for settings and data that cannot be used, before anything is written, and when the folder holds
 * something else
 * @example
 * const settings = { data: "mnist", model: "lenet5", train: 100, epochs: 1, batch: 20 };
 * const found = await tunePolicy({ settings, folds: 1, trials: 2 }, { out: "runs/policy" });
 * found!.subPolicies; // 10
 */
export async function tunePolicy(
  searched: PolicySearch,
  options: PolicyOptions,
): Promise<PolicyReport | undefined> {
  const { out, signal, watch, ...own } = options;
  const { plan, method, images } = await settle(searched, own);
  const { folds, trials, operations, seed, settings } = plan;
  const space = candidateSpace(operations as readonly OperationName[]);
  const close = await openFolder({ out, plan, kind: "search of policies" });
  try {
    const results: FoldResult[] = [];
    for (let fold = 0; fold < folds; fold++) {
      const onTrial = (loss: number, trial: number) =>
        watch?.({ fold, trial, loss, folds, trials });
      results.push(
        await runFold({
          ...{ space, method, trials, settings, images, own, onTrial },
          ...{ folder: join(out, "folds", `${fold}`), seed: seed + fold },
          ...(signal && { signal }),
        }),
      );
    }
    return await report(out, results);
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    return undefined;
  } finally {
    close();
  }
}

/**
 * Goes on with the search of a policy in a folder; see {@link tunePolicy}.
 *
 * @throws InputError when the folder holds none, or its data are others by now
 */
export async function resumePolicy(options: PolicyOptions): Promise<PolicyReport | undefined> {
  const path = join(options.out, PLAN);
  if (!existsSync(path)) {
    throw new InputError(`${options.out} holds no search of policies: there is no ${PLAN} in it`);
  }
  const { settings, seed, train, operations, ...plan } = await readJson(path, schema);
  const leaveOut = operationNames.filter(
    (name) => name !== "identity" && !operations.includes(name),
  );
  return tunePolicy(
    {
      ...{ method: plan.method, folds: plan.folds, trials: plan.trials },
      settings: { ...settings, seed, train, leaveOut: leaveOut.join(",") || "none" },
    },
    options,
  );
}
