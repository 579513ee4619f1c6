// `convoy predict RUN IMAGE...`: the class of each image by a run's best weights.

import type { Command } from "commander";
import { type Dataset, readImage } from "../data/index.js";
import { percent } from "../text/format.js";
import { printable } from "../text/printable.js";
import { openTrained, type Trained } from "../train/index.js";
import { count } from "./arguments.js";
import { type Console, say, sayJson } from "./console.js";

interface Options {
  readonly top: number;
  readonly engine?: string;
  readonly json?: boolean;
}

/** Image files as a data set of the shape that the run was trained on. Labels are all 0. */
async function readAll({ config, info }: Trained, paths: readonly string[]): Promise<Dataset> {
  const [channels, height, width] = config.data.shape;
  const bytes = channels * height * width;
  const images = new Uint8Array(paths.length * bytes);
  for (const [at, path] of paths.entries()) {
    images.set(await readImage(path, { channels, height, width }), at * bytes);
  }
  return {
    ...{ name: "images", length: paths.length, channels, height, width, images },
    labels: new Int32Array(paths.length),
    classes: info.classes,
  };
}

/** The most probable classes, best first. */
function ranking(probabilities: Float32Array, classes: readonly string[], top: number) {
  return [...probabilities]
    .map((probability, at) => ({ class: classes[at], probability }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, top);
}

export function define(command: Command, console: Console): void {
  command
    .argument("<run>", "run folder")
    .argument("<images...>", "image files")
    .option("--top <number>", "classes to name", count, 3)
    .option("--engine <name>", "auto, native or reference", "auto")
    .option("--json", "print one object")
    .action(async (run: string, paths: string[], { top, engine, json }: Options) => {
      const net = await openTrained(run, { engine });
      try {
        const rows = await net.classify(await readAll(net, paths));
        const predictions = rows.map((row, at) => ({
          image: paths[at],
          classes: ranking(row, net.info.classes, top),
        }));
        if (json) return sayJson(console, { run, predictions });
        for (const { image, classes } of predictions) {
          const named = classes.map((one) => `${one.class} ${percent(one.probability)}`);
          say(console.out, printable(`${image}: ${named.join(", ")}`));
        }
      } finally {
        await net.close();
      }
    });
}
