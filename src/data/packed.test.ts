import { createHash } from "node:crypto";
import { readdirSync, readFileSync, renameSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { scratchFolder } from "../../test/fixtures/data.js";
import { packImages } from "./packed.js";
import type { ReadProgress } from "./readers/reader.js";

/** Twelve images of sizes of their own, the fourth of which is none. */
async function sources(): Promise<string[]> {
  const folder = await scratchFolder();
  const paths = Array.from({ length: 12 }, (_, at) => join(folder, `${at}.png`));
  for (const [at, path] of paths.entries()) {
    const colour = { r: 20 * at, g: 0, b: 9 };
    const image = sharp({ create: { width: 3 + at, height: 2, channels: 3, background: colour } });
    writeFileSync(path, at === 3 ? "no image" : await image.png().toBuffer());
  }
  return paths;
}

const decoding = { channels: 3, side: 64 };
const hashOf = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");

test("packing goes on where it was killed, to the same bytes", async () => {
  const paths = await sources();
  const cache = await scratchFolder();
  const told: ReadProgress[] = [];
  const pack = () =>
    packImages("set", paths, decoding, { cache, onProgress: (progress) => told.push(progress) });
  const whole = await pack();
  expect([...whole.reasons.keys()]).toEqual([3]);
  expect(whole.images.sizes.slice(0, 10)).toEqual(Int32Array.of(2, 3, 2, 4, 2, 5, 0, 0, 2, 7));
  expect(told[0]).toMatchObject({ stage: "packing", done: 0, total: 12 });
  expect(told[0].folder).toContain(cache);
  expect(told[0].bytes).toBeGreaterThan(0);
  const [name] = readdirSync(cache);
  const [data, index, begun] = ["images.bin", "index.jsonl", "index.part.jsonl"].map((file) =>
    join(cache, name, file),
  );
  const expected = hashOf(data);
  const lines = readFileSync(index, "utf8");
  // As a kill leaves it: half a line of the index, or half an image behind what the index tells.
  for (const kill of [
    () => writeFileSync(begun, lines.slice(0, 60)),
    () => truncateSync(data, 100),
    () => truncateSync(data, 0),
  ]) {
    renameSync(index, begun);
    kill();
    told.length = 0;
    expect((await pack()).images.offsets).toEqual(whole.images.offsets);
    expect(hashOf(data)).toBe(expected);
    expect(readFileSync(index, "utf8")).toBe(lines);
    expect(told.at(-1)?.done).toBe(12);
  }
});

test("a packed set that is not whole is packed again", async () => {
  const paths = await sources();
  const cache = await scratchFolder();
  const pack = () => packImages("set", paths, decoding, { cache });
  await pack();
  const data = join(cache, readdirSync(cache)[0], "images.bin");
  const expected = hashOf(data);
  truncateSync(data, 50);
  await pack();
  expect(hashOf(data)).toBe(expected);
});

test("other settings are another set", async () => {
  const paths = await sources();
  const cache = await scratchFolder();
  await packImages("set", paths, decoding, { cache });
  await packImages("set", paths, { ...decoding, channels: 1 }, { cache });
  expect(readdirSync(cache)).toHaveLength(2);
});
