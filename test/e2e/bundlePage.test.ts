// A bundle that `convoy export` wrote, in a page.

import { join } from "node:path";
import { expect, test } from "vitest";
import { imagesOf } from "../../src/data/index.js";
import { openTrained } from "../../src/runs/index.js";
import { executablePath } from "../support/browser.js";
import { digitsFile } from "../support/digitsFile.js";
import { saidInPage } from "./bundlePage.js";
import { convoy, scratch } from "./convoy.js";

test.skipIf(executablePath === undefined)(
  "a page says of a canvas what the run says of the image",
  async () => {
    const cwd = scratch();
    const data = await digitsFile(cwd, 200);
    const settings = ["--model", "lenet5", "--epochs", "2", "--batch", "16", "--threads", "1"];
    await convoy(["train", data, ...settings, "--out", "run"], { cwd });
    const options = ["--format", "bundle", "--samples", "0", "--threads", "1", "--out", "bundle"];
    const { code, err } = await convoy(["export", "run", ...options], { cwd });
    expect(code, err).toBe(0);

    const pixels = Uint8Array.from({ length: 784 }, (_, at) =>
      at % 28 > 10 && at % 28 < 16 ? 240 : 0,
    );
    const net = await openTrained(join(cwd, "run"), { threads: 1 });
    const images = imagesOf(pixels, { height: 28, width: 28, channels: 1 });
    const [own] = await net.predict({
      ...{ name: "bar", length: 1, channels: 1, images, labels: { kind: "none" } },
    });
    await net.close();

    const rgb = Uint8Array.from({ length: 3 * 784 }, (_, at) => pixels[Math.floor(at / 3)]);
    const found = await saidInPage(join(cwd, "bundle"), { width: 28, height: 28, rgb });
    expect(found.class).toBe(own.class);
    expect(found.confidence).toBeCloseTo(own.confidence as number, 4);
  },
);
