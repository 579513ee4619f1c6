// `convoy bench step`: Convoy's training step beside that of other libraries.

import { availableParallelism } from "node:os";
import type { Command } from "commander";
import { peersWith } from "../bench/peers/index.js";
import { benchStep, type StepReport, type StepRow } from "../bench/step.js";
import { byName } from "../text.js";
import { count, counts, list } from "./arguments.js";
import { type Console, say, sayJson } from "./console.js";
import { bytes, grouped } from "./format.js";
import { table } from "./table.js";

interface Options {
  readonly models: string[];
  readonly batch: number;
  readonly peers: string[];
  readonly python?: string;
  readonly engine: string;
  readonly threads: number[];
  readonly rounds: number;
  readonly limit: number;
  readonly json?: boolean;
}

const milliseconds = (median: number, spread: number) =>
  `${median.toFixed(2)} +- ${spread.toFixed(2)}`;

function cells(row: StepRow): string[] {
  const { peerMedianMs, peerSpreadMs, ratio } = row;
  return [
    row.model,
    milliseconds(row.medianMs, row.spreadMs),
    grouped(row.imagesPerSecond),
    row.gflops.toFixed(1),
    bytes(row.peakBytes),
    row.setting,
    row.peer === undefined ? "-" : `${row.peer} ${row.peerVersion ?? ""}`.trim(),
    peerMedianMs === undefined ? "-" : milliseconds(peerMedianMs, peerSpreadMs ?? 0),
    ratio === undefined ? "-" : `${ratio.toFixed(2)}x`,
    row.peerSetting ?? "-",
  ];
}

function print({ out }: Console, { machine, rows }: StepReport, batch: number): void {
  say(out, `${machine.cpu}, ${machine.cores} cores, ${machine.system}, Node ${machine.node}`);
  say(
    out,
    `training step at batch ${batch}: median +- quartile distance; ratio above 1: Convoy is faster`,
  );
  say(out);
  const header = ["model", "ms", "img/s", "GFLOP/s", "memory", "setting"];
  const peerHeader = ["peer", "ms", "ratio", "setting"];
  for (const line of table([...header, ...peerHeader], rows.map(cells))) say(out, line);
  for (const { model, note } of rows) if (note !== undefined) say(out, `${model}: ${note}`);
}

/** Thread counts to try when none are given: one, and all cores. */
const defaultThreads = () => [...new Set([1, availableParallelism()])];

export function define(command: Command, console: Console): void {
  command
    .command("step")
    .description("time of one training step: forward, loss, backward, update")
    .option("--models <names>", "models, between commas", list, ["lenet5", "resnet20"])
    .option("--batch <number>", "pictures in a step", count, 64)
    .option("--peers <names>", "pytorch, tfjs, jax-js, between commas", list, [])
    .option("--python <path>", "a Python that has torch (or set CONVOY_PYTHON)")
    .option("--engine <name>", "auto, native or reference", "auto")
    .option(
      "--threads <numbers>",
      "thread counts to choose the fastest from",
      counts,
      defaultThreads(),
    )
    .option("--rounds <number>", "rounds of each, in turn", count, 15)
    .option("--limit <seconds>", "longest wait for a step of a peer", count, 120)
    .option("--json", "print one object")
    .action(async (options: Options) => {
      const known = peersWith(options.python);
      const report = await benchStep({
        models: options.models,
        batch: options.batch,
        peers: options.peers.map((name) => byName("peer", name, known)),
        engine: options.engine,
        threads: options.threads,
        rounds: options.rounds,
        limitSeconds: options.limit,
        progress: (line) => say(console.err, line),
      });
      if (options.json) sayJson(console, report);
      else print(console, report, options.batch);
    });
}
