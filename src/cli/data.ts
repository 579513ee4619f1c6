// `convoy data check PATH`: reads a data set and tells what is in it and which files are unusable.

import type { Command } from "commander";
import {
  type CheckReport,
  checkDataset,
  type ImageAt,
  openDataset,
  type WrongFile,
} from "../data/index.js";
import { InputError } from "../inputError.js";
import { grouped } from "../text/format.js";
import { count } from "./arguments.js";
import { type Console, say, sayJson } from "./console.js";
import { table } from "./table.js";

/** Groups of equal images that are listed. */
const LISTED = 5;

const place = ({ part, index, label }: ImageAt) => `${part} ${index} (${label})`;

function groups(title: string, found: readonly (readonly ImageAt[])[]): string[] {
  if (found.length === 0) return [];
  const lines = found.slice(0, LISTED).map((group) => `  ${group.map(place).join(" = ")}`);
  if (found.length > LISTED) lines.push(`  ... and ${grouped(found.length - LISTED)} more`);
  return [`${title}: ${grouped(found.length)}`, ...lines];
}

function describe(report: CheckReport): string[] {
  const { name, names, parts, duplicates, leaks, conflicts, wrongFiles } = report;
  const { channels, sizes } = parts[0];
  const rows = names.map((title, at) => [title, ...parts.map(({ counts }) => counts[at])]);
  const total = ["all", ...parts.map(({ images }) => images)];
  return [
    `${name}: ${names.length} classes, images of ${sizes}, ${channels} channel${channels === 1 ? "" : "s"}`,
    "",
    ...table(["class", ...parts.map(({ part }) => part)], [...rows, total]),
    "",
    ...groups("equal images within a part", duplicates),
    ...groups("equal images in several parts (results on the later one are too good)", leaks),
    ...groups("equal images with different labels", conflicts),
    ...wrongFiles.map(({ path, reason }) => `unusable: ${path}: ${reason}`),
  ];
}

export function define(command: Command, console: Console): void {
  command
    .command("check")
    .description("count classes, find equal images, leaks and unusable files")
    .argument("<data>", "a name (mnist, fashion-mnist) or a path")
    .option("--size <pixels>", "height and width that image files are brought to", count)
    .option("--json", "print one object")
    .action(async (data: string, { size, json }: { size?: number; json?: boolean }) => {
      const wrong: WrongFile[] = [];
      const report = checkDataset(await openDataset(data, { size, wrong }), wrong);
      if (json) sayJson(console, report);
      else for (const line of describe(report)) say(console.out, line);
      if (wrong.length > 0) {
        throw new InputError(`${grouped(wrong.length)} unusable files; repair or remove them`);
      }
    });
}
