import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { folderOf, scratchFolder } from "../../test/fixtures/data.js";
import { decodeImage } from "./decode.js";
import { frameGroups, writeFrames } from "./frames.js";
import { looksOf } from "./nearImages.js";
import { openDataset } from "./sources.js";
import { splitSelection } from "./split.js";
import { extractFrames, timeName } from "./video.js";

/** A grey image whose pixels are a function of their place. */
const image = (levelAt: (x: number, y: number) => number) => {
  const shape = { height: 32, width: 36, channels: 1 };
  const data = Uint8Array.from({ length: 32 * 36 }, (_, at) =>
    levelAt(at % 36, Math.floor(at / 36)),
  );
  return looksOf(data, shape);
};
const across = image((x) => 7 * x);
const back = image((x) => 252 - 7 * x);
const flat = image(() => 9);

test("frames are in the group of the one before that they look like, and of any other", () => {
  const frames = [across, across, back, flat, across, back].map((looks) => ({
    looks,
    first: false,
  }));
  frames[0].first = true;
  // The flat one belongs to the one before it, and the one behind it to that.
  expect(frameGroups(frames)).toEqual([0, 0, 1, 1, 0, 1].map(() => 0));
  expect(frameGroups(frames.filter(({ looks }) => looks !== flat))).toEqual([0, 0, 1, 0, 1]);
  const apart = [back, flat, across].map((looks, at) => ({ looks, first: at !== 1 }));
  expect(frameGroups(apart)).toEqual([0, 0, 1]);
  expect(frameGroups([])).toEqual([]);
});

test("more frames of one look than are looked up are one group", () => {
  const frames = Array.from({ length: 200 }, (_, at) => ({ looks: across, first: at === 0 }));
  expect(new Set(frameGroups(frames))).toEqual(new Set([0]));
});

test("names of times sort as the times do", () => {
  expect([0, 999, 61_000, 3_723_450, 360_000_000].map(timeName)).toEqual([
    ...["00-00-00.000", "00-00-00.999", "00-01-01.000", "01-02-03.450", "100-00-00.000"],
  ]);
});

test("without ffmpeg it is said how to install it", async () => {
  const path = await folderOf({ "a.mp4": "film" });
  vi.stubEnv("PATH", path);
  try {
    const made = writeFrames([join(path, "a.mp4")], join(path, "out"), { every: 1 });
    await expect(made).rejects.toThrow(
      /program ffmpeg, which is not there; .*apt-get install ffmpeg/,
    );
    expect(await readdir(path)).toEqual(["a.mp4"]);
  } finally {
    vi.unstubAllEnvs();
  }
});

test.each(["...mp4", "..mp4", "..", "frames.csv.mp4", "Frames.CSV.avi"])(
  "%s, whose frames could not lie beside the table, is refused before anything is written",
  async (name) => {
    const folder = await folderOf({ "0.jpg": "a photo" });
    if (name !== "..") await writeFile(join(folder, name), "film");
    const before = (await readdir(folder)).sort();
    const made = writeFrames([`${folder}/${name}`], join(folder, "out"), { every: 1 });
    await expect(made).rejects.toThrow(
      /its frames would lie in a folder called ".*", which cannot/,
    );
    expect((await readdir(folder)).sort()).toEqual(before);
  },
);

const isThere = spawnSync("ffmpeg", ["-version"]).status === 0;
const why = isThere ? "" : " (left out: ffmpeg is not installed)";

/** Three seconds of bars that stay, and three of a picture that moves, ten frames a second. */
async function videoIn(folder: string, name: string): Promise<string> {
  const source = (what: string) => ["-f", "lavfi", "-i", `${what}=duration=3:size=96x64:rate=10`];
  const file = join(folder, name);
  const { status, stderr } = spawnSync("ffmpeg", [
    ...["-loglevel", "error", ...source("smptebars"), ...source("testsrc2")],
    ...["-filter_complex", "[0][1]concat", "-c:v", "mpeg4", "-q:v", "2", file],
  ]);
  if (status !== 0) throw new Error(String(stderr));
  return file;
}

