// `convoy cost MODEL|RUN|FILE`: what layers cost, on a machine that is told as data or on the one at hand.

import { existsSync } from "node:fs";
import { type Command, InvalidArgumentError } from "commander";
import { thisMachine } from "../bench/thisMachine.js";
import {
  type Bits,
  costOf,
  dataflows,
  type FlowTotals,
  type LayerCost,
  type Machine,
  type ModelCost,
  machines,
  openMachine,
} from "../cost/index.js";
import { InputError } from "../inputError.js";
import { listModels } from "../models/index.js";
import { openWeighed, type Weighed } from "../runs/index.js";
import { formatBytes } from "../text/bytes.js";
import { grouped } from "../text/format.js";
import { isModelFile } from "../train/modelFile.js";
import { count } from "./arguments.js";
import { type Console, say, sayJson } from "./console.js";
import { addModelFlags, type ModelFlags, namedModel } from "./modelInput.js";
import { table } from "./table.js";

interface Options extends ModelFlags {
  readonly batch?: number;
  readonly bits?: Bits;
  readonly machine?: string;
  readonly dataflow?: string;
  readonly json?: boolean;
}

/** The name of the machine at hand. */
const THIS = "this";

/** `8` for weights and activations, or `w4a8`. */
function bits(text: string): Bits {
  const [, both, weights, activations] = /^(?:(\d+)|w(\d+)a(\d+))$/.exec(text) ?? [];
  const found = [both ?? weights, both ?? activations].map(Number);
  const fits = found.every((value) => value >= 1 && value <= 32);
  if (fits) return { weights: found[0], activations: found[1] };
  throw new InvalidArgumentError(
    `"${text}" are no bits. Expected a whole number from 1 to 32, or one for weights and one for activations as w4a8.`,
  );
}

const thousands = (value: number) => Math.ceil(value / 1e3);
const millions = (value: number) => value / 1e6;
const milliseconds = ({ seconds }: { readonly seconds: number }) => 1e3 * seconds;

/** A column: its title, and a layer's number. */
type Column = readonly [title: string, of: (row: LayerCost) => number | string];

function columnsOf({ machine, totals }: ModelCost): Column[] {
  const known: Column[] = [["non-zero", ({ nonZeros }) => nonZeros!]];
  const array: Column[] = [
    ["DRAM kB", ({ array }) => thousands(array!.dramBytes)],
    ["energy M", ({ array }) => millions(array!.energy.total)],
  ];
  return [
    ["layer", ({ layer }) => layer],
    ["MMAC", ({ macs }) => millions(macs)],
    ["params", ({ params }) => params],
    ...(totals.nonZeros === undefined ? [] : known),
    ["kB", ({ bytes }) => thousands(bytes.weights + bytes.inputs + bytes.outputs)],
    ["op/B", ({ intensity }) => Math.round(intensity)],
    ["ms", (row) => milliseconds(row)],
    ...(machine.array ? array : [["bound", ({ bound }) => bound] satisfies Column]),
  ];
}

function flowRow(flow: FlowTotals): (string | number)[] {
  if ("reason" in flow) return [flow.dataflow, "-", "-"];
  return [flow.dataflow, formatBytes(flow.dramBytes), millions(flow.energy)];
}

/** Decimals as they are read: none from 100, one from 10, two below. */
const short = (value: number | string) =>
  typeof value === "string" || Number.isInteger(value)
    ? value
    : value.toLocaleString("en-US", {
        maximumFractionDigits: value < 10 ? 2 : value < 100 ? 1 : 0,
      });

