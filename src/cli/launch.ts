// `convoy launch slurm|kubernetes`: prints the file by which a cluster starts the processes of a swarm.

import { Argument, type Command, InvalidArgumentError } from "commander";
import { InputError } from "../inputError.js";
import { printable } from "../text/printable.js";
import { count, pairOf } from "./arguments.js";
import { type Console, say } from "./console.js";
import type { JobForm } from "./jobs/job.js";
import { kubernetes } from "./jobs/kubernetes.js";
import { slurm } from "./jobs/slurm.js";

const forms: Readonly<Record<string, JobForm>> = { slurm, kubernetes };

/** What `--help` says behind the options. */
const HELP = `
Arguments behind -- are those of convoy train, without what the job says itself (--particles, --exchange, --host, --threads): the first process begins the swarm
with them. Without any, all processes are workers of a swarm that is begun elsewhere. For example

  convoy launch slurm --exchange folder:/mnt/shared/s --particles 16 --cpus 4 --hours 12 \\
    -- /mnt/shared/cifar10 --model resnet20 --swarm pso --epochs 40 --out runs/s > job.sh
  sbatch job.sh`;

interface Options {
  readonly exchange: string;
  readonly particles: number;
  readonly cpus: number;
  readonly hours?: number;
  readonly name: string;
  readonly image?: string;
  readonly claim?: string;
}

function volumeOf(claim: string) {
  const [name, folder] = pairOf(claim) ?? [];
  if (name && folder?.startsWith("/")) return { claim: name, folder };
  throw new InputError(`--claim ${printable(claim)}: expected CLAIM=FOLDER, as data=/mnt/shared`);
}

function expectNoSecret(exchange: string): void {
  if (!/\/\/[^/]*@/.test(exchange)) return;
  throw new InputError(
    "--exchange: a job file must not hold a password; leave it out, and give the processes NATS_USER and " +
      "NATS_PASSWORD, or NATS_CREDS",
  );
}

function hours(text: string): number {
  const value = Number(text);
  if (text !== "" && value > 0 && value <= 10_000) return value;
  throw new InvalidArgumentError("Expected hours, more than 0.");
}

/** What the job says itself. */
function expectNone(train: readonly string[], names: readonly string[]): void {
  const given = train.find((word) => names.includes(word.split("=")[0]));
  if (given === undefined) return;
  throw new InputError(`${printable(given)} is said by convoy launch; leave it out behind --`);
}

function launch(
  scheduler: string,
  train: readonly string[],
  options: Options,
  { out, err }: Console,
): void {
  const { exchange, claim, hours: most, ...rest } = options;
  expectNoSecret(exchange);
  expectNone(train, ["--particles", "--exchange", "--host", "--threads", "--quiet"]);
  const form = forms[scheduler];
  const file = form.write({
    ...{ ...rest, exchange, train },
    ...(claim !== undefined && { volume: volumeOf(claim) }),
    ...(most !== undefined && { seconds: 3600 * most }),
  });
  out.write(file);
  say(err, `hand it in with: ${form.command}`);
}

export function define(command: Command, console: Console): void {
  command
    .addArgument(
      new Argument("<scheduler>", "who starts the processes").choices(Object.keys(forms)),
    )
    .argument("[train...]", "behind --: arguments of convoy train")
    .requiredOption(
      "--exchange <place>",
      "where the processes meet, as folder:PATH, seen by all of them",
    )
    .requiredOption(
      "--particles <n>",
      "particles of the swarm, each in a process of its own",
      count,
    )
    .option("--cpus <n>", "processors of each process", count, 1)
    .option("--hours <n>", "longest time of a process; default what the cluster gives", hours)
    .option("--name <text>", "name of the job", "convoy")
    .option("--image <text>", "kubernetes: container with Convoy installed in its working folder")
    .option(
      "--claim <claim=folder>",
      "kubernetes: volume that all see, and where, as data=/mnt/shared",
    )
    .addHelpText("after", HELP)
    .action((scheduler: string, train: string[], options: Options) =>
      launch(scheduler, train, options, console),
    );
}
