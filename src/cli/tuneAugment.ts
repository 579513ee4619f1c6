// `convoy tune augment DATA --method density`: a policy of augmentation found on the images.

import { join } from "node:path";
import type { Command } from "commander";
import { InputError } from "../inputError.js";
import { freeFolder, runStem } from "../runs/runFiles.js";
import { decidedByPolicies, type PolicyReport, policyMethods } from "../study/index.js";
import { parseConfig, settingNames, trainConfig } from "../train/config.js";
import type { TrainSettings } from "../train/index.js";
import { count } from "./arguments.js";
import { type Console, say, sayJson } from "./console.js";
import { Interrupted } from "./errors.js";
import { interruptible } from "./interrupt.js";
import { expectPlanAlone } from "./planAlone.js";
import { showReading } from "./reading.js";
import { addTrainFlags } from "./trainFlags.js";

interface Options extends Partial<TrainSettings> {
  readonly method?: string;
  readonly folds?: number;
  readonly trials?: number;
  readonly resume?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Options that a plan is made of, beside settings. */
const planned = ["method", "folds", "trials"] as const;

/** What a new search is for. */
function searchFrom(data: string | undefined, options: Options) {
  if (data === undefined) {
    throw new InputError(
      "no data set; type: convoy tune augment cifar10 --train 4000, or: convoy tune augment --resume STUDY",
    );
  }
  const { method, folds, trials, ...rest } = options;
  const { out: _, resume: __, json: ___, quiet: ____, ...settings } = rest;
  return { settings: { ...settings, data }, method, folds, trials };
}

/** What was found, in words. */
function reportLines({ subPolicies, found, random, folds }: PolicyReport, path: string): string[] {
  const digits = (loss: number) => loss.toFixed(4);
  return [
    `${subPolicies} sub-policies of ${folds.length} ${folds.length === 1 ? "fold" : "folds"}`,
    `loss on images that chose nothing: ${digits(found)} of those kept, ${digits(random)} of random ones (means; less is better)`,
    `train with it: --augment ${path}, before crop,flip or what else the data need`,
  ];
}

async function run(data: string | undefined, options: Options, console: Console): Promise<void> {
  const { resume, json, quiet } = options;
  if (resume !== undefined) {
    expectPlanAlone("a search of policies", data, options, [...planned, "out", ...settingNames]);
  }
  const wanted = resume === undefined ? searchFrom(data, options) : undefined;
  const { policyFiles, resumePolicy, tunePolicy } = await import("../study/index.js");
  const out =
    resume ?? options.out ?? freeFolder(runStem(parseConfig(wanted!.settings).data, "policy"));
  const stream = json ? console.err : console.out;
  const report = await interruptible(
    (signal) => {
      const how = {
        ...{ out, signal, onProgress: showReading(console.err) },
        ...(!quiet && {
          watch: ({ fold, trial, loss, folds, trials }: Readonly<Record<string, number>>) =>
            say(
              stream,
              `fold ${fold + 1}/${folds}, candidate ${trial + 1}/${trials}: loss ${loss.toFixed(4)}`,
            ),
        }),
      };
      return wanted ? tunePolicy(wanted, how) : resumePolicy(how);
    },
    (line) => say(console.err, line),
  );
  if (!report) throw new Interrupted(`saved; go on with: convoy tune augment --resume ${out}`);
  const path = join(out, policyFiles.policy);
  if (json) return sayJson(console, { out, policy: path, ...report });
  for (const line of reportLines(report, path)) say(console.out, line);
}

const described = policyMethods
  .map(({ name, description }) => `  ${name.padEnd(10)}${description}`)
  .join("\n");

/** Adds the verb to `convoy tune`. */
export function addAugment(tune: Command, console: Console): void {
  const command = tune
    .command("augment")
    .description("find a policy of augmentation on the training images")
    .argument("[data]", trainConfig.shape.data.description);
  addTrainFlags(command, ["data", ...decidedByPolicies], console);
  command
    .option("--method <name>", "how; see below (default: density)")
    .option(
      "--folds <number>",
      "nets, each trained on another part of the images (default: 2)",
      count,
    )
    .option("--trials <number>", "candidates tried on each (default: as the method says)", count)
    .option(
      "--out <folder>",
      "folder of the search; the same command goes on in it (default: runs/<data>-policy-<number>)",
    )
    .option("--resume <study>", "go on with a search")
    .option("--json", "print one object at the end; progress goes to standard error")
    .option("--quiet", "show no progress")
    .addHelpText("after", `\nMethods:\n${described}`)
    .action((data: string | undefined, options: Options) => run(data, options, console));
}
