// A folder of images of lines with a table of what they say: `texts.csv`, a row for each image, and perhaps the tokens that
// there are, `vocabulary.txt`.

import { basename, join, resolve } from "node:path";
import { readClassNames } from "./classNames.js";
import { openTable, readTable } from "./csv.js";
import { ofImageFiles, type Reader } from "./reader.js";

/** Name of the table. */
export const TEXTS = "texts.csv";

/** Name of the file of tokens, a line each. */
export const VOCABULARY = "vocabulary.txt";

/** A folder of images and a table of texts. */
export const textFolder: Reader = {
  name: "text folder",
  reads:
    "a folder of images with texts.csv, a row of path and text (characters) or tokens (words) for each, perhaps split and group, perhaps vocabulary.txt, a token a line",
  heeds: [...ofImageFiles, "columns", "classes"],
  kinds: ["tokens"],
  matches: ({ entries }) => entries?.includes(TEXTS) ?? false,
  async read({ path, entries }, options) {
    const listed = entries?.includes(VOCABULARY)
      ? await readClassNames(join(path, VOCABULARY))
      : undefined;
    return readTable(await openTable(join(path, TEXTS)), {
      ...options,
      classes: options.classes ?? listed,
      name: options.name ?? basename(resolve(path)),
      kind: options.kind ?? "tokens",
    });
  },
};
