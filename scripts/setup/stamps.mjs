// Remembers from which files something was built. Dates and sizes are compared first; only when they
// differ does the content decide, so that a fresh checkout of the same files rebuilds nothing.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { buildFolder, root } from "./report.mjs";

const stampFile = join(buildFolder, "setup.json");

/** All files of a folder that pass a filter, sorted by path. */
export function filesIn(folder, keep = () => true) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && keep(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

const datesOf = (files) =>
  files.map((file) => {
    const { mtimeMs, size } = statSync(file);
    return `${relative(root, file)} ${mtimeMs} ${size}`;
  });

function contentOf(files, context) {
  const hash = createHash("sha256").update(context);
  for (const file of files) hash.update(`\0${relative(root, file)}\0`).update(readFileSync(file));
  return hash.digest("hex");
}

/** What was built before, by step; empty when nothing was, or when the folder has moved. */
export function readStamps() {
  try {
    const stored = JSON.parse(readFileSync(stampFile, "utf8"));
    return stored.root === root ? stored : { root };
  } catch {
    return { root };
  }
}

function save(stamps) {
  mkdirSync(buildFolder, { recursive: true });
  writeFileSync(stampFile, `${JSON.stringify(stamps, undefined, 1)}\n`);
}

/**
 * Does `work` unless `product` exists and was made from the same `files`, in the same `context` (any
 * text that matters beside them). Files that change during the work make it due again.
 */
export function whenChanged(stamps, step, { product, files, context }, work) {
  const stamp = stamps[step];
  const dates = [context, ...datesOf(files)];
  const there = stamp !== undefined && existsSync(product);
  if (there && stamp.dates.join("\n") === dates.join("\n")) return;
  const content = contentOf(files, context);
  if (!(there && stamp.content === content)) work();
  stamps[step] = { dates, content };
  save(stamps);
}
