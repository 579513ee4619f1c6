// `convoy data frames VIDEO...`: frames of videos as images to label, with a table of those that look alike.

import { type Command, InvalidArgumentError, Option } from "commander";
import { FRAME_TABLE, type FrameFormat, frameFormats, writeFrames } from "../data/index.js";
import { counted } from "../text/format.js";
import { type Console, say, sayJson } from "./console.js";
import { wholeOrNothing } from "./interrupt.js";

const UNITS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, min: 60 };

/**
 * Seconds of a time such as `500ms`, `1s` or `2min`.
 *
 * @example
 * [seconds("500ms"), seconds("2min"), seconds("1.5")]; // [0.5, 120, 1.5]
 */
export function seconds(text: string): number {
  const [, number, unit = "s"] = /^(\d+\.?\d*|\.\d+)\s*(ms|s|min)?$/.exec(text.trim()) ?? [];
  const value = Number(number) * UNITS[unit];
  if (value >= UNITS["ms"] && value <= 1e6) return value;
  throw new InvalidArgumentError("Expected a time from 1ms on, as 500ms, 1s or 2min.");
}

interface Options {
  readonly out: string;
  readonly every: number;
  readonly format: FrameFormat;
  readonly json?: boolean;
}

export function defineFrames(command: Command, console: Console): void {
  command
    .command("frames")
    .description("take frames of videos, to label them; needs ffmpeg")
    .argument("<video...>", "video files")
    .requiredOption("--out <folder>", "new folder for the frames")
    .addOption(
      new Option("--every <time>", "time of which one frame is taken, as 500ms, 1s or 2min")
        .argParser(seconds)
        .default(1, "1s"),
    )
    .addOption(new Option("--format <name>", "of image files").choices(frameFormats).default("jpg"))
    .option("--json", "print one object")
    .action(async (videos: string[], { out, every, format, json }: Options) => {
      const report = await wholeOrNothing(
        (signal) => writeFrames(videos, out, { every, format, signal }),
        "no frames were kept",
      );
      if (json) return sayJson(console, report);
      for (const { video, frames } of report.videos) {
        say(console.out, `${video}: ${counted(frames, "frame")}`);
      }
      const groups = `${counted(report.groups, "group")} of frames that look alike`;
      say(console.out, `${groups}, in ${report.folder}/${FRAME_TABLE}`);
    });
}
