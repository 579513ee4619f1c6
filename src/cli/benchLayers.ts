// `convoy bench layers`: time of each layer beside what the roofline of this machine allows.

import type { Command } from "commander";
import { modelOf } from "../bench/convoyParts.js";
import { type Agreement, agreement, type LayerTimes, layerTimes } from "../bench/layers.js";
import { describeMachine } from "../bench/machine.js";
import { thisMachine } from "../bench/thisMachine.js";
import { workloadOf } from "../bench/workload.js";
import { usableCores } from "../machine.js";
import { formatBytes } from "../text/bytes.js";
import { count, list } from "./arguments.js";
import { type Console, say, sayJson } from "./console.js";
import { table } from "./table.js";

interface Options {
  readonly models: string[];
  readonly batch: number;
  readonly size?: number;
  readonly threads: number;
  readonly json?: boolean;
}

const said = ({ roofline, expected }: Agreement, layers: number) =>
  `rank correlation with the time over ${layers} layers: roofline ${roofline.toFixed(3)}, as done ${expected.toFixed(3)}`;

function print({ out }: Console, { model, batch, rows, agreement: found }: LayerTimes): void {
  say(out, `${model}, batch ${batch}`);
  const lines = table(
    ["layer", "MMAC", "bound", "roofline ms", "as done ms", "measured ms", "ratio"],
    rows.map(({ layer, macs, bound, rooflineMs, expectedMs, fastestMs }) => [
      ...[layer, macs / 1e6, bound, rooflineMs, expectedMs, fastestMs, fastestMs / rooflineMs],
    ]),
  );
  for (const line of lines) say(out, line);
  say(out, said(found, rows.length));
  say(out);
}

export function defineBenchLayers(parent: Command, console: Console): void {
  parent
    .command("layers")
    .description("time of each layer alone, beside what the roofline of this machine allows")
    .option("--models <names>", "models, between commas", list, ["resnet20"])
    .option("--batch <number>", "images in a batch", count, 16)
    .option("--size <number>", "height and width of the images (default: the model's)", count)
    .option("--threads <number>", "threads of the engine", count, usableCores())
    .option("--json", "print one object")
    .action(async ({ models, batch, size, threads, json }: Options) => {
      const laidOut = await Promise.all(
        models.map((model) =>
          modelOf(
            workloadOf({
              work: "infer",
              model,
              batch,
              size,
              nets: 1,
              threads: [threads],
              tuneSeconds: 0,
            }),
          ),
        ),
      );
      const machine = await thisMachine(threads);
      const found: LayerTimes[] = [];
      for (const model of laidOut) found.push(await layerTimes(model, batch, machine, threads));
      const all = found.flatMap(({ rows }) => rows);
      const result = { machine: describeMachine(), roofline: machine, models: found };
      if (json) return sayJson(console, { ...result, agreement: agreement(all) });
      const giga = (machine.macsPerSecond / 1e9).toFixed(0);
      say(console.out, `${machine.name}: ${giga} GMAC/s, ${formatBytes(machine.bytesPerSecond)}/s`);
      say(console.out);
      for (const one of found) print(console, one);
      if (found.length === 1) return;
      say(console.out, `together: ${said(agreement(all), all.length)}`);
    });
}