function print({ out }: Console, cost: ModelCost, file?: number): void {
  const { model, input, batch, bits, machine, dataflow, rows, totals, flows } = cost;
  const images = batch === 1 ? "one image" : `${grouped(batch)} images`;
  say(out, `${model}, ${images} of ${input.join("x")}, w${bits.weights}a${bits.activations}`);
  say(
    out,
    `${machine.name}: ${short(machine.macsPerSecond / 1e9)} GMAC/s, ${formatBytes(machine.bytesPerSecond)}/s` +
      `${dataflow === undefined ? "" : `, ${dataflow}`}`,
  );
  say(out);
  const columns = columnsOf(cost);
  const lines = table(
    columns.map(([title]) => title),
    rows.map((row) => columns.map(([, of]) => of(row))),
  );
  for (const line of lines) say(out, line);
  say(out);
  const zeros =
    totals.nonZeros === undefined ? "" : `, ${grouped(totals.nonZeros)} of them not zero`;
  const onDisk = file === undefined ? "" : `, ${formatBytes(file)} on disk`;
  say(
    out,
    `${grouped(totals.params)} parameters${zeros}: ${formatBytes(totals.sizeBytes)}${onDisk}`,
  );
  say(
    out,
    `${grouped(totals.macs)} multiply-adds, ${short(totals.bitOperations / 1e9)} G bit operations`,
  );
  say(
    out,
    `${formatBytes(totals.bytes)} in and out of layers, at most ${formatBytes(totals.activationBytes)} activations of one`,
  );
  say(out, `not below ${short(milliseconds(totals))} ms`);
  if (!flows) return;
  say(out);
  const { unit } = machine.array!.energy;
  const flowLines = table(["dataflow", "DRAM", `energy, M ${unit}`], flows.map(flowRow));
  for (const line of flowLines) say(out, line);
  for (const flow of flows) if ("reason" in flow) say(out, `${flow.dataflow}: ${flow.reason}`);
}

/** What the first argument means: a model by name, or weights. */
async function subjectOf(
  name: string,
  flags: ModelFlags,
): Promise<Pick<Weighed, "model"> & Partial<Weighed>> {
  const isName = flags.module !== undefined || listModels().includes(name) || isModelFile(name);
  const isPath = existsSync(name) || /[\\/]|\.safetensors$/.test(name);
  if (isName || !isPath) return { model: await namedModel(name, flags) };
  const given = (["channels", "size", "classes"] as const).find(
    (flag) => flags[flag] !== undefined,
  );
  if (given === undefined) return openWeighed(name);
  throw new InputError(
    `--${given} has no effect on weights, which know their images; leave it out`,
  );
}

async function machineFor({ machine, dataflow, bits }: Options): Promise<Machine | undefined> {
  if (machine === undefined) return undefined;
  if (machine !== THIS) return openMachine(machine, [THIS]);
  const without = `has no effect with --machine ${THIS}, whose roofline is measured with f32 numbers; leave it out`;
  if (dataflow !== undefined) throw new InputError(`--dataflow ${without}`);
  if (bits !== undefined) throw new InputError(`--bits ${without}`);
  return thisMachine();
}

export function define(command: Command, console: Console): void {
  addModelFlags(command.argument("<model>", "model by name or file, run folder, or weights file"))
    .option("--batch <number>", "images at once", count)
    .option(
      "--bits <bits>",
      "width of weights and activations, as 8 or w4a8 (default: as the net has them)",
      bits,
    )
    .option("--dataflow <name>", dataflows.map(({ name }) => name).join(", "))
    .option(
      "--machine <name>",
      `${machines.map(({ name }) => name).join(", ")}, a JSON file, or ${THIS}: the one at hand, measured`,
    )
    .option("--json", "print one object")
    .action(async (name: string, { json, machine: _, ...options }: Options, command: Command) => {
      const { batch, bits, dataflow } = options;
      const { model, w, bytes } = await subjectOf(name, options);
      const machine = await machineFor(command.opts());
      if (machine && !machine.array && dataflow !== undefined) {
        throw new InputError(
          `--dataflow ${dataflow}: machine ${machine.name} has no array of processing elements; add one to its description`,
        );
      }
      const cost = costOf(model, { batch, bits, dataflow, machine, w });
      if (json) sayJson(console, { ...cost, ...(bytes !== undefined && { fileBytes: bytes }) });
      else print(console, cost, bytes);
    });
}
