// Videos as folders of images to label: frames, and a table that says which of them look alike, so that no split parts
// these.

import { writeFile } from "node:fs/promises";
import { basename, dirname, extname, join, relative, sep } from "node:path";
import { writeError } from "../files/errors.js";
import { freeFolder, putWhole } from "../files/wholeFolder.js";
import { InputError } from "../inputError.js";
import { toCsv } from "../text/csv.js";
import { decodeInOrder } from "./decode.js";
import { areAlike, type Looks, likePairs, looksOf } from "./nearImages.js";
import { type ExtractOptions, extractFrames, type Frame, timeName } from "./video.js";

/** Name of the table. */
export const FRAME_TABLE = "frames.csv";
/** Pixels of the shorter side that frames are compared by. */
const SIDE = 64;

/** What {@link writeFrames} made. */
export interface FrameReport {
  readonly folder: string;
  readonly videos: readonly { readonly video: string; readonly frames: number }[];
  /** Groups of frames that look alike, be it one frame alone. */
  readonly groups: number;
}

/** How a frame looks, and whether it is the first one of its video. */
interface SeenFrame {
  readonly looks: Looks | undefined;
  readonly first: boolean;
}

/**
 * The group of each frame, from 0 on in their order. A frame is in the group of the one before it when the two look alike,
 * or when it has no contrast that could tell them apart, and in that of any other that it looks like, be it of another
 * video. What changes slowly is one group from end to end.
 *
 * @example
 * frameGroups([{ looks: undefined, first: true }, { looks: undefined, first: false }]); // [0, 0]
 */
export function frameGroups(frames: readonly SeenFrame[]): number[] {
  const root = frames.map((_, at) => at);
  const find = (at: number): number => {
    let found = at;
    while (root[found] !== found) found = root[found] = root[root[found]];
    return found;
  };
  const join = (a: number, b: number) => {
    const [first, last] = [find(a), find(b)].sort((x, y) => x - y);
    root[last] = first;
  };
  for (const [at, { looks, first }] of frames.entries()) {
    if (first) continue;
    const before = frames[at - 1].looks;
    if (!looks || !before || areAlike(looks, before)) join(at - 1, at);
  }
  for (const [a, b] of likePairs(frames.map(({ looks }) => looks))) join(a, b);
  const numbers = new Map<number, number>();
  return frames.map((_, at) => {
    const number = numbers.get(find(at)) ?? numbers.size;
    numbers.set(find(at), number);
    return number;
  });
}

/** How frames look, in their order. */
async function looksOfFiles(files: readonly string[]): Promise<(Looks | undefined)[]> {
  const looks: (Looks | undefined)[] = [];
  for await (const { image, reason } of decodeInOrder(files, { side: SIDE, channels: 3 })) {
    if (!image) throw new InputError(`${files[looks.length]}: ${reason}`);
    looks.push(looksOf(image.data, image));
  }
  return looks;
}

const stemOf = (video: string) => basename(video, extname(video));

/** Refuses videos whose names cannot be those of folders beside the table, each of its own. */
function refuseNames(videos: readonly string[]): void {
  const stems = new Map<string, string>();
  for (const video of videos) {
    const stem = stemOf(video);
    // `..` is the name of another folder, which is none of ours.
    if (/^\.*$/.test(stem) || stem.toLowerCase() === FRAME_TABLE) {
      throw new InputError(
        `${video}: its frames would lie in a folder called "${stem}", which cannot be; give the video another name`,
      );
    }
    const twin = stems.get(stem);
    if (twin !== undefined) {
      throw new InputError(`${twin} and ${video} have one name, which their frames would share`);
    }
    stems.set(stem, video);
  }
}

/** The rows of the table: the path of a frame, its video, time and group. */
function tableOf(folder: string, frames: readonly Frame[], groups: readonly number[]): string {
  const rows = frames.map(({ file, time }, at) => {
    const path = relative(folder, file).split(sep).join("/");
    return [path, dirname(path), timeName(time).replaceAll("-", ":"), `g${groups[at]}`];
  });
  return toCsv(["path", "video", "time", "group"], rows);
}

/** Frames of videos, a folder for each, and their table. */
async function fillFolder(
  videos: readonly string[],
  made: string,
  options: ExtractOptions,
): Promise<Omit<FrameReport, "folder">> {
  const found: Frame[][] = [];
  for (const video of videos) {
    found.push(await extractFrames(video, join(made, stemOf(video)), options));
  }
  const frames = found.flat();
  const looks = await looksOfFiles(frames.map(({ file }) => file));
  const firsts = new Set(found.map(([first]) => first));
  const groups = frameGroups(
    frames.map((frame, at) => ({ looks: looks[at], first: firsts.has(frame) })),
  );
  await writeFile(join(made, FRAME_TABLE), tableOf(made, frames, groups), { flag: "wx" });
  return {
    videos: videos.map((video, at) => ({ video, frames: found[at].length })),
    groups: new Set(groups).size,
  };
}

/**
 * Writes frames of videos into a new folder, a folder for each video, with `frames.csv`: the path of each frame, its
 * video, its time, and the group of frames that look alike. All or nothing: the folder is there when it is whole.
 *
 * @throws InputError for videos of one name or of none, for a folder that is not empty, and as {@link extractFrames}
 * does.
 */
export async function writeFrames(
  videos: readonly string[],
  out: string,
  options: ExtractOptions,
): Promise<FrameReport> {
  refuseNames(videos);
  const folder = await freeFolder(out);
  try {
    const report = await putWhole(folder, (made) => fillFolder(videos, made, options));
    return { folder: out, ...report };
  } catch (error) {
    throw options.signal?.aborted ? error : writeError(folder, error);
  }
}
