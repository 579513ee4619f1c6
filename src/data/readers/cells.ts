// Labels from the cells of a table.

import { InputError } from "../../inputError.js";
import { brief, suggestion } from "../../text/words.js";
import { type Labels, UNKNOWN_TAG } from "../labels.js";
import { ragged } from "../ragged.js";
import { type ClassList, listClasses, sortNames } from "./classNames.js";
import { isBlank, isNumeric, type LabelColumns, tagOf } from "./columns.js";
import type { ReadOptions } from "./reader.js";

/** A row of a table that tells of an image. */
export interface Entry {
  readonly cells: readonly string[];
  /** Line of the file, from 1. */
  readonly line: number;
}

/** Entries of each image: several rows of tags may tell of one. */
export type Rows = readonly (readonly Entry[])[];

/** Makes labels of rows. */
export type LabelMaker = (rows: Rows) => Labels;

/** So many different numbers may still be classes, when none of them is rare. */
const FEW = 20;
/** A class of fewer images than this is rare. */
const RARE = 10;

const separators = /[,;|]/;

/** The words of a cell, split at commas, semicolons or bars, else where `blanks` is true at blanks. */
function wordsOf(cell: string, blanks: boolean): string[] {
  const words = cell.split(blanks ? /\s+/ : separators);
  return words.map((word) => word.trim()).filter((word) => word !== "");
}

/** Refuses a column of classes that looks like numbers or tags, as long as nobody has said what it is. */
function refuseUnclear(cells: readonly string[], name: string, path: string): void {
  const distinct = new Set(cells);
  const counts = new Map<string, number>();
  for (const cell of cells) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  if (cells.every(isNumeric)) {
    const whole = cells.every((cell) => /^\d+$/.test(cell));
    const rare = [...counts.values()].some((count) => count < RARE);
    if (whole && !(distinct.size > FEW && rare)) return;
    throw new InputError(
      `${path}: column "${name}" holds numbers, ${distinct.size} different ones; say what they are: ` +
        "--task values to learn them as numbers, --task classify if each one is a class",
    );
  }
  const joined = [...distinct].find((cell) => {
    const words = wordsOf(cell, false);
    return (
      words.length > 1 &&
      words.some((word) =>
        [...distinct].some((other) => other !== cell && wordsOf(other, false).includes(word)),
      )
    );
  });
  if (joined === undefined) return;
  throw new InputError(
    `${path}: column "${name}" holds "${joined}", which looks like several tags; say what it is: ` +
      "--task tags if an image has any number of them, --task classify if the whole text is one class",
  );
}

function classMaker(
  { column }: Extract<LabelColumns, { kind: "class" }>,
  train: Rows,
  options: ReadOptions,
  path: string,
): LabelMaker {
  const cellOf = ([{ cells, line }]: readonly Entry[]) => {
    if (cells[column.at] !== "") return cells[column.at];
    throw new InputError(`${path}: line ${line} has no ${column.name}`);
  };
  const found = train.map(cellOf);
  if (options.kind === undefined && !options.known) refuseUnclear(found, column.name, path);
  const list: ClassList = listClasses(found, options, `${path}: training rows`);
  return (rows) => ({
    kind: "class",
    classes: list.classes,
    of: Int32Array.from(rows, (entries) => {
      const number = list.numberOf(cellOf(entries));
      if (number !== undefined) return number;
      throw new InputError(
        `${path}: line ${entries[0].line} has label "${cellOf(entries)}", which no training row has` +
          `${suggestion(cellOf(entries), list.classes)}`,
      );
    }),
  });
}

function wordMaker(
  { column: { at } }: Extract<LabelColumns, { kind: "words" }>,
  train: Rows,
  { known, classes: given }: ReadOptions,
  path: string,
): LabelMaker {
  const all = train.flat().map(({ cells }) => cells[at]);
  const blanks = !all.some((cell) => separators.test(cell));
  const classes = known ?? given ?? sortNames(all.flatMap((cell) => wordsOf(cell, blanks)));
  const numbers = new Map(classes.map((name, number) => [name, number]));
  return (rows) => {
    const of = new Uint8Array(rows.length * classes.length);
    for (const [image, entries] of rows.entries()) {
      for (const { cells, line } of entries) {
        for (const word of wordsOf(cells[at], blanks)) {
          const number = numbers.get(word);
          if (number === undefined) {
            throw new InputError(
              `${path}: line ${line} has the tag "${word}", which no training row has` +
                `${suggestion(word, classes)}`,
            );
          }
          of[image * classes.length + number] = 1;
        }
      }
    }
    return { kind: "tags", of, classes };
  };
}

