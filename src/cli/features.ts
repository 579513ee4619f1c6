// `convoy features RUN`: what the net's body makes of a data set or of images alone, as rows of numbers in an .npz file.

import type { Command } from "commander";
import { type Dataset, listImages, namesOf, PARTS, type Splits } from "../data/index.js";
import { writeFileAtomic } from "../files/atomicFile.js";
import { InputError } from "../inputError.js";
import { type OpenTrainedOptions, openTrained, type Trained } from "../runs/index.js";
import { hostTensor, writeNpz } from "../tensor/index.js";
import { precisionOption } from "./arguments.js";
import type { Console } from "./console.js";
import { addEngineFlags, type EngineFlags } from "./engineFlags.js";
import { parseTexts } from "./flags.js";
import { expectNoImage } from "./imageArguments.js";
import { imageFeatures } from "./imageFeatures.js";
import { type Arrays, labelledArrays, sayArrays } from "./labelledArrays.js";
import { nameData, openNamedData } from "./namedData.js";

interface Options extends EngineFlags {
  readonly out: string;
  readonly columns?: Record<string, string>;
  readonly precision?: OpenTrainedOptions["precision"];
}

/** The arrays of one part. */
async function arraysOf(net: Trained, part: string, dataset: Dataset): Promise<Arrays> {
  const { of, width } = await net.features(dataset);
  return labelledArrays(part, dataset, hostTensor("f32", [dataset.length, width], of));
}

/** The arrays of all parts, and the names of the classes. */
async function allArrays(net: Trained, splits: Splits): Promise<Arrays> {
  const arrays: Arrays = [];
  for (const part of PARTS) {
    const dataset = splits[part];
    if (dataset) arrays.push(...(await arraysOf(net, part, dataset)));
  }
  const names = namesOf(splits.train.labels);
  if (names.length > 0) arrays.push(["classes", { shape: [names.length], data: names }]);
  return arrays;
}

/** The arrays of a data set. */
async function arraysOfData(
  net: Trained,
  data: string,
  columns: Options["columns"],
  console: Console,
): Promise<Arrays> {
  const splits = await openNamedData(net, data, { columns }, console);
  return allArrays(net, splits);
}

/** The arrays of image files. */
async function arraysOfFiles(
  net: Trained,
  files: readonly string[],
  console: Console,
): Promise<Arrays> {
  const { files: usable, of, width } = await imageFeatures(net, files, console);
  return [
    ["features", hostTensor("f32", [usable.length, width], of)],
    ["files", { shape: [usable.length], data: usable }],
  ];
}

export function define(command: Command, console: Console): void {
  addEngineFlags(command);
  command
    .argument("<run>", "run folder")
    .argument(
      "<data...>",
      "data set, whose labels are written beside the features; or image files, folders of them, patterns such as 'photos/*.jpg'",
    )
    .requiredOption("--out <file>", "the .npz file to write")
    .option("--columns <role=name,...>", "what its columns or arrays hold", parseTexts)
    .addOption(precisionOption())
    .action(async (run: string, named: string[], options: Options) => {
      const { out, columns, engine, threads, precision } = options;
      const files = (await nameData(named)) ? undefined : await listImages(named);
      if (files) expectNoImage("--out", out, files);
      if (!out.endsWith(".npz")) {
        throw new InputError(
          `--out ${out}: features are written as an .npz file; expected a name that ends in .npz`,
        );
      }
      if (files && columns !== undefined) {
        throw new InputError("--columns has no effect on images without labels; leave it out");
      }
      const net = await openTrained(run, { engine, threads, precision });
      try {
        const arrays = files
          ? await arraysOfFiles(net, files, console)
          : await arraysOfData(net, named[0], columns, console);
        await writeFileAtomic(out, writeNpz(arrays));
        sayArrays(arrays, console);
      } finally {
        await net.close();
      }
    });
}
