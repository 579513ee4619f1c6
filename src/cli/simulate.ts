// `convoy simulate MODEL`: what a swarm of many processes would send, keep and wait for, before there is one.

import { type Command, InvalidArgumentError } from "commander";
import { quantile } from "../bench/measure.js";
import { InputError } from "../inputError.js";
import type { Model } from "../models/index.js";
import { netOf } from "../nn/index.js";
import {
  type Coupling,
  getCoupling,
  type SimulatedRounds,
  simulate,
  type Traffic,
  trafficOf,
} from "../swarm/index.js";
import { formatBytes, parseBytes } from "../text/bytes.js";
import { parseDuration } from "../text/duration.js";
import { grouped } from "../text/format.js";
import { count, seconds } from "./arguments.js";
import { type Console, say, sayJson } from "./console.js";
import { parseEithers } from "./flags.js";
import { addModelFlags, type ModelFlags, namedModel } from "./modelInput.js";

interface Options extends ModelFlags {
  readonly swarm: string;
  readonly coupling: Readonly<Record<string, number | string>>;
  readonly particles: number;
  readonly host: number;
  readonly epoch: number;
  readonly steps: number;
  readonly rounds: number;
  readonly rate: number;
  readonly place?: number;
  readonly latency: number;
  readonly wait?: number;
  readonly jitter: number;
  readonly slow?: { readonly share: number; readonly times: number };
  readonly lost?: { readonly every: number; readonly gone: number };
  readonly seed: number;
  readonly json?: boolean;
}

/** Both sides of a colon. */
function sides(text: string, form: string): readonly [string, string] {
  const [first, second, ...rest] = text.split(":");
  if (first && second && rest.length === 0) return [first, second];
  throw new InvalidArgumentError(`Expected ${form}.`);
}

function slow(text: string): Options["slow"] {
  const [share, times] = sides(text, "SHARE:TIMES, as 0.1:4").map(Number);
  if (share > 0 && share < 1 && times > 0) return { share, times };
  throw new InvalidArgumentError("Expected a share between 0 and 1, and how many times slower.");
}

function lost(text: string): Options["lost"] {
  const [every, gone] = sides(text, "EVERY:GONE, as 24h:2m").map(parseDuration);
  return { every, gone };
}

function milliseconds(text: string): number {
  const value = Number(text);
  if (text !== "" && value >= 0 && value <= 1e6) return value;
  throw new InvalidArgumentError("Expected milliseconds from 0 on.");
}

function share(text: string): number {
  const value = Number(text);
  if (text !== "" && value >= 0 && value <= 3) return value;
  throw new InvalidArgumentError("Expected a number from 0 to 3.");
}

/** Seconds of a process's work between two rounds. */
const workOf = ({ epoch, steps, host }: Options, { every }: Traffic): number =>
  host * (every === "epoch" ? epoch : (epoch * every) / steps);

/** What is simulated, and what comes of it. */
function simulation(model: Model, coupling: Coupling, options: Options) {
  const { particles, host, rounds, rate, place, latency, ...rest } = options;
  const processes = particles / host;
  if (processes < 2 || !Number.isInteger(processes)) {
    throw new InputError(
      `--particles ${particles}: expected twice --host ${host}, or another multiple of it; one process sends nothing`,
    );
  }
  const { layout } = netOf(model, 2, { training: true });
  const traffic = trafficOf(coupling, layout, { particles, states: 1 });
  const bytes = traffic.bytes * host;
  const network = {
    each: rate,
    latency: latency / 1000,
    ...(place !== undefined && { all: place }),
  };
  const { wait, jitter, slow: slower, lost: gone, seed } = rest;
  const work = workOf(options, traffic);
  const plan = { processes, work, network, bytes, rounds, seed, jitter };
  const found = simulate({
    ...plan,
    ...(wait !== undefined && { wait }),
    ...(slower && { slow: slower }),
    ...(gone && { lost: gone }),
  });
  return { traffic, processes, bytes, work, found };
}

const time = (value: number) =>
  value < 120 ? `${value.toPrecision(3)} s` : `${grouped(Math.round(value))} s`;

/** Share of a swarm's time in which a process as fast as most trains. */
const busy = ({ work, seconds: all }: SimulatedRounds) => work / all;