function tagMaker({ columns }: Extract<LabelColumns, { kind: "tags" }>, path: string): LabelMaker {
  const tagIn = (cell: string, line: number, name: string) => {
    const tag = isBlank(cell) ? UNKNOWN_TAG : tagOf(cell);
    if (tag !== undefined) return tag;
    throw new InputError(
      `${path}: line ${line}, column "${name}" is "${cell}"; expected 1 (present), 0 (absent) or nothing (not known)`,
    );
  };
  return (rows) => ({
    kind: "tags",
    classes: columns.map(({ name }) => name),
    of: Uint8Array.from(
      rows.flatMap(([{ cells, line }]) =>
        columns.map(({ name, at }) => tagIn(cells[at], line, name)),
      ),
    ),
  });
}

function valueMaker(
  { columns }: Extract<LabelColumns, { kind: "values" }>,
  path: string,
): LabelMaker {
  const numberIn = (cell: string, line: number, name: string) => {
    if (isBlank(cell)) return Number.NaN;
    if (isNumeric(cell) && Number.isFinite(Math.fround(Number(cell)))) return Number(cell);
    throw new InputError(
      `${path}: line ${line}, column "${name}" is "${brief(cell)}"; expected a finite number (1.5), or nothing where it is not known`,
    );
  };
  return (rows) => ({
    kind: "values",
    names: columns.map(({ name }) => name),
    of: Float32Array.from(
      rows.flatMap(([{ cells, line }]) =>
        columns.map(({ name, at }) => numberIn(cells[at], line, name)),
      ),
    ),
  });
}

/** The tokens of a cell: its characters, in one form of writing (NFC), or what stands between blanks. */
function tokensIn(cell: string, kind: "text" | "tokens"): string[] {
  if (kind === "text") return [...cell.normalize("NFC").trim()];
  return cell.split(/\s+/).filter((token) => token !== "");
}

function textMaker(
  { kind, column }: Extract<LabelColumns, { kind: "text" | "tokens" }>,
  train: Rows,
  { known, classes: given }: ReadOptions,
  path: string,
): LabelMaker {
  const tokensOf = ([{ cells, line }]: readonly Entry[]) => {
    const tokens = tokensIn(cells[column.at], kind);
    if (tokens.length > 0) return tokens;
    throw new InputError(
      `${path}: line ${line} has no ${column.name}; expected what its image shows`,
    );
  };
  const vocabulary = known ?? given ?? sortNames(train.flatMap(tokensOf));
  const numbers = new Map(vocabulary.map((token, number) => [token, number]));
  return (rows) => ({
    kind: "tokens",
    vocabulary,
    of: ragged(
      new Int32Array(0),
      rows.map((entries) =>
        tokensOf(entries).map((token) => {
          const number = numbers.get(token);
          if (number !== undefined) return number;
          throw new InputError(
            `${path}: line ${entries[0].line} has the token "${token}" in "${brief(entries[0].cells[column.at])}", which ` +
              `${given ? "the vocabulary (setting classes, or vocabulary.txt) does not have" : "no training row has"}${suggestion(token, vocabulary)}`,
          );
        }),
      ),
    ),
  });
}

/**
 * What makes labels of rows, with the classes, tags or tokens of the training rows.
 *
 * @throws InputError when it is not clear what a column holds, naming the setting that says so.
 */
export function labelMaker(
  labels: Exclude<LabelColumns, { readonly kind: "mask" | "points" | "boxes" }>,
  train: Rows,
  options: ReadOptions,
  path: string,
): LabelMaker {
  switch (labels.kind) {
    case "class":
      return classMaker(labels, train, options, path);
    case "words":
      return wordMaker(labels, train, options, path);
    case "tags":
      return tagMaker(labels, path);
    case "values":
      return valueMaker(labels, path);
    case "text":
    case "tokens":
      return textMaker(labels, train, options, path);
  }
}
