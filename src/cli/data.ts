// `convoy data check PATH`: reads a data set and tells what is in it and which files are unusable. `data frames` is in
// frames.ts, `data preview` in preview.ts.

import { type Command, Option } from "commander";
import {
  type CheckReport,
  checkDataset,
  checkSplits,
  type ImageAt,
  openDataset,
  type PartReport,
  readClassNames,
  type WrongFile,
} from "../data/index.js";
import { InputError } from "../inputError.js";
import { getTask } from "../tasks/index.js";
import { counted, grouped, sixDigits } from "../text/format.js";
import { trainConfig } from "../train/config.js";
import { count } from "./arguments.js";
import { type Console, say, sayJson } from "./console.js";
import { parseTexts } from "./flags.js";
import { defineFrames } from "./frames.js";
import { definePreview } from "./preview.js";
import { showReading } from "./reading.js";
import { table } from "./table.js";

/** Groups of equal images, and absent names, that are listed. */
const LISTED = 5;
/** So many times as many images of one class as of another are worth a word. */
const IMBALANCED = 3;

const place = ({ part, index, label, file }: ImageAt) =>
  `${part} ${file ?? index}${label === "" ? "" : ` (${label})`}`;

function groups(title: string, found: readonly (readonly ImageAt[])[]): string[] {
  if (found.length === 0) return [];
  const lines = found.slice(0, LISTED).map((group) => `  ${group.map(place).join(" = ")}`);
  if (found.length > LISTED) lines.push(`  ... and ${grouped(found.length - LISTED)} more`);
  return [`${title}: ${grouped(found.length)}`, ...lines];
}

/** How many there are of what a kind of labels names. */
const titles: Readonly<Record<CheckReport["kind"], readonly [one: string, many: string]>> = {
  class: ["class", "classes"],
  tags: ["tag", "tags"],
  values: ["value", "values"],
  mask: ["class of pixels", "classes of pixels"],
  points: ["class of points", "classes of points"],
  boxes: ["class of boxes", "classes of boxes"],
  tokens: ["token", "tokens"],
  none: ["label", "labels"],
};

const percentOf = (share: number) => `${(100 * share).toFixed(1)} %`;

/** The table of counts, or of values one for each part. */
function labelTable({ kind, names, parts }: CheckReport): string[] {
  if (kind === "values") {
    return parts.flatMap(({ part, images, values }) => [
      ...table(
        [`${part}, ${counted(images, "image")}`, "known", "smallest", "mean", "largest"],
        values.map(({ name, known, smallest, mean, largest }) => [
          name,
          known,
          ...[smallest, mean, largest].map((value) => String(Number(value.toPrecision(5)))),
        ]),
      ),
      "",
    ]);
  }
  const rows = names.map((title, at) => [title, ...parts.map(({ counts }) => counts[at])]);
  const total = [kind === "class" ? "all" : "images", ...parts.map(({ images }) => images)];
  const heads = {
    ...{ class: "class", tags: "tag", mask: "class, in pixels", none: "" },
    ...{ points: "class, in points", boxes: "class, in boxes", tokens: "token" },
  }[kind];
  return [...table([heads, ...parts.map(({ part }) => part)], [...rows, total]), ""];
}

/** What is counted of each class or tag. */
const units: Partial<Record<CheckReport["kind"], string>> = {
  mask: "pixel",
  points: "point",
  boxes: "box",
};

/** Names of which a part shows nothing. */
function absentLines({ kind, names }: CheckReport, { part, counts }: PartReport): string[] {
  const absent = names.filter((_, at) => counts[at] === 0);
  if (absent.length === 0) return [];
  const more = absent.length > LISTED ? ` and ${grouped(absent.length - LISTED)} more` : "";
  return [`${part}: no ${units[kind] ?? "image"} of ${absent.slice(0, LISTED).join(", ")}${more}`];
}