describe.skipIf(!isThere)(`by ffmpeg${why}`, () => {
  test("frames have their times as names, and those that look alike are one group", async () => {
    const folder = await scratchFolder();
    const video = await videoIn(folder, "100%d a'b.mp4");
    const out = join(folder, "new", "frames");
    const report = await writeFrames([video], out, { every: 0.5 });
    const names = (await readdir(join(out, "100%d a'b"))).sort();
    expect(names).toHaveLength(12);
    expect(names.slice(0, 3)).toEqual(["00-00-00.000.jpg", "00-00-00.500.jpg", "00-00-01.000.jpg"]);
    const rows = (await readFile(join(out, "frames.csv"), "utf8")).trimEnd().split("\n");
    expect(rows.slice(0, 2)).toEqual([
      "path,video,time,group",
      "100%d a'b/00-00-00.000.jpg,100%d a'b,00:00:00.000,g0",
    ]);
    const groups = rows.slice(1).map((row) => row.split(",")[3]);
    expect(groups.slice(0, 6)).toEqual(new Array(6).fill("g0"));
    expect(groups[6]).toBe("g1");
    expect(report).toMatchObject({ videos: [{ frames: 12 }], groups: new Set(groups).size });
    expect(await readdir(join(folder, "new"))).toEqual(["frames"]);
  });

  test("a column of labels makes a table whose groups no split parts", async () => {
    const folder = await scratchFolder();
    const videos = [await videoIn(folder, "a.mp4"), await videoIn(folder, "b.mp4")];
    const out = join(folder, "frames");
    await writeFrames(videos, out, { every: 0.3, format: "png" });
    const table = join(out, "frames.csv");
    await expect(openDataset(table)).rejects.toThrow(/frames.csv/);
    const [head, ...rows] = (await readFile(table, "utf8")).trimEnd().split("\n");
    const labelled = rows.map((row, at) => `${row},${at % 2 ? "fish" : "none"}`);
    await writeFile(table, [`${head},label`, ...labelled].join("\n"));
    const { train } = await openDataset(table, { size: 16 });
    expect(train.length).toBe(40);
    expect(train.labels).toMatchObject({ kind: "class", classes: ["fish", "none"] });
    const { train: rest, selection } = splitSelection(train, { seed: 1, fraction: 0.3 });
    const shared = new Set(rest.groups!);
    expect([...selection!.groups!].filter((group) => shared.has(group))).toEqual([]);
    // The same scenes in two videos.
    expect(new Set(train.groups!.subarray(0, 20))).toEqual(new Set(train.groups!.subarray(20)));
    const first = await decodeImage(train.ids![0]);
    expect([first.height, first.width]).toEqual([64, 96]);
  });

  test("what is no video, a folder that is full and videos of one name are refused", async () => {
    const folder = await folderOf({ "a.mp4": "no film", "b/a.avi": "", "full/x": "" });
    const file = join(folder, "a.mp4");
    const refused = async (videos: string[], out: string, message: RegExp) => {
      await expect(writeFrames(videos, join(folder, out), { every: 1 })).rejects.toThrow(message);
    };
    await refused([file], "out", /a.mp4: ffmpeg cannot take frames of it: .*/);
    await refused([join(folder, "z.mp4")], "out", /z.mp4: there is no such file/);
    await refused([folder], "out", /it is no file/);
    await refused([file], "full", /full is not empty; name a new folder/);
    await refused([file, join(folder, "b/a.avi")], "out", /a.mp4 and .*a.avi have one name/);
    expect((await readdir(folder)).sort()).toEqual(["a.mp4", "b", "full"]);
  });

  test("files and folders that are there are never touched", async () => {
    const folder = await folderOf({ "there/0.jpg": "a photo", ".a.tmp": "mine", none: "mine" });
    const video = await videoIn(folder, "v.mp4");
    const there = extractFrames(video, join(folder, "there"), { every: 1 });
    await expect(there).rejects.toThrow(/there is there; name a new folder/);
    expect(await readFile(join(folder, "there/0.jpg"), "utf8")).toBe("a photo");
    const refused = (out: string, message: RegExp) =>
      expect(writeFrames([video], join(folder, out), { every: 1 })).rejects.toThrow(message);
    await refused("a", /\.a\.tmp is in the way/);
    await symlink("there", join(folder, ".b.tmp"));
    await refused("b", /\.b\.tmp is in the way/);
    await refused("none", /cannot write none in .*: a file stands where a folder should be/);
    await symlink("nowhere", join(folder, "c"));
    await refused("c", /c is a link that leads nowhere/);
    await expect(writeFrames([video], "/proc/a", { every: 1 })).rejects.toThrow(
      /cannot write a in \/proc: /,
    );
    expect((await readdir(folder)).sort()).toEqual(
      [".a.tmp", ".b.tmp", "c", "none", "there", "v.mp4"].sort(),
    );
  });

  test("a link to an empty folder is that folder", async () => {
    const folder = await scratchFolder();
    await mkdir(join(folder, "disk/frames"), { recursive: true });
    await symlink("disk/frames", join(folder, "out"));
    await writeFrames([await videoIn(folder, "a.mp4")], join(folder, "out"), { every: 1 });
    expect((await readdir(join(folder, "disk/frames"))).sort()).toEqual(["a", "frames.csv"]);
    expect(await readdir(join(folder, "disk"))).toEqual(["frames"]);
  });

  test("what a killed process left goes with the next one, a living one is not disturbed", async () => {
    const folder = await scratchFolder();
    const video = await videoIn(folder, "a.mp4");
    const hidden = join(folder, ".out.tmp");
    const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    await mkdir(join(hidden, "frames/b"), { recursive: true });
    const holder = { pid: other.pid, host: hostname() };
    await writeFile(join(hidden, "run.lock"), JSON.stringify(holder));
    const made = () => writeFrames([video], join(folder, "out"), { every: 1 });
    await expect(made()).rejects.toThrow(`process ${other.pid}`);
    expect(await readdir(join(hidden, "frames"))).toEqual(["b"]);
    other.kill("SIGKILL");
    await once(other, "exit");
    await made();
    expect((await readdir(join(folder, "out"))).sort()).toEqual(["a", "frames.csv"]);
    expect((await readdir(folder)).sort()).toEqual(["a.mp4", "out"]);
  });

  test("a playlist leads to no other machine", async () => {
    let asked = 0;
    const server = createServer((_, answer) => {
      asked++;
      answer.end();
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    try {
      const { port } = server.address() as AddressInfo;
      const list = `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:${port}/a.ts\n#EXT-X-ENDLIST\n`;
      const folder = await folderOf({ "a.m3u8": list });
      const made = writeFrames([join(folder, "a.m3u8")], join(folder, "out"), { every: 1 });
      await expect(made).rejects.toThrow(/a.m3u8: ffmpeg cannot take frames of it/);
      expect(asked).toBe(0);
    } finally {
      server.close();
    }
  });

  test("work that is ended leaves nothing behind", async () => {
    const folder = await scratchFolder();
    const video = await videoIn(folder, "a.mp4");
    const control = new AbortController();
    const made = writeFrames([video], join(folder, "out"), {
      ...{ every: 0.001, signal: control.signal },
    });
    control.abort();
    await expect(made).rejects.toThrow();
    expect(await readdir(folder)).toEqual(["a.mp4"]);
  });
});
