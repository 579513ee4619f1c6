// Data sets of lines that are made: images and a table of what they say.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Image, loadSharp, type Part, TEXTS, VOCABULARY } from "../data/index.js";
import { writeError } from "../files/errors.js";
import { freeFolder, putWhole } from "../files/wholeFolder.js";
import { toCsv } from "../text/csv.js";

/** A line: what the table says of it, by column, and its image. */
export interface Line {
  readonly cells: Readonly<Record<string, string>>;
  readonly image: Image;
}

/** Makes the line of each number, of each part. */
export interface LineMaker extends Readonly<Record<Part, (at: number) => Line>> {
  /** All tokens that there are, in their order. */
  readonly vocabulary: readonly string[];
}

/** Lines of selection and test beside those for training. */
const SHARE = 0.25;

/** How the table names the parts. */
const names: Readonly<Record<Part, string>> = { train: "train", selection: "val", test: "test" };

/** What {@link writeLines} made. */
export interface LineReport {
  readonly folder: string;
  readonly train: number;
  readonly selection: number;
  readonly test: number;
}

/**
 * Writes lines into a new folder: `count` for training, a quarter as many for selection and for testing, PNG files with
 * `texts.csv` (path, split, and what is said of each line) and `vocabulary.txt`. All or nothing: the folder is there when it is whole.
 *
 * @throws InputError for a folder that is not empty.
 */
export async function writeLines(
  maker: LineMaker,
  count: number,
  out: string,
  signal?: AbortSignal,
): Promise<LineReport> {
  const openImage = await loadSharp();
  const folder = await freeFolder(out);
  const few = Math.max(1, Math.round(count * SHARE));
  const counts = { train: count, selection: few, test: few };
  try {
    await putWhole(folder, async (made) => {
      const rows: Record<string, string>[] = [];
      for (const [part, length] of Object.entries(counts) as [Part, number][]) {
        await mkdir(join(made, names[part]));
        for (let at = 0; at < length; at++) {
          signal?.throwIfAborted();
          const { cells, image } = maker[part](at);
          const path = `${names[part]}/${String(at).padStart(6, "0")}.png`;
          const { data, height, width } = image;
          const raw = { height, width, channels: 1 } as const;
          await openImage(data, { raw }).toColourspace("b-w").png().toFile(join(made, path));
          rows.push({ path, split: names[part], ...cells });
        }
      }
      await writeFile(join(made, VOCABULARY), `${maker.vocabulary.join("\n")}\n`);
      await writeFile(
        join(made, TEXTS),
        toCsv(
          Object.keys(rows[0]),
          rows.map((row) => Object.values(row)),
        ),
      );
    });
  } catch (error) {
    throw signal?.aborted ? error : writeError(folder, error);
  }
  return { folder: out, ...counts };
}
