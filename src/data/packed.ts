// Decoded images in a file that engines map: for sets larger than memory, and for those that are opened often.
//
// A packed set is a folder of the user's caches with the bytes of all images behind each other and an index, a line of
// JSON each. It belongs to exactly these sources: its name is a hash of their paths, sizes and times of change and of
// the settings of decoding. Images are added in their order, so that packing goes on where it was interrupted.

import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { type FileHandle, open, rename, stat, statfs, truncate } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { makeFolder } from "../files/folders.js";
import { lockFolder } from "../files/lock.js";
import { InputError } from "../inputError.js";
import { type DecodeOptions, decodeInOrder } from "./decode.js";
import type { Images } from "./images.js";
import type { Span } from "./pixels/range.js";
import type { DecodedImages } from "./readers/imageFiles.js";
import type { ReadOptions, ReadProgress } from "./readers/reader.js";

/** Changes when the same sources are packed otherwise. */
const FORMAT = 1;
/** Images that an estimate decodes. */
const SAMPLE = 32;
/** Files that are looked at side by side. */
const AT_ONCE = 64;
/** Share of the disk's free bytes that is left to others. */
const SPARE = 0.05;

const names = { data: "images.bin", index: "index.jsonl", begun: "index.part.jsonl" } as const;

/** The user's caches (XDG Base Directory Specification). */
export function cacheFolder(): string {
  return join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "convoy", "images");
}

/** What decoding a set will take, from some of its images. */
export async function estimate(
  paths: readonly string[],
  decoding: DecodeOptions,
): Promise<{ readonly bytes: number; readonly seconds: number }> {
  const stride = Math.max(1, paths.length / SAMPLE);
  const chosen: string[] = [];
  for (let at = 0; at < paths.length; at += stride) chosen.push(paths[Math.floor(at)]);
  const start = performance.now();
  let bytes = 0;
  for await (const { image } of decodeInOrder(chosen, decoding)) bytes += image?.data.length ?? 0;
  const scale = paths.length / Math.max(1, chosen.length);
  return { bytes: bytes * scale, seconds: ((performance.now() - start) / 1000) * scale };
}

/** A line of the index: an image's size and what its numbers of 16 bits were, or why there is none. */
type Entry =
  | { readonly h: number; readonly w: number; readonly span?: Span }
  | { readonly reason: string };

/** What tells these sources and settings from all others. */
async function keyOf(paths: readonly string[], decoding: DecodeOptions): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify([FORMAT, decoding]));
  for (let at = 0; at < paths.length; at += AT_ONCE) {
    const some = paths.slice(at, at + AT_ONCE);
    const found = await Promise.all(some.map((path) => stat(path).catch(() => undefined)));
    for (const [place, about] of found.entries()) {
      hash.update(JSON.stringify([resolve(some[place]), about?.size, about?.mtimeMs]));
    }
  }
  return hash.digest("hex").slice(0, 32);
}

/** Lines of an index as far as they are whole. */
async function readIndex(path: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  if (!existsSync(path)) return entries;
  for await (const line of createInterface({ input: createReadStream(path) })) {
    try {
      entries.push(JSON.parse(line) as Entry);
    } catch {
      break;
    }
  }
  return entries;
}

/** Images and reasons from the lines of an index. */
function decodedOf(path: string, entries: readonly Entry[], channels: number): DecodedImages {
  const offsets = new Float64Array(entries.length);
  const sizes = new Int32Array(2 * entries.length);
  const reasons = new Map<number, string>();
  const spans: Span[] = [];
  let end = 0;
  for (const [at, entry] of entries.entries()) {
    offsets[at] = end;
    if ("reason" in entry) {
      reasons.set(at, entry.reason);
      continue;
    }
    sizes.set([entry.h, entry.w], 2 * at);
    if (entry.span) spans.push(entry.span);
    end += entry.h * entry.w * channels;
  }
  const images: Images = { bytes: { path, bytes: end }, offsets, sizes };
  return { channels, images, reasons, spans };
}

const lengthOf = async (path: string): Promise<number> =>
  (await stat(path).catch(() => undefined))?.size ?? 0;

/** A packed set that is whole; `undefined` for none. */
async function openPacked(folder: string, count: number, channels: number) {
  const entries = await readIndex(join(folder, names.index));
  const path = join(folder, names.data);
  const found = decodedOf(path, entries, channels);
  const { bytes } = found.images.bytes as { readonly bytes: number };
  return entries.length === count && bytes === (await lengthOf(path)) ? found : undefined;
}

