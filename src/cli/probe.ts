// `convoy probe RUN DATA`: what a run's features are worth where labels are few.

import type { Command } from "commander";
import { joined, type Splits, splitSelection } from "../data/index.js";
import { openTrained } from "../runs/index.js";
import { type LabelCount, type ProbeRow, probe } from "../study/index.js";
import { countFrom } from "../study/seeds.js";
import { percent } from "../text/format.js";
import { count, list } from "./arguments.js";
import { type Console, say, sayJson } from "./console.js";
import { addEngineFlags, type EngineFlags } from "./engineFlags.js";
import { parseTexts } from "./flags.js";
import { openNamedData } from "./namedData.js";
import { table } from "./table.js";

interface Options extends EngineFlags {
  readonly labels: readonly LabelCount[];
  readonly seeds: number;
  readonly fineTune?: number;
  readonly columns?: Record<string, string>;
  readonly json?: boolean;
}

/** Share of the data that is tested on where they bring no test set. */
const TESTED = 0.25;

const labelCounts = (text: string): LabelCount[] =>
  list(text).map((one) => (one === "all" ? one : count(one)));

/** Images to learn from, and to test on: those of the data, or a quarter of them. */
function partsOf({ train, selection, test }: Splits): Required<Pick<Splits, "train" | "test">> {
  const all = selection ? joined(train, selection, train.name) : train;
  if (test) return { train: all, test };
  const { train: learned, selection: tested } = splitSelection(all, { seed: 1, fraction: TESTED });
  return { train: learned, test: { ...tested, name: `${train.name} (test)` } };
}

const shown = ({ accuracy: { mean, low, high } }: ProbeRow) =>
  low === undefined
    ? percent(mean)
    : `${percent(mean)} (${percent(Math.max(0, low))} to ${percent(Math.min(1, high!))})`;

/** A line for features and way, a column for each count of labels. */
function lines(rows: readonly ProbeRow[], counts: readonly LabelCount[]): string[] {
  const first = rows.filter(({ labels }) => labels === counts[0]);
  const cells = first
    .toSorted((a, b) => a.way.localeCompare(b.way))
    .map(({ way, features }) => {
      const own = rows.filter((row) => row.way === way && row.features === features);
      return [
        way,
        features,
        ...counts.map((labels) => shown(own.find((row) => row.labels === labels)!)),
      ];
    });
  const titles = counts.map((labels) => (labels === "all" ? "all labels" : `${labels} a class`));
  return table(["way", "features", ...titles], cells);
}

export function define(command: Command, console: Console): void {
  addEngineFlags(command);
  command
    .argument("<run>", "run folder")
    .argument("<data>", "labelled data set")
    .option(
      "--labels <counts>",
      "labels of each class that are learned from, or all",
      labelCounts,
      labelCounts("10,50,all"),
    )
    .option("--seeds <n>", "draws of labels", count, 5)
    .option("--fine-tune <epochs>", "train the whole net too, from the run and from scratch", count)
    .option("--columns <role=name,...>", "what its columns or arrays hold", parseTexts)
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      "\nFeatures: run (the run's net), random (the same net untrained), pca (as many principal components of pixels), pixels." +
        "\nlinear: logistic regression, its penalty chosen on images of its own; knn: cosine, K = 200, temperature 0.07.",
    )
    .action(async (run: string, data: string, options: Options) => {
      const { labels, seeds, fineTune, columns, json, engine, threads } = options;
      const net = await openTrained(run, { engine, threads });
      try {
        const splits = await openNamedData(net, data, { columns, kind: "class" }, console);
        const parts = partsOf(splits);
        const rows = await probe(net, parts, {
          ...{ labels, run, fineTune },
          seeds: countFrom(1, seeds),
          onResult: ({ features, way, labels: many, seed, accuracy }) =>
            say(
              console.err,
              `${features}, ${way}, ${many}${many === "all" ? "" : " a class"}, seed ${seed}: ${percent(accuracy)}`,
            ),
        });
        if (json) sayJson(console, { run, data, test: parts.test.length, rows });
        else for (const line of lines(rows, labels)) say(console.out, line);
      } finally {
        await net.close();
      }
    });
}
