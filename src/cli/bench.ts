// `convoy bench step`, `infer` and `swarm`: Convoy's work beside that of other libraries; `layers` in its own file.

import { type Command, Option } from "commander";
import { bench, type Report, type Row } from "../bench/bench.js";
import type { Peak } from "../bench/peak.js";
import { peersWith } from "../bench/peers/index.js";
import { type Precision, precisions, type Work } from "../bench/workload.js";
import { InputError } from "../inputError.js";
import { usableCores } from "../machine.js";
import { formatBytes } from "../text/bytes.js";
import { grouped, percent } from "../text/format.js";
import { byName } from "../text/words.js";
import { count, counts, list } from "./arguments.js";
import { defineBenchLayers } from "./benchLayers.js";
import { type Console, say, sayJson } from "./console.js";
import { table } from "./table.js";

interface Options {
  readonly models?: string[];
  readonly batch: number[];
  readonly size?: number;
  readonly nets?: number;
  readonly memory?: string;
  readonly precision?: Precision;
  readonly peers: string[];
  readonly python?: string;
  readonly engine: string;
  readonly threads: number[];
  readonly rounds: number;
  readonly limit: number;
  readonly json?: boolean;
}

/** A kind of work as a subcommand. */
interface Bench {
  readonly work: Work;
  readonly description: string;
  readonly models: readonly string[];
  readonly batches: readonly number[];
  /** Nets that share the machine; one where it is missing. */
  readonly nets?: number;
}

const benches: readonly Bench[] = [
  {
    work: "step",
    description: "time of one training step: forward, loss, backward, update",
    models: ["lenet5", "resnet20"],
    batches: [64],
  },
  {
    work: "infer",
    description: "time of one forward pass with fixed statistics",
    models: ["resnet20", "mobilenetv2"],
    batches: [1, 64],
  },
  {
    work: "swarm",
    description: "time in which several nets that share the machine take a training step each",
    models: ["resnet20"],
    batches: [64],
    nets: 4,
  },
];

const milliseconds = (median: number, spread: number) =>
  `${median.toFixed(2)} +- ${spread.toFixed(2)}`;

function cells(row: Row): string[] {
  const { peerMedianMs, peerSpreadMs, ratio } = row;
  return [
    row.nets > 1 ? `${row.nets} x ${row.model}` : row.model,
    String(row.batch),
    milliseconds(row.medianMs, row.spreadMs),
    grouped(row.imagesPerSecond),
    row.gflops.toFixed(1),
    row.matmulShare === undefined ? "-" : percent(row.matmulShare),
    formatBytes(row.peakBytes),
    row.firstMs.toFixed(0),
    row.setting,
    row.peer === undefined ? "-" : `${row.peer} ${row.peerVersion ?? ""}`.trim(),
    peerMedianMs === undefined ? "-" : milliseconds(peerMedianMs, peerSpreadMs ?? 0),
    ratio === undefined ? "-" : `${ratio.toFixed(2)}x`,
    row.peerPeakBytes === undefined ? "-" : formatBytes(row.peerPeakBytes),
    row.peerSetting ?? "-",
  ];
}

function sayPeak(out: Console["out"], { multiplyAdds, matmul }: Peak): void {
  const gigas = (rate: number) => `${(rate / 1e9).toFixed(0)} GFLOP/s`;
  const products = Object.entries(matmul).map(
    ([threads, rate]) => `${gigas(rate)} on ${threads} thread${threads === "1" ? "" : "s"}`,
  );
  say(
    out,
    `peak: multiply-adds alone ${gigas(multiplyAdds)} on one core; best matrix product ${products.join(", ")}`,
  );
}

function print({ out }: Console, { machine, peak, rows }: Report, { description }: Bench): void {
  say(out, `${machine.cpu}, ${machine.cores} cores, ${machine.system}, Node ${machine.node}`);
  if (machine.features.length > 0) say(out, machine.features.join(" "));
  if (peak) sayPeak(out, peak);
  say(out, description);
  say(out, "median +- quartile distance; ratio above 1: Convoy is faster");
  say(out);
  const header = [
    "model",
    "batch",
    "ms",
    "img/s",
    "GFLOP/s",
    "of product",
    "memory",
    "first ms",
    "setting",
  ];
  const peerHeader = ["peer", "ms", "ratio", "memory", "setting"];
  for (const line of table([...header, ...peerHeader], rows.map(cells))) say(out, line);
  for (const { model, note } of rows) if (note !== undefined) say(out, `${model}: ${note}`);
}

/** Thread counts to try when none are given: one, and all cores. */
const defaultThreads = () => [...new Set([1, usableCores()])];

function defineBench(parent: Command, console: Console, one: Bench): void {
  const { work, description, models, batches, nets } = one;
  const known = (python?: string) => peersWith(python).filter(({ works }) => works.includes(work));
  const names = known().map(({ name }) => name);
  const command = parent
    .command(work)
    .description(description)
    .argument("[nets...]", `models or folders of runs (default: ${models.join(" ")})`)
    .option("--models <names>", "models or folders of runs, between commas", list)
    .option("--batch <numbers>", "images in a batch, between commas", counts, [...batches])
    .option("--size <number>", "height and width of the images (default: the model's)", count)
    .option("--peers <names>", `${names.join(", ")}, between commas`, list, [])
    .option("--python <path>", "a Python that has torch (or set CONVOY_PYTHON)")
    .option("--engine <name>", "auto, native or reference", "auto")
    .option(
      "--threads <numbers>",
      "thread counts to choose the fastest from",
      counts,
      defaultThreads(),
    )
    .option("--rounds <number>", "rounds of each, in turn", count, 15)
    .option("--limit <seconds>", "longest wait for an answer of a peer", count, 120)
    .option("--json", "print one object");
  if (nets !== undefined) command.option("--nets <number>", "nets in all", count, nets);
  const precision = new Option("--precision <name>", "numbers that are multiplied");
  command.addOption(precision.choices(precisions[work]).default("f32"));
  if (work !== "infer") command.option("--memory <text>", "most memory of a net's step, as 300MB");
  command.action(async (nets: readonly string[], options: Options) => {
    if (nets.length > 0 && options.models) {
      throw new InputError(`nets are named twice: ${nets.join(", ")}, and --models; leave one out`);
    }
    const report = await bench({
      work,
      models: nets.length > 0 ? nets : (options.models ?? models),
      batches: options.batch,
      size: options.size,
      nets: options.nets ?? 1,
      precision: options.precision,
      memory: options.memory,
      peers: options.peers.map((name) => byName("peer", name, known(options.python))),
      engine: options.engine,
      threads: options.threads,
      rounds: options.rounds,
      limitSeconds: options.limit,
      progress: (line) => say(console.err, line),
    });
    if (options.json) sayJson(console, report);
    else print(console, report, one);
  });
}

export function define(command: Command, console: Console): void {
  for (const one of benches) defineBench(command, console, one);
  defineBenchLayers(command, console);
}