/** Refuses what the disk cannot hold. */
async function requireDisk(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize * (1 - SPARE);
  if (bytes <= free) return;
  const gigabytes = (count: number) => `${(count / 1e9).toFixed(1)} GB`;
  throw new InputError(
    `${folder}: the packed images need ${gigabytes(bytes)}, the disk has ${gigabytes(free)} free; ` +
      "set XDG_CACHE_HOME to a folder on a larger disk, or choose a smaller --size",
  );
}

/** What was packed before an interruption: whole images with their lines. */
async function resumed(folder: string, channels: number): Promise<Entry[]> {
  const [data, index] = [join(folder, names.data), join(folder, names.begun)];
  const entries = await readIndex(index);
  const length = await lengthOf(data);
  const kept: Entry[] = [];
  let end = 0;
  for (const entry of entries) {
    const next = end + ("h" in entry ? entry.h * entry.w * channels : 0);
    if (next > length) break;
    kept.push(entry);
    end = next;
  }
  if (length > end) await truncate(data, end);
  return kept;
}

/** Files of a packed set that is being written. */
interface Writing {
  readonly data: FileHandle;
  readonly index: FileHandle;
}

/** Adds the images behind those that are there. */
async function write(
  { data, index }: Writing,
  paths: readonly string[],
  decoding: DecodeOptions,
  entries: Entry[],
  tell: (done: number) => void,
): Promise<void> {
  for await (const { image, reason } of decodeInOrder(paths.slice(entries.length), decoding)) {
    const entry = image
      ? { h: image.height, w: image.width, ...(image.span && { span: image.span }) }
      : { reason: reason! };
    if (image) await data.appendFile(image.data);
    await index.appendFile(`${JSON.stringify(entry)}\n`);
    entries.push(entry);
    tell(entries.length);
  }
  await data.sync();
  await index.sync();
}

/** Tells how packing goes on, with the time that is left. */
function teller(
  total: number,
  about: Pick<ReadProgress, "folder" | "bytes">,
  options: ReadOptions,
) {
  let [start, first]: [number, number | undefined] = [performance.now(), undefined];
  return (done: number, seconds?: number) => {
    first ??= done;
    const spent = (performance.now() - start) / 1000;
    const left = done > first ? (spent * (total - done)) / (done - first) : seconds;
    options.onProgress?.({
      ...{ stage: "packing", done, total, ...about },
      ...(left !== undefined && { seconds: left }),
    });
  };
}

async function packInto(
  folder: string,
  paths: readonly string[],
  decoding: DecodeOptions,
  options: ReadOptions,
): Promise<DecodedImages> {
  const { channels = 3 } = decoding;
  const entries = await resumed(folder, channels);
  const { bytes, seconds } = await estimate(paths.slice(entries.length), decoding);
  await requireDisk(folder, bytes);
  const tell = teller(
    paths.length,
    { folder, bytes: bytes + (await lengthOf(join(folder, names.data))) },
    options,
  );
  tell(entries.length, seconds);
  const begun = join(folder, names.begun);
  const index = await open(begun, "w");
  const data = await open(join(folder, names.data), "a");
  try {
    await index.appendFile(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
    await write({ data, index }, paths, decoding, entries, tell);
  } finally {
    await Promise.all([data.close(), index.close()]);
  }
  await rename(begun, join(folder, names.index));
  return decodedOf(join(folder, names.data), entries, channels);
}

/**
 * Packs images, or opens what was packed of the same sources by the same settings before.
 *
 * @throws InputError when the disk cannot hold them, or another process packs them.
 */
export async function packImages(
  name: string,
  paths: readonly string[],
  decoding: DecodeOptions,
  options: ReadOptions,
): Promise<DecodedImages> {
  const stem = name.replace(/[^\w.-]+/g, "-");
  const folder = join(options.cache ?? cacheFolder(), `${stem}-${await keyOf(paths, decoding)}`);
  const known = await openPacked(folder, paths.length, decoding.channels ?? 3);
  if (known) return known;
  makeFolder(folder);
  const lock = lockFolder(folder);
  try {
    return await packInto(folder, paths, decoding, options);
  } finally {
    lock.release();
  }
}
