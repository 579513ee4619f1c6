// Frames of a video as image files, by the program ffmpeg where it is installed.

import { spawn } from "node:child_process";
import { readdir, rename, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { makeNewFolder } from "../files/folders.js";
import { InputError } from "../inputError.js";

/** How image files of frames are written, by the ending of their names. */
const encoders = { jpg: ["-q:v", "2"], png: [] } as const satisfies Record<
  string,
  readonly string[]
>;
export type FrameFormat = keyof typeof encoders;
export const frameFormats = Object.keys(encoders) as readonly FrameFormat[];

/** Settings of {@link extractFrames}. */
export interface ExtractOptions {
  /** Seconds of video of which one frame each is taken, the first one. */
  readonly every: number;
  /** Default jpg. */
  readonly format?: FrameFormat;
  /** Ends the work. */
  readonly signal?: AbortSignal;
}

/** A frame as an image file. */
export interface Frame {
  readonly file: string;
  /** Milliseconds from the beginning of the video. */
  readonly time: number;
}

const INSTALL =
  "on Debian and Ubuntu: sudo apt-get install ffmpeg; with Homebrew: brew install ffmpeg; elsewhere see ffmpeg.org";
/** Letters of ffmpeg's errors that are kept. */
const KEPT = 4000;

/** Runs ffmpeg, without a shell. Its exit code and the ends of what it said. */
async function ffmpeg(args: readonly string[], options: { cwd?: string; signal?: AbortSignal }) {
  const child = spawn("ffmpeg", args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out = (out + text).slice(0, KEPT);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err = (err + text).slice(-KEPT);
  });
  let fault: NodeJS.ErrnoException | undefined;
  child.once("error", (error) => {
    fault = error;
  });
  // Not before it has written its last: whoever ends the work removes the files.
  const code = await new Promise<number | null>((done) => child.once("close", done));
  if (fault?.code === "ENOENT") {
    throw new InputError(`frames are taken by the program ffmpeg, which is not there; ${INSTALL}`);
  }
  if (fault) throw fault;
  return { code, out, err };
}

/** The setting that keeps the times of frames, which older versions call otherwise. */
async function keepTimes(): Promise<string[]> {
  const { out } = await ffmpeg(["-version"], {});
  const [, major, minor] = /^ffmpeg version n?(\d+)\.(\d+)/.exec(out) ?? [];
  const isOld = major !== undefined && Number(major) + Number(minor) / 10 < 5.1;
  return [isOld ? "-vsync" : "-fps_mode", "passthrough"];
}

/**
 * `01-02-03.450` for 3,723,450 milliseconds.
 *
 * @example
 * timeName(3_723_450); // "01-02-03.450"
 */
export function timeName(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const clock = parts.map((part) => String(part).padStart(2, "0")).join("-");
  return `${clock}.${String(milliseconds % 1000).padStart(3, "0")}`;
}

/**
 * Writes frames of a video into a new folder, named by their times. ffmpeg overwrites files of a sequence whatever it is
 * told, so the folder must not be there yet.
 *
 * @returns the frames in the order of their times
 * @throws InputError for a folder that is there, without ffmpeg, for what is no video that it reads, and for one without
 * a frame.
 */
export async function extractFrames(
  video: string,
  folder: string,
  { every, format = "jpg", signal }: ExtractOptions,
): Promise<Frame[]> {
  const found = await stat(video).catch(() => undefined);
  if (!found?.isFile()) {
    throw new InputError(`${video}: ${found ? "it is no file" : "there is no such file"}`);
  }
  if (!makeNewFolder(folder)) throw new InputError(`${folder} is there; name a new folder`);
  // The first frame of each stretch of time. A frame's number is its time, as settb and frame_pts have it.
  const stretch = (time: string) => `floor((${time}+0.000001)/${every})`;
  const first = `isnan(prev_selected_t)+gt(${stretch("t")},${stretch("prev_selected_t")})`;
  const filter = [
    "-an",
    "-sn",
    "-dn",
    "-vf",
    `select='${first}',settb=1/1000`,
    ...(await keepTimes()),
  ];
  const { code, err } = await ffmpeg(
    [
      ...["-hide_banner", "-nostdin", "-loglevel", "error"],
      // A playlist must not lead to other machines.
      ...["-protocol_whitelist", "file", "-i", `file:${resolve(video)}`],
      ...[...filter, "-enc_time_base", "1:1000", "-frame_pts", "1"],
      ...[...encoders[format], `%d.${format}`],
      // A line for each frame into the pipe: when this process is killed, nobody reads it, and ffmpeg ends.
      ...[...filter, "-flush_packets", "1", "-f", "framecrc", "pipe:1"],
    ],
    { cwd: folder, ...(signal && { signal }) },
  );
  const files = (await readdir(folder)).filter((name) => /^\d+\.\w+$/.test(name));
  if (code !== 0 || files.length === 0) {
    const reason = err.trim().split("\n").at(-1) || "there is no frame in it";
    throw new InputError(`${video}: ffmpeg cannot take frames of it: ${reason}`);
  }
  const times = files.map((name) => Number.parseInt(name, 10)).sort((a, b) => a - b);
  const frames: Frame[] = [];
  for (const time of times) {
    const file = join(folder, `${timeName(time)}.${format}`);
    await rename(join(folder, `${time}.${format}`), file);
    frames.push({ file, time });
  }
  return frames;
}