/** What a part is about beside its counts. */
function partLines(report: CheckReport, own: PartReport): string[] {
  const { kind, names } = report;
  const { part, imbalance, empty, groups, constant } = own;
  const lines = absentLines(report, own);
  if (imbalance > IMBALANCED && Number.isFinite(imbalance)) {
    lines.push(
      `${part}: ${imbalance.toFixed(1)} times as many of the most frequent as of the rarest`,
    );
  }
  if (empty > 0) {
    const what = { tags: "images without any tag", mask: "pixels that do not count" }[
      kind as "tags"
    ];
    lines.push(`${part}: ${percentOf(empty)} ${what}`);
  }
  if (constant) {
    const means = names.map((name, at) => `${name} ${sixDigits(constant.means[at])}`).join(", ");
    const what = kind === "values" ? "training mean" : "mean count of the training images";
    lines.push(
      `${part}: always saying the ${what} (${means}) has an mae of ${sixDigits(constant.mae)}`,
    );
  }
  if (groups !== undefined) lines.push(`${part}: ${counted(groups, "group")}`);
  return lines;
}

/** What is wrong or doubtful about the images. */
function findings({
  duplicates,
  leaks,
  conflicts,
  wrongFiles,
  near,
  sharedGroups,
}: CheckReport): string[] {
  const several = near.filter((pair) => new Set(pair.map(({ part }) => part)).size > 1);
  return [
    ...(sharedGroups > 0
      ? [
          `groups in several parts (results on the later one are too good): ${grouped(sharedGroups)}`,
        ]
      : []),
    ...groups("equal images within a part", duplicates),
    ...groups("equal images in several parts (results on the later one are too good)", leaks),
    ...groups("equal images with different labels", conflicts),
    ...groups("images in several parts that look alike", several),
    ...groups(
      "images within a part that look alike",
      near.filter((pair) => !several.includes(pair)),
    ),
    ...wrongFiles.map(({ path, reason }) => `unusable: ${path}: ${reason}`),
  ];
}

function describe(report: CheckReport): string[] {
  const { name, names, parts, kind, notes } = report;
  const { channels, sizes } = parts[0];
  const found = findings(report);
  return [
    `${name}: ${counted(names.length, ...titles[kind])}, images of ${sizes}, ${counted(channels, "channel")}`,
    ...notes,
    "",
    ...labelTable(report),
    ...parts.flatMap((part) => partLines(report, part)),
    ...(found.length > 0 ? found : ["no equal images, nothing unusable"]),
  ];
}

interface Options {
  readonly size?: number;
  readonly channels?: number;
  readonly range?: string;
  readonly task?: string;
  readonly columns?: Readonly<Record<string, string>>;
  readonly classes?: string;
  readonly oneOf?: string;
  readonly groupBy?: "parent";
  readonly json?: boolean;
}

export function define(command: Command, console: Console): void {
  defineFrames(command, console);
  definePreview(command, console);
  const { task, channels, range, classes, oneOf, groupBy } = trainConfig.shape;
  command
    .command("check")
    .description("count classes, find equal images, leaks and unusable files")
    .argument("<data>", "a name (mnist, fashion-mnist) or a path")
    .option("--size <pixels>", "height and width that image files are brought to", count)
    .option("--channels <number>", channels.description!, count)
    .option("--range <text>", range.description!)
    .option("--task <name>", task.description!)
    .option("--columns <role=name,...>", trainConfig.shape.columns.description!, parseTexts)
    .option("--classes <file>", classes.description!)
    .option("--one-of <tags>", oneOf.description!)
    .addOption(new Option("--group-by <what>", groupBy.description!).choices(["parent"]))
    .option("--json", "print one object")
    .action(async (data: string, { json, task, classes, ...options }: Options) => {
      const wrong: WrongFile[] = [];
      const onProgress = showReading(console.err);
      const kind = task === undefined ? undefined : getTask(task).labels;
      const names = classes === undefined ? undefined : await readClassNames(classes);
      const splits = await openDataset(data, {
        ...options,
        ...{ kind, classes: names, wrong, onProgress },
      });
      const report = checkDataset(checkSplits(splits), wrong);
      if (json) sayJson(console, report);
      else for (const line of describe(report)) say(console.out, line);
      if (wrong.length > 0) {
        throw new InputError(
          `${counted(wrong.length, "unusable file")}; repair or remove what cannot be used`,
        );
      }
    });
}
