// `convoy neighbours RUN IMAGES`: which images are alike for a run's net, and which are like no other.

import { resolve } from "node:path";
import type { Command } from "commander";
import { listImages } from "../data/index.js";
import { InputError } from "../inputError.js";
import { likenessOf, nearestTo, openTrained } from "../runs/index.js";
import { count } from "./arguments.js";
import { type Console, say, sayJson } from "./console.js";
import { addEngineFlags, type EngineFlags } from "./engineFlags.js";
import { parseNumber } from "./flags.js";
import { imageFeatures } from "./imageFeatures.js";

interface Options extends EngineFlags {
  readonly of?: string;
  readonly count: number;
  readonly alike: number;
  readonly json?: boolean;
}

const share = (similarity: number) => similarity.toFixed(4);

async function run(folder: string, named: string[], options: Options, console: Console) {
  const { of: asked, count: most, alike, json, engine, threads } = options;
  const listed = await listImages(named);
  const net = await openTrained(folder, { engine, threads });
  try {
    const others = listed.filter((file) => !asked || resolve(file) !== resolve(asked));
    if (others.length === 0) throw new InputError(`${named.join(", ")}: no image to compare with`);
    const { files, ...features } = await imageFeatures(net, others, console);
    if (asked !== undefined) {
      const { of } = await imageFeatures(net, [asked], console);
      const near = nearestTo(of, features, most).map(({ at, similarity }) => ({
        file: files[at],
        similarity,
      }));
      if (json) sayJson(console, { of: asked, near });
      for (const one of json ? [] : near) say(console.out, `${share(one.similarity)}  ${one.file}`);
      return;
    }
    const { pairs, odd } = likenessOf(features, { pairsFrom: alike });
    const duplicates = pairs.map(({ a, b, similarity }) => ({
      files: [files[a], files[b]],
      similarity,
    }));
    const outliers = odd
      .slice(0, most)
      .map(({ at, similarity }) => ({ file: files[at], similarity }));
    if (json) return sayJson(console, { duplicates, outliers });
    say(console.out, `nearly the same (similarity from ${alike}): ${duplicates.length || "none"}`);
    for (const pair of duplicates.slice(0, most))
      say(console.out, `${share(pair.similarity)}  ${pair.files.join("  ")}`);
    say(console.out, "least like their ten nearest:");
    for (const one of outliers) say(console.out, `${share(one.similarity)}  ${one.file}`);
  } finally {
    await net.close();
  }
}

export function define(command: Command, console: Console): void {
  addEngineFlags(command);
  command
    .argument("<run>", "run folder")
    .argument("<images...>", "image files, folders of them, patterns such as 'photos/*.jpg'")
    .option("--of <image>", "tell the images that are nearest to this one")
    .option("--count <n>", "images, or pairs, that are told", count, 12)
    .option(
      "--alike <cosine>",
      "similarity from which two images are nearly the same",
      parseNumber,
      0.999,
    )
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      "\nWithout --of: pairs that are nearly the same, and images like no other.",
    )
    .action((folder: string, images: string[], options: Options) =>
      run(folder, images, options, console),
    );
}
