// `convoy predict RUN IMAGE...`: what a run's best weights say of each image.

import type { Command } from "commander";
import { type Dataset, readImage } from "../data/index.js";
import { openTrained, type Trained } from "../runs/index.js";
import type { Prediction } from "../tasks/index.js";
import { percent } from "../text/format.js";
import { printable } from "../text/printable.js";
import { count } from "./arguments.js";
import { type Console, say } from "./console.js";

interface Options {
  readonly top: number;
  readonly engine?: string;
  readonly json?: boolean;
}

/** Image files as a data set of the shape that the run was trained on, without labels. */
async function readAll({ config }: Trained, paths: readonly string[]): Promise<Dataset> {
  const [channels, height, width] = config.data.shape;
  const bytes = channels * height * width;
  const images = new Uint8Array(paths.length * bytes);
  for (const [at, path] of paths.entries()) {
    images.set(await readImage(path, { channels, height, width }), at * bytes);
  }
  return {
    ...{ name: "images", length: paths.length, channels, height, width, images },
    labels: { kind: "none" },
  };
}

/** `cat 93.10 %, dog 6.20 %` of classes with probabilities; anything else as it is. */
function words(prediction: Prediction): string {
  const { classes } = prediction as { classes?: { class: string; probability: number }[] };
  if (!classes) return JSON.stringify(prediction);
  return classes.map((one) => `${one.class} ${percent(one.probability)}`).join(", ");
}

export function define(command: Command, console: Console): void {
  command
    .argument("<run>", "run folder")
    .argument("<images...>", "image files")
    .option("--top <number>", "classes to name", count, 3)
    .option("--engine <name>", "auto, native or reference", "auto")
    .option("--json", "print a line of JSON for each image")
    .action(async (run: string, paths: string[], { top, engine, json }: Options) => {
      const net = await openTrained(run, { engine });
      try {
        const found = await net.predict(await readAll(net, paths), { top });
        for (const [at, prediction] of found.entries()) {
          if (json) say(console.out, JSON.stringify({ file: paths[at], ...prediction }));
          else say(console.out, printable(`${paths[at]}: ${words(prediction)}`));
        }
      } finally {
        await net.close();
      }
    });
}
