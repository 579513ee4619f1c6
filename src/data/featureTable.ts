// Tables of features: an .npz archive with arrays of features and labels, or a CSV table of numbers with a column of classes.

import { basename } from "node:path";
import { type Matrix, matrix } from "../estimators/index.js";
import { withFile } from "../files/read.js";
import { InputError } from "../inputError.js";
import type { TextArray } from "../tensor/npy.js";
import { type Npz, openNpz } from "../tensor/npz.js";
import { formatShape } from "../tensor/shape.js";
import { type CsvRow, parseCsv } from "../text/csv.js";
import { counted } from "../text/format.js";
import { suggestion } from "../text/words.js";
import { sortNames } from "./readers/classNames.js";
import { isBlank, isNumeric } from "./readers/columns.js";
import { readBytes } from "./readers/files.js";

/** Features of samples, with a class each. */
export interface FeatureTable {
  readonly name: string;
  /** [samples, columns]; NaN where nothing is known. */
  readonly features: Matrix;
  /** Number of each sample's class in `names`. */
  readonly classes: Int32Array;
  /** Names of the classes, in order. */
  readonly names: readonly string[];
  /** Names of the columns; their numbers from 1 where the source names none. */
  readonly columns: readonly string[];
}

/** Columns of a table, or arrays of an archive, by what they hold: `label`, `features`, and `unused` ones. */
export type FeatureColumns = Readonly<Record<string, string>>;

const ROLES = ["label", "features", "unused"];

function checkRoles(columns: FeatureColumns): void {
  const odd = Object.keys(columns).find((role) => !ROLES.includes(role));
  if (odd === undefined) return;
  throw new InputError(
    `columns: there is no role "${odd}"${suggestion(odd, ROLES)}; known: ${ROLES.join(", ")}`,
  );
}

/** A table from the class of each sample in words. */
function named(
  labels: readonly string[],
  source: string,
  rest: Pick<FeatureTable, "name" | "features" | "columns">,
): FeatureTable {
  const names = sortNames(labels);
  if (names.length < 2) {
    throw new InputError(`${source}: all labels are "${names[0]}"; expected two classes at least`);
  }
  if (names.length > labels.length / 2) {
    throw new InputError(
      `${source}: ${names.length} different labels in ${labels.length} rows, so they are no classes; ` +
        "say which column holds the classes, as --columns label=NAME",
    );
  }
  const numbers = new Map(names.map((name, at) => [name, at]));
  return { ...rest, names, classes: Int32Array.from(labels, (label) => numbers.get(label)!) };
}

/** Usual names of arrays by role, those among them that `convoy features` writes. */
const USUAL = {
  features: ["features", "train_features", "x", "X"],
  label: ["labels", "train_labels", "label", "y"],
} as const satisfies Record<string, readonly string[]>;

/** The array of an archive that plays a role. */
function arrayNamed(
  names: readonly string[],
  role: keyof typeof USUAL,
  given: string | undefined,
  path: string,
) {
  const usual = USUAL[role];
  const found =
    given === undefined
      ? usual.find((name) => names.includes(name))
      : names.find((name) => name === given);
  if (found !== undefined) return found;
  throw new InputError(
    `${path}: there is no array "${given ?? usual[0]}"${suggestion(given ?? usual[0], names)}; it holds ` +
      `${names.join(", ")}; say which one it is, as --columns ${role}=NAME`,
  );
}

/** The tags beside features, as `convoy features` writes them: [samples, tags], with their names. */
function tagsIn(archive: Npz, features: string) {
  const array = features.replace(/features$/, "tags");
  if (array === features || !archive.names.includes(array)) return undefined;
  return archive.names.includes("classes")
    ? { array, names: archive.texts("classes").data }
    : undefined;
}

/** One tag as the class of each sample: whether it has it. */
function classesOfTag(
  archive: Npz,
  { array, names }: NonNullable<ReturnType<typeof tagsIn>>,
  tag: string | undefined,
  path: string,
): TextArray {
  const at = tag === undefined ? -1 : names.indexOf(tag);
  if (at < 0) {
    const found = tag === undefined ? "" : `there is no "${tag}"${suggestion(tag, names)}; `;
    throw new InputError(
      `${path}: ${found}${array} holds the tags ${names.join(", ")}, and one of them can be the class; say which one, ` +
        "as --columns label=NAME",
    );
  }
  const { shape, data } = archive.read(array);
  if (shape.length !== 2 || shape[1] !== names.length) {
    throw new InputError(
      `${path}: ${array} is ${formatShape(shape)}; expected [samples, ${names.length}], as classes has names`,
    );
  }
  const own = Array.from({ length: shape[0] }, (_, sample) => data[sample * shape[1] + at]);
  const unknown = own.filter((value) => value !== 0 && value !== 1).length;
  if (unknown > 0) {
    throw new InputError(
      `${path}: of ${counted(unknown, "sample")} it is not known whether it has the tag "${tag}"; choose another one`,
    );
  }
  return { shape: [shape[0]], data: own.map((value) => (value === 1 ? tag! : `not ${tag}`)) };
}

/** The class of each sample: of an array of classes, or whether it has one of the tags. */
function labelsIn(archive: Npz, features: string, given: string | undefined, path: string) {
  const tags = tagsIn(archive, features);
  const named = given === undefined ? USUAL.label : [given];
  if (tags && !named.some((name) => archive.names.includes(name)))
    return { label: tags.array, ids: classesOfTag(archive, tags, given, path) };
  const label = arrayNamed(archive.names, "label", given, path);
  return { label, ids: archive.ids(label) };
}

