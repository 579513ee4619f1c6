// A folder of images of lines with a table of what they say: `texts.csv`, a row for each image.

import { basename, join, resolve } from "node:path";
import { openTable, readTable } from "./csv.js";
import { ofImageFiles, type Reader } from "./reader.js";

/** Name of the table. */
export const TEXTS = "texts.csv";

/** A folder of images and a table of texts. */
export const textFolder: Reader = {
  name: "text folder",
  reads:
    "a folder of images with texts.csv, a row of path and text (characters) or tokens (words) for each, perhaps split and group",
  heeds: [...ofImageFiles, "columns", "classes"],
  kinds: ["tokens"],
  matches: ({ entries }) => entries?.includes(TEXTS) ?? false,
  read: async ({ path }, options) =>
    readTable(await openTable(join(path, TEXTS)), {
      ...options,
      name: options.name ?? basename(resolve(path)),
      kind: options.kind ?? "tokens",
    }),
};
