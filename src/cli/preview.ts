// `convoy data preview DATA`: the images of a first batch as a net would be given them, in a PNG file.

import type { Command } from "commander";
import { writeFileAtomic } from "../files/atomicFile.js";
import { trainConfig } from "../train/config.js";
import type { TrainSettings } from "../train/index.js";
import { type Console, say } from "./console.js";
import { showReading } from "./reading.js";
import { addTrainFlags } from "./trainFlags.js";

interface Options extends Partial<TrainSettings> {
  readonly png: string;
}

export function definePreview(command: Command, console: Console): void {
  const preview = command
    .command("preview")
    .description("draw the images of a first batch as a net would be given them, augmented")
    .argument("<data>", trainConfig.shape.data.description)
    .option("--png <file>", "file to write", "preview.png");
  addTrainFlags(preview, ["data", "out"], console);
  preview.action(async (data: string, { png, ...settings }: Options) => {
    const { previewBatch } = await import("../runs/preview.js");
    const onProgress = showReading(console.err);
    await writeFileAtomic(png, await previewBatch({ ...settings, data }, { onProgress }));
    say(console.out, png);
  });
}
