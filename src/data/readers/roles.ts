// The words that people use for the parts of a data set and for what its columns, arrays and folders hold.
// All readers look here, whatever the letter case.

import { InputError } from "../../inputError.js";
import { suggestion } from "../../text/words.js";
import type { Part } from "../dataset.js";

/** Names of each part. */
const partNames: Readonly<Record<Part, readonly string[]>> = {
  train: ["train", "training"],
  selection: ["val", "valid", "validation", "dev", "eval", "selection"],
  test: ["test", "testing"],
};

export const PARTS = ["train", "selection", "test"] as const satisfies readonly Part[];

/** What a column of a table or an array of an archive holds. */
export type Role =
  | "images"
  | "label"
  | "tags"
  | "values"
  | "masks"
  | "points"
  | "boxes"
  | "text"
  | "tokens"
  | "groups"
  | "split"
  | "classes"
  | MarkRole;

/** What a column of a table of points or boxes holds. */
export type MarkRole =
  | "x"
  | "y"
  | "left"
  | "top"
  | "right"
  | "bottom"
  | "width"
  | "height"
  | "crowd";

/** Names of each role; the first one is how messages call it. */
const roleNames: Readonly<Record<Role, readonly string[]>> = {
  images: ["images", "image", "path", "paths", "file", "filename", "file_name", "filepath"],
  label: ["label", "labels", "class", "category", "target", "targets"],
  tags: ["tags", "tag"],
  values: ["values", "value"],
  masks: ["masks", "mask"],
  points: ["points", "dots"],
  boxes: ["boxes", "bboxes"],
  text: ["text", "texts", "transcription"],
  tokens: ["tokens", "sequence"],
  groups: ["groups", "group"],
  split: ["split", "part", "set", "subset"],
  classes: ["classes", "class_names", "names"],
  x: ["x"],
  y: ["y"],
  left: ["left", "xmin", "x_min", "x1"],
  top: ["top", "ymin", "y_min", "y1"],
  right: ["right", "xmax", "x_max", "x2"],
  bottom: ["bottom", "ymax", "y_max", "y2"],
  width: ["width", "w"],
  height: ["height", "h"],
  crowd: ["crowd", "iscrowd", "difficult"],
};

function keyOf<K extends string>(
  names: Readonly<Record<K, readonly string[]>>,
  name: string,
): K | undefined {
  const wanted = name.trim().toLowerCase();
  return (Object.keys(names) as K[]).find((key) => names[key].includes(wanted));
}

/**
 * The part that a name stands for, whatever its letter case.
 *
 * @example
 * [partOf("Training"), partOf("val"), partOf("cat")]; // ["train", "selection", undefined]
 */
export const partOf = (name: string): Part | undefined => keyOf(partNames, name);

/**
 * The part that a folder or file stands for, whose name may end in a year as those of COCO do.
 *
 * @example
 * [partOfYear("train2017"), partOfYear("val"), partOfYear("site12")]; // ["train", "selection", undefined]
 */
export const partOfYear = (name: string): Part | undefined =>
  partOf(name.replace(/[-_]?\d{4}$/, ""));

/** Every name of a part, for messages. */
export const expectedParts = PARTS.map((part) => partNames[part][0]).join(", ");

/** The role that a name stands for, whatever its letter case. */
export const roleOf = (name: string): Role | undefined => keyOf(roleNames, name);

/** Who plays which role, by the names of columns or arrays. */
export type Columns = Readonly<Partial<Record<Role, string>>>;

/**
 * The roles that a setting such as `path=file,label=species` gives.
 *
 * @throws InputError for a role that there is not, or that two names give.
 * @example
 * parseColumns({ path: "file", class: "species" }); // { images: "file", label: "species" }
 */
export function parseColumns(given: Readonly<Record<string, string>> = {}): Columns {
  const known = Object.values(roleNames).flat();
  const pairs = Object.entries(given).map(([name, column]) => {
    const role = roleOf(name);
    if (role !== undefined) return [role, column] as const;
    throw new InputError(
      `columns: there is no role "${name}"${suggestion(name, known)}; ` +
        "known: path or images, label, tags, values, masks, text, tokens, points, boxes (archives), groups, split, classes, and of points and boxes (tables) " +
        "x, y, left, top, right, bottom, width, height, crowd",
    );
  });
  for (const [at, [role, column]] of pairs.entries()) {
    const twin = pairs.findIndex(([other]) => other === role);
    if (twin === at) continue;
    throw new InputError(
      `columns: "${pairs[twin][1]}" and "${column}" are both to hold ${role}; give one of them`,
    );
  }
  return Object.fromEntries(pairs);
}

/** Something of each part that there is; of training there always is one. */
export type Parts<T> = Readonly<Partial<Record<Part, T>>> & { readonly train: T };

export const mapParts = <T, U>(parts: Parts<T>, map: (part: T) => U): Parts<U> => ({
  train: map(parts.train),
  ...(parts.selection && { selection: map(parts.selection) }),
  ...(parts.test && { test: map(parts.test) }),
});

/**
 * The training part and the others. Without one, whatever there is stands for it when the data are only to be
 * evaluated.
 *
 * @param evaluated whether nothing is learned from the data
 * @throws InputError when there is no training part.
 */
export function requireTrain<T>(
  parts: Readonly<Partial<Record<Part, T>>>,
  evaluated: boolean,
  source: string,
): Parts<T> {
  const { train, selection, test } = parts;
  if (train !== undefined) return { ...parts, train };
  const found = PARTS.filter((part) => parts[part] !== undefined);
  const only = test ?? selection;
  if (evaluated && only !== undefined) return { train: only };
  throw new InputError(
    `${source}: found a part for ${found.join(" and ") || "nothing"}, but none for training ` +
      `(${partNames.train.join(", ")})`,
  );
}
