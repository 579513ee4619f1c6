// What a compressed net is trained on by, and on: settings and data of a run that are not those of every run.

import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { stripesFile } from "../../../test/support/stripesFile.js";
import { temporaryFolder } from "../../../test/support/tinyRun.js";
import { train } from "../index.js";
import { compressInt8 } from "./int8.js";
import { compressShared } from "./share.js";

const threads = 1;

test("the work that a run was given is not that of the training behind a compression", async () => {
  const folder = temporaryFolder();
  const [run, out] = [join(folder, "run"), join(folder, "shared")];
  const settings = { data: stripesFile(folder), model: "lenet5", batch: 10, lr: 0.01, threads };
  await train({ ...settings, epochs: 3, gradients: 1, out: run });
  await compressShared(run, { bits: 4, epochs: 2, threads, out });
  const epochs = readFileSync(join(out, "metrics.jsonl"), "utf8").match(/"type":"epoch"/g);
  expect(epochs).toHaveLength(2);
});

test("a run that learned from images alone is compressed, though they lie in folders by class", async () => {
  const folder = temporaryFolder();
  const data = join(folder, "images");
  for (const name of ["left", "right"]) {
    mkdirSync(join(data, name), { recursive: true });
    for (let at = 0; at < 12; at++) {
      const raw = Uint8Array.from({ length: 32 * 32 }, (_, place) => (place * (at + 3)) % 256);
      const image = sharp(raw, { raw: { width: 32, height: 32, channels: 1 } });
      await image.png().toFile(join(data, name, `${at}.png`));
    }
  }
  const [run, out] = [join(folder, "run"), join(folder, "int8")];
  const net = { task: "autoencoder", model: "conv-autoencoder", size: 32, batch: 8, threads };
  await train({ ...net, data, epochs: 1, out: run });
  const { layers } = await compressInt8(run, { out, calibrate: 8, threads });
  expect(layers.some(({ type }) => type === "int8")).toBe(true);
});
