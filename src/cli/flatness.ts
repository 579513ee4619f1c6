// `convoy flatness RUN...`: how much a run's training error grows when its weights are shaken.

import { basename, join, resolve } from "node:path";
import type { Command } from "commander";
import {
  type Flatness,
  flatness,
  flatnessChart,
  flatnessFiles,
  flatnessTable,
  type NamedFlatness,
  trainingImages,
} from "../analysis/index.js";
import { writeFileAtomic } from "../files/atomicFile.js";
import { openTrained } from "../runs/index.js";
import { counted, hundredths, percent } from "../text/format.js";
import { printable } from "../text/printable.js";
import { count, numbers } from "./arguments.js";
import { type Console, type Stream, say, sayJson } from "./console.js";
import { addEngineFlags, type EngineFlags } from "./engineFlags.js";
import { table } from "./table.js";

interface Options extends EngineFlags {
  readonly sigmas?: readonly number[];
  readonly draws: number;
  readonly images: number;
  readonly seed: number;
  readonly json?: boolean;
}

/** A run and its profile. */
interface Measured extends NamedFlatness {
  readonly run: string;
}

/** On a terminal, one line that counts the draws. */
const showDraws = (stream: Stream, run: string) => (done: number, total: number) => {
  if (!stream.isTTY) return;
  stream.write(`\r${printable(run)}: draw ${done} of ${total}${done === total ? "\r\x1b[K" : ""}`);
};

async function measure(run: string, options: Options, err: Stream): Promise<Measured> {
  const { sigmas, draws, seed, images, engine, threads } = options;
  const net = await openTrained(run, { engine, threads });
  try {
    const set = await trainingImages(net.config, images, seed);
    const profile = await flatness(net, set, { sigmas, draws, seed, onDraw: showDraws(err, run) });
    return { run, name: basename(resolve(run)), ...profile };
  } finally {
    await net.close();
  }
}

/** Each run gets its table, and the chart of all that were asked for together. */
async function save(measured: readonly Measured[]): Promise<void> {
  const chart = flatnessChart(measured);
  for (const one of measured) {
    await writeFileAtomic(join(one.run, flatnessFiles.table), flatnessTable(one));
    await writeFileAtomic(join(one.run, flatnessFiles.chart), chart);
  }
}

function describe(measured: readonly Measured[]): string[] {
  const cell = ({ points }: Flatness, at: number) => {
    const { energy, standardError } = points[at];
    return `${hundredths(energy)} ± ${hundredths(standardError)}`;
  };
  const rows = measured[0].points.map(({ sigma }, at) => [
    `${sigma}`,
    ...measured.map((one) => cell(one, at)),
  ]);
  const [{ images, draws }] = measured;
  return [
    ...table(["sigma", ...measured.map(({ name }) => name)], rows),
    "",
    "growth of the training error in points, mean ± standard error " +
      `(${counted(images, "image")}, ${draws} draws)`,
    ...measured.map(
      ({ run, error }) => `${run}: training error ${percent(error)}; ${flatnessFiles.chart} in it`,
    ),
  ];
}

export function define(command: Command, { out, err }: Console): void {
  addEngineFlags(command);
  command
    .argument("<runs...>", "run folders; several share one chart")
    .option("--sigmas <numbers>", "strengths of the noise (default: 0, 0.05, ... 0.5)", numbers)
    .option("--draws <number>", "draws of the noise for each strength", count, 20)
    .option("--images <number>", "training images to evaluate on", count, 2000)
    .option("--seed <number>", "of the noise and of the choice of images", count, 1)
    .option("--json", "print one object")
    .action(async (runs: string[], options: Options) => {
      const measured: Measured[] = [];
      for (const run of runs) measured.push(await measure(run, options, err));
      await save(measured);
      if (options.json) sayJson({ out, err }, { runs: measured });
      else for (const line of describe(measured)) say(out, line);
    });
}
