// What a reader is, and what all readers share.

import { InputError } from "../../inputError.js";
import { usableMemory } from "../../machine.js";
import { formatBytes } from "../../text/bytes.js";
import { counted } from "../../text/format.js";
import type { Grouping, Splits } from "../dataset.js";
import type { Labels } from "../labels.js";

/** A file or folder that somebody wants read. */
export interface Location {
  readonly path: string;
  /** Names of what lies in a folder; `undefined` for a file. */
  readonly entries?: readonly string[];
}

/** A file that could not be used, and why. */
export interface WrongFile {
  readonly path: string;
  readonly reason: string;
}

/** How far reading has come. */
export interface ReadProgress {
  /** `features`: images go through the frozen part of a net. */
  readonly stage: "decoding" | "packing" | "features";
  /** Images, of how many. */
  readonly done: number;
  readonly total: number;
  /** Of packing: the folder, and the bytes that it will hold. */
  readonly folder?: string;
  readonly bytes?: number;
  /** Seconds that are left, once they can be told. */
  readonly seconds?: number;
}

/** Settings of reading. */
export interface ReadOptions {
  /** Side in pixels of the net's input, for images from files (JPEG, PNG, ...); default 64. */
  readonly size?: number;
  /** Channels of images from files: 1 grey, 3 colour, 4 with transparency, or as many as TIFF files have bands; default 3. */
  readonly channels?: number;
  /** How images of 16 bits become bytes: `full`, `percentile`, `train`, or limits as `120-3050`; default the whole range. */
  readonly range?: string;
  /** Keeps decoded images in a file even where memory would do; default false. */
  readonly pack?: boolean;
  /** Folder of such files; default that of the user's caches. */
  readonly cache?: string;
  /** Hears the labels of the training part before image files are decoded, where they are known by then; may refuse. */
  readonly onLabels?: (labels: Labels) => void;
  /** Is told how reading goes on. */
  readonly onProgress?: (progress: ReadProgress) => void;
  /** Names of the classes in order: needed where the files hold numbers only. */
  readonly classes?: readonly string[];
  /** The net's classes, for data that are only evaluated: they may show some of them. */
  readonly known?: readonly string[];
  /** What columns of a table or arrays of an archive hold, by role, as `{ path: "file", label: "species" }`. */
  readonly columns?: Readonly<Record<string, string>>;
  /** Labels that are wanted, `none` where images alone will do; default what the source is clear about. */
  readonly kind?: Labels["kind"];
  /** What the images of a folder belong together by: the folder in which they lie. Default nothing. */
  readonly groupBy?: "parent";
  /** Name of the data set; default is that of the folder or file. */
  readonly name?: string;
  /** Bytes that images may take in memory; default is half of the machine's. Those of files are packed beyond it. */
  readonly memoryLimit?: number;
  /** Collects unusable images and goes on without them; by default they are refused. */
  readonly wrong?: WrongFile[];
}

/** Settings of reading that some kinds of data have no use for. */
export type Choice = "channels" | "range" | "pack" | "groupBy" | "columns" | "classes";

/** Settings of data that are made of image files. */
export const ofImageFiles = ["channels", "range", "pack"] as const satisfies readonly Choice[];

/** Reads one kind of data set. A new one is a file with such a record and one line in the index. */
export interface Reader {
  readonly name: string;
  /** What it reads, for messages. */
  readonly reads: string;
  /** Settings that not every kind of data has a use for, and this one has. */
  readonly heeds: readonly Choice[];
  /** Kinds of labels that it may give; default any. */
  readonly kinds?: readonly Labels["kind"][];
  matches(location: Location): boolean | Promise<boolean>;
  /** Throws a {@link InputError} that names file, place, found and expected. */
  read(location: Location, options: ReadOptions): Promise<Splits>;
}

/** Bytes that images may take in memory. */
export const memoryFor = ({ memoryLimit }: ReadOptions): number =>
  memoryLimit ?? usableMemory() / 2;

/** Refuses a data set that would not fit into memory, before anything is allocated. */
export function requireMemory(what: string, bytes: number, options: ReadOptions, cure: string) {
  const limit = memoryFor(options);
  if (bytes <= limit) return;
  throw new InputError(
    `${what} needs ${formatBytes(bytes, Math.ceil)} of memory, but at most ${formatBytes(limit)} may be used; ${cure}`,
  );
}

/** So many classes at most have numbers for names: what is larger is no class, and the names would fill the memory. */
export const MOST_CLASSES = 65_535;

/** The numbers 0..count-1 as names of classes. */
export function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, label) => String(label));
}

/**
 * Whether masks of 0 and 255 alone may show one thing and the rest. Where the names of other than two classes are known,
 * 255 is what does not count, as in any mask.
 */
export const mayBeWhite = (names: readonly string[] | undefined): boolean =>
  names === undefined || names.length === 2;

/** Numbers groups by name, alike in every part. */
export function groupNumbers(): (names: readonly string[]) => Grouping {
  const numbers = new Map<string, number>();
  const groupNames: string[] = [];
  const numberOf = (name: string) => {
    const number = numbers.get(name) ?? groupNames.push(name) - 1;
    numbers.set(name, number);
    return number;
  };
  return (names) => ({ groups: Int32Array.from(names, numberOf), groupNames });
}

/** Refuses data with fewer than two classes. */
export function requireTwoClasses(classes: readonly string[], path: string): void {
  if (classes.length >= 2) return;
  throw new InputError(
    `${path}: found ${counted(classes.length, "class", "classes")} (${classes.join(", ") || "none"}); expected at least ` +
      "two, for there is nothing to tell apart",
  );
}