function readArchive(path: string, columns: FeatureColumns): FeatureTable {
  if (columns.unused !== undefined) {
    throw new InputError(`columns: unused is for tables, not for the archive ${path}`);
  }
  return withFile(path, (bytes) => {
    const archive = openNpz(bytes, { source: path });
    const features = arrayNamed(archive.names, "features", columns.features, path);
    const { shape, data } = archive.read(features);
    const { label, ids } = labelsIn(archive, features, columns.label, path);
    if (shape.length !== 2 || ids.shape.length !== 1 || ids.shape[0] !== shape[0]) {
      throw new InputError(
        `${path}: ${features} is ${formatShape(shape)}, ${label} ${formatShape(ids.shape)}; expected ` +
          "[samples, columns] and [samples]",
      );
    }
    return named(ids.data, `${path}: ${label}`, {
      name: basename(path, ".npz"),
      features: matrix(Float64Array.from(data), shape[0], shape[1]),
      columns: Array.from({ length: shape[1] }, (_, at) => `${at + 1}`),
    });
  });
}

/** What stands for a number that is not known. */
const unknown = (cell: string) => isBlank(cell) || /^(nan|na|\?)$/i.test(cell.trim());

/** Titles of the columns, and the rows below; without a header the columns are called by their numbers from 1. */
function withTitles(rows: readonly CsvRow[], path: string) {
  const [first] = rows;
  if (!first) throw new InputError(`${path} is empty; expected a row for each sample`);
  const header = first.cells.every((cell) => !isNumeric(cell));
  const titles = header ? first.cells : first.cells.map((_, at) => `${at + 1}`);
  const twin = titles.find((title, at) => titles.indexOf(title) !== at);
  if (twin !== undefined) {
    throw new InputError(`${path}: line 1 has the title "${twin}" twice; give each another one`);
  }
  const samples = header ? rows.slice(1) : rows;
  for (const { cells, line } of samples) {
    if (cells.length === titles.length) continue;
    throw new InputError(
      `${path}: line ${line} has ${cells.length} cells; expected ${titles.length}, as line 1 has`,
    );
  }
  return { titles, samples };
}

/** Places of columns that are named, joined by `+`. */
function placesOf(text: string, titles: readonly string[], path: string): number[] {
  const names = titles.includes(text) ? [text] : text.split("+").map((name) => name.trim());
  return names.map((name) => {
    const at = titles.indexOf(name);
    if (at >= 0) return at;
    const known = titles.length > 40 ? `${titles.slice(0, 40).join(", ")}, ...` : titles.join(", ");
    throw new InputError(
      `${path}: there is no column "${name}"${suggestion(name, titles)}; it has ${known}`,
    );
  });
}

/** The place of the classes and of the features: the last column and all others, where nothing is said. */
function placesIn(titles: readonly string[], columns: FeatureColumns, path: string) {
  const { label = titles[titles.length - 1], features, unused } = columns;
  const [place, ...others] = placesOf(label, titles, path);
  if (others.length > 0) throw new InputError(`columns: label=${label}; expected one column`);
  const without = unused === undefined ? [] : placesOf(unused, titles, path);
  const all = features === undefined ? [...titles.keys()] : placesOf(features, titles, path);
  const found = all.filter((at) => at !== place && !without.includes(at));
  if (found.length > 0) return { label: place, features: found };
  throw new InputError(`${path}: no column of features is left; expected one beside ${label}`);
}

function numberIn(cell: string, line: number, title: string, path: string): number {
  if (unknown(cell)) return Number.NaN;
  if (isNumeric(cell)) return Number(cell);
  throw new InputError(
    `${path}: line ${line}, column "${title}" is "${cell}"; expected a number, or leave the column out, as ` +
      `--columns unused=${title}`,
  );
}

async function readTable(path: string, columns: FeatureColumns): Promise<FeatureTable> {
  const text = new TextDecoder().decode(await readBytes(path));
  const { titles, samples } = withTitles(parseCsv(text, path), path);
  const { label, features } = placesIn(titles, columns, path);
  const labels = samples.map(({ cells, line }) => {
    if (!unknown(cells[label])) return cells[label];
    throw new InputError(`${path}: line ${line} has no class in column "${titles[label]}"`);
  });
  const data = new Float64Array(samples.length * features.length);
  for (const [row, { cells, line }] of samples.entries()) {
    for (const [at, place] of features.entries()) {
      data[row * features.length + at] = numberIn(cells[place], line, titles[place], path);
    }
  }
  return named(labels, path, {
    name: basename(path).replace(/\.csv(\.gz)?$/i, ""),
    features: matrix(data, samples.length, features.length),
    columns: features.map((at) => titles[at]),
  });
}

/**
 * Reads features with a class for each sample: an .npz archive with arrays `features` [samples, columns] and `labels`
 * [samples], or a CSV table (.csv, .csv.gz), with or without a header, whose last column is the class.
 *
 * @param columns which array or column holds what, where that is otherwise: `label`, `features` (a table: names between
 *   `+`), `unused` (tables only: columns to leave out, such as ids); of an archive with tags, as `convoy features` writes
 *   them, `label` is one tag, and the classes are to have it or not; a table without header has numbers from 1 as names
 * @throws InputError naming line and column of what is no number, and what else cannot be used.
 */
export function readFeatures(path: string, columns: FeatureColumns = {}): Promise<FeatureTable> {
  checkRoles(columns);
  if (/\.npz$/i.test(path)) return Promise.resolve().then(() => readArchive(path, columns));
  if (/\.csv(\.gz)?$/i.test(path)) return readTable(path, columns);
  return Promise.reject(new InputError(`${path}: expected features as .npz, .csv or .csv.gz`));
}
