import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import sharp from "sharp";
import { expect, test, vi } from "vitest";
import { temporaryFolder } from "../../test/support/tinyRun.js";
import { listImages } from "../data/index.js";
import { openTrained, predictFiles, train } from "./index.js";

/** A picture of one colour as a PNG. */
const plain = (red: number, width = 8, height = 8) =>
  sharp({ create: { width, height, channels: 3, background: { r: red, g: 0, b: 0 } } })
    .png()
    .toBuffer();

/** A folder of dark and bright images, and a run that has learned to tell them apart. */
async function trained() {
  const folder = temporaryFolder();
  for (const [name, red] of Object.entries({ dark: 0, bright: 255 })) {
    for (let at = 0; at < 8; at++) {
      const path = join(folder, "data", name, `${at}.png`);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, await plain(red, 8 + at));
    }
  }
  const out = join(folder, "run");
  const settings = {
    data: join(folder, "data"),
    model: "convnet-gn",
    size: 8,
    batch: 4,
    epochs: 6,
  };
  await train({ ...settings, engine: "reference", out });
  return { folder, out };
}

test("files, uploads and bad files are told of by number; a program is compiled once for a size", async () => {
  const { out } = await trained();
  const net = await openTrained(out, { engine: "reference" });
  const compiled = vi.spyOn(net.engine, "compile");
  const sources = [
    await plain(250),
    Buffer.from("no image"),
    ...(await Promise.all([3, 240, 6, 251, 9].map((red) => plain(red, 9, 20)))),
  ];
  const found = new Map<number, unknown>();
  for await (const { at, prediction, reason } of predictFiles(net, sources)) {
    found.set(at, prediction?.class ?? reason);
  }
  expect(found.get(1)).toMatch(/unsupported image format/);
  found.delete(1);
  const named = [0, 2, 3, 4, 5, 6].map((at) => found.get(at));
  expect(named).toEqual(["bright", "dark", "bright", "dark", "bright", "dark"]);
  for (let again = 0; again < 10; again++) {
    for await (const { prediction } of predictFiles(net, [sources[0]])) {
      expect(prediction?.class).toBe("bright");
    }
  }
  // For batches of 4, 2 and 1.
  expect(compiled).toHaveBeenCalledTimes(3);
  await net.close();
});

test("images of four channels are predicted as they are evaluated", async () => {
  const folder = temporaryFolder();
  const files = await Promise.all(
    Array.from({ length: 16 }, async (_, at) => {
      const name = at % 2 ? "faint" : "plain";
      const path = join(folder, "data", name, `${at}.png`);
      mkdirSync(dirname(path), { recursive: true });
      const background = { r: 9, g: 9, b: 9, alpha: at % 2 ? 0.1 : 1 };
      await sharp({ create: { width: 8, height: 8, channels: 4, background } }).toFile(path);
      return { path, name };
    }),
  );
  const out = join(folder, "run");
  const net = { model: "convnet-gn", size: 8, channels: 4, batch: 4, epochs: 6 };
  await train({ ...net, data: join(folder, "data"), engine: "reference", out });
  const trained = await openTrained(out, { engine: "reference" });
  const paths = files.map(({ path }) => path);
  for await (const { at, prediction } of predictFiles(trained, paths)) {
    expect(prediction?.class).toBe(files[at].name);
  }
  await trained.close();
});

test("images in linked folders are listed once, however links lead back", async () => {
  const folder = temporaryFolder();
  for (const name of ["a/1.png", "b/2.png"]) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), "");
  }
  symlinkSync("..", join(folder, "b", "up"));
  symlinkSync("../a", join(folder, "b", "aside"));
  symlinkSync("../b", join(folder, "a", "back"));
  const listed = (await listImages([folder])).map((path) => path.slice(folder.length + 1));
  expect(listed).toEqual(["a/1.png", "a/back/2.png", "b/2.png", "b/aside/1.png"]);
});

test("images are listed by name, folder and pattern", async () => {
  const folder = temporaryFolder();
  for (const name of ["b.png", "a.jpg", "deep/er/c.png", "notes.txt", ".hidden.png", "x[1].png"]) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), "");
  }
  const listed = async (...named: string[]) =>
    (await listImages(named.map((name) => join(folder, name)))).map((path) =>
      path.slice(folder.length + 1),
    );
  expect(await listed("")).toEqual(["a.jpg", "b.png", "deep/er/c.png", "x[1].png"]);
  expect(await listed("*.png")).toEqual(["b.png", "x[1].png"]);
  expect(await listed("**/*.png")).toEqual(["b.png", "deep/er/c.png", "x[1].png"]);
  expect(await listed("{a,b}.*")).toEqual(["a.jpg", "b.png"]);
  expect(await listed("[!b].jpg", "b.png")).toEqual(["a.jpg", "b.png"]);
  expect(await listed("x[1].png", "gone.png")).toEqual(["x[1].png", "gone.png"]);
  await expect(listed("deep/*.png")).rejects.toThrow(/no images fit this pattern/);
  mkdirSync(join(folder, "empty"));
  await expect(listed("empty")).rejects.toThrow(/no images in this folder/);
});