const meeting = ({ every }: Traffic) =>
  every === "epoch"
    ? "after each epoch"
    : every === 1
      ? "at each step"
      : `after each ${every} steps`;

function print(
  model: Model,
  options: Options,
  made: ReturnType<typeof simulation>,
  { out }: Console,
) {
  const { particles, rounds, swarm } = options;
  const { traffic, processes, bytes, work, found } = made;
  const meets = meeting(traffic);
  const others = (processes - 1) * bytes;
  const rows = [
    ["sent", `${formatBytes(bytes)} a process and round, ${formatBytes(processes * bytes)} by all`],
    [
      "read",
      `${formatBytes(others)} a process and round, ${formatBytes(found.read / rounds)} by all`,
    ],
    [
      "memory",
      `${formatBytes(4 * traffic.kept * particles)} of all particles' numbers in each process`,
    ],
    ["time", `${time(quantile(found.times, 0.5))} a round, of which ${time(work)} are training`],
    ["trains", `${(100 * busy(found)).toFixed(1)} % of the time`],
    ["too late", `${(100 * found.late).toFixed(1)} % of rounds`],
  ];
  say(
    out,
    `${swarm} of ${particles} ${model.name} in ${processes} processes, which meet ${meets}; ${rounds} rounds`,
  );
  for (const [name, text] of rows) say(out, `  ${name.padEnd(9)} ${text}`);
}

async function run(name: string, options: Options, console: Console): Promise<void> {
  const { swarm, particles, coupling: given } = options;
  const coupling = getCoupling(swarm).make(given);
  coupling.check?.(particles);
  if (coupling.movesFrom === Number.POSITIVE_INFINITY)
    throw new InputError(`--swarm ${swarm}: its nets never meet, so there is nothing to simulate`);
  const model = await namedModel(name, options);
  const made = simulation(model, coupling, options);
  const { traffic, processes, bytes, work, found } = made;
  if (!options.json) return print(model, options, made, console);
  const { times, ...sums } = found;
  sayJson(console, {
    ...{
      model: model.name,
      swarm,
      particles,
      processes,
      every: traffic.every,
      bytes,
      training: work,
    },
    ...{
      ...sums,
      kept: 4 * traffic.kept * particles,
      round: quantile(times, 0.5),
      busy: busy(found),
    },
  });
}

export function define(command: Command, console: Console): void {
  addModelFlags(
    command.argument("<model>", "model by name, for the images that it was published for"),
  )
    .requiredOption(
      "--epoch <time>",
      "what a particle's epoch takes alone, as 90s or 1h30m",
      parseDuration,
    )
    .option("--swarm <name>", "the coupling's name", "pso")
    .option(
      "--coupling <settings>",
      "the coupling's own settings, as compress=top-k,share=0.01",
      parseEithers,
      {},
    )
    .option("--particles <n>", "particles of the swarm", count, 4)
    .option("--host <n>", "particles of each process", count, 1)
    .option("--steps <n>", "steps of an epoch, for couplings that meet more often", count, 100)
    .option("--rounds <n>", "rounds that are played", count, 100)
    .option(
      "--rate <bytes>",
      "numbers a second that a process sends or reads, with checking (node bench/exchange.mjs)",
      parseBytes,
      100e6,
    )
    .option(
      "--place <bytes>",
      "what the folder or server bears a second, of all; default without a limit",
      parseBytes,
    )
    .option("--latency <ms>", "until a word has gone there, in milliseconds", milliseconds, 1)
    .option(
      "--wait <seconds>",
      "deadline of a round, as of convoy train; default without end",
      seconds,
    )
    .option(
      "--jitter <share>",
      "how much work differs from round to round: standard deviation of its logarithm",
      share,
      0,
    )
    .option(
      "--slow <share:times>",
      "a share of the processes is so many times slower, as 0.1:4",
      slow,
    )
    .option(
      "--lost <every:gone>",
      "a process is lost so often, and its particles are gone so long, as 24h:2m",
      lost,
    )
    .option("--seed <n>", "what happens to whom", count, 1)
    .option("--json", "print one object")
    .action((name: string, options: Options) => run(name, options, console));
}
