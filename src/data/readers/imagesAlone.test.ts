import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../../test/support/tinyRun.js";
import { openDataset } from "../sources.js";

async function folderOf(...names: string[]): Promise<string> {
  const folder = temporaryFolder();
  for (const name of names) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    const create = { width: 5, height: 4, channels: 3 as const, background: "red" };
    writeFileSync(join(folder, name), await sharp({ create }).png().toBuffer());
  }
  return folder;
}

test("images in no class are read where no labels are wanted, and only there", async () => {
  const folder = await folderOf("a.png", "b.png");
  const { train } = await openDataset(folder, { kind: "none" });
  expect(train.length).toBe(2);
  expect(train.labels.kind).toBe("none");
  await expect(openDataset(folder)).rejects.toThrow(
    "2 images, and nothing that says what is on them",
  );
});

test("labels that are there stay, though none are wanted", async () => {
  const folder = await folderOf("cat/a.png", "dog/b.png");
  const { train } = await openDataset(folder, { kind: "none" });
  expect(train.labels.kind).toBe("class");
});

test("a folder without images is refused as any other", async () => {
  await expect(openDataset(temporaryFolder(), { kind: "none" })).rejects.toThrow(
    "no known kind of data set",
  );
});
