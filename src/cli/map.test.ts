import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Command } from "commander";
import sharp from "sharp";
import { expect, test } from "vitest";
import { digitsFile } from "../../test/support/digitsFile.js";
import { temporaryFolder } from "../../test/support/tinyRun.js";
import { train } from "../runs/index.js";
import { define } from "./map.js";

/** Writes an image of one colour with a dark corner. */
async function paint(path: string, green: number, corner = 2): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const side = { width: 8, height: 8, channels: 3 } as const;
  const dark = { create: { ...side, width: corner, background: { r: 0, g: 0, b: 0 } } };
  await sharp({ create: { ...side, background: { r: 90, g: green, b: 0 } } })
    .composite([{ input: dark, left: 0, top: 0 }])
    .toFile(path);
}

const base = { model: "convnet-gn", batch: 4, steps: 1, engine: "reference" } as const;

/** A data set of two classes, one with a hostile name, and a run that has seen it. */
async function trained() {
  const folder = temporaryFolder();
  const data = join(folder, "data");
  for (const [name, green] of Object.entries({ "<b>dark": 0, bright: 200 })) {
    for (let at = 0; at < 8; at++)
      await paint(join(data, name, `${at}.png`), green + at, 1 + (at % 4));
  }
  const run = join(folder, "run");
  await train({ ...base, size: 8, data, out: run });
  return { folder, data, run };
}

/** What the verb prints, and the map. */
async function map(run: string, out: string, ...args: readonly string[]) {
  let printed = "";
  const command = new Command().exitOverride();
  const stream = { write: (text: string) => (printed += text) };
  define(command, { out: stream, err: stream });
  const own = [run, ...args, "--out", out, "--engine", "reference"];
  await command.parseAsync(own, { from: "user" });
  return { printed, svg: readFileSync(out, "utf8") };
}

const marks = (svg: string) => svg.match(/<title>/g)?.length ?? 0;

test("images of class folders are marked by class, the same ones at the same places for a seed", async () => {
  const { folder, data, run } = await trained();
  const out = join(folder, "map.svg");
  const { svg, printed } = await map(run, out, data, "--json");
  expect(marks(svg)).toBe(16);
  expect(svg).toContain(">&lt;b&gt;dark</text>");
  expect(svg).not.toContain("<b>");
  const { images, axes } = JSON.parse(printed);
  expect(axes[0]).toMatch(/component 1, \d+ % of the variance/);
  const ofClass = (name: string) => images.filter((one: { class: string }) => one.class === name);
  expect([ofClass("bright").length, ofClass("<b>dark").length]).toEqual([8, 8]);
  expect(images.every(({ x, y }: Record<string, number>) => Number.isFinite(x + y))).toBe(true);

  const few = ["--images", "9", "--method", "umap", "--seed", "3", "--thumbnails"];
  const first = await map(run, out, data, ...few);
  expect(marks(first.svg)).toBe(9);
  expect(first.svg.match(/href="data:image\/png;base64,[^"]+"/g)).toHaveLength(9);
  expect(first.printed).toContain("9 of 16 images; UMAP: 8 neighbours");
  expect((await map(run, out, data, ...few)).svg).toBe(first.svg);
  const other = [...few.slice(0, 4), "--seed", "4", "--thumbnails"];
  expect((await map(run, out, data, ...other)).svg).not.toBe(first.svg);
});

test("image files of no class and arrays have maps too", async () => {
  const { folder, data, run } = await trained();
  const out = join(folder, "map.svg");
  const { svg, printed } = await map(run, out, join(data, "bright"), "--method", "tsne");
  expect(marks(svg)).toBe(8);
  expect(svg).toContain("bright/3.png</title>");
  expect(printed).toContain("8 images; t-SNE: perplexity 2.3");

  const digits = await digitsFile(folder, 20);
  const grey = join(folder, "grey");
  await train({ ...base, data: digits, out: grey });
  const numbers = await map(grey, out, digits, "--json", "--thumbnails");
  expect(marks(numbers.svg)).toBe(20);
  expect(JSON.parse(numbers.printed).images[4]).toMatchObject({ image: 4, class: "9" });
});

test("what cannot be shown is told before anything is written", async () => {
  const { folder, data, run } = await trained();
  const out = join(folder, "map.svg");
  const one = join(data, "bright", "0.png");
  await expect(map(run, out, data, "--method", "tnse")).rejects.toThrow(/"tnse".*tsne/);
  await expect(map(run, join(folder, "map.png"), data)).rejects.toThrow(/ends in \.svg/);
  await expect(map(run, out, one)).rejects.toThrow(/1 row to place; expected two at least/);
  await expect(map(run, out, one, one)).rejects.toThrow(/all 2 rows are the same/);
  await expect(map(run, out, "mnits")).rejects.toThrow(/no data set "mnits"/);
  await expect(map(run, out, one, "--columns", "label=a")).rejects.toThrow("--columns");
  expect(existsSync(out)).toBe(false);
});
