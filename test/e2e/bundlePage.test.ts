// A bundle in a page: real Chromium, onnxruntime-web, and a policy that runs no code from strings.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { expect, test } from "vitest";
import { imagesOf } from "../../src/data/index.js";
import { openTrained } from "../../src/runs/index.js";
import { executablePath, openBrowser } from "../support/browser.js";
import { digitsFile } from "../support/digitsFile.js";
import { convoy, root, scratch } from "./convoy.js";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

/** Serves folders by the first part of an address. */
function served(folders: Readonly<Record<string, string>>): Promise<Server> {
  const server = createServer(({ url = "" }, response) => {
    const [, first, ...rest] = url.split("/");
    const path = join(folders[first] ?? folders["page"], ...(folders[first] ? rest : [first]));
    if (!existsSync(path)) return void response.writeHead(404).end();
    const headers = {
      "content-type": types[extname(path)] ?? "application/octet-stream",
      "content-security-policy": "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'",
    };
    response.writeHead(200, headers).end(readFileSync(path));
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

/** Draws grey bytes on a canvas, and asks the bundle about it. */
const program = (pixels: readonly number[]) => `
import * as runtime from "/runtime/ort.wasm.bundle.min.mjs";
import { open } from "/bundle/predict.js";
runtime.env.wasm.numThreads = 1;
runtime.env.wasm.wasmPaths = "/runtime/";
const net = await open(runtime);
const context = document.querySelector("canvas").getContext("2d");
const image = context.createImageData(28, 28);
const grey = ${JSON.stringify(pixels)};
image.data.set(grey.flatMap((byte) => [byte, byte, byte, 255]));
context.putImageData(image, 0, 0);
document.body.dataset.said = JSON.stringify(await net.predict(context.getImageData(0, 0, 28, 28)));
`;

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

    writeFileSync(
      join(cwd, "index.html"),
      '<canvas width="28" height="28"></canvas><script type="module" src="/use.mjs"></script>',
    );
    writeFileSync(join(cwd, "use.mjs"), program([...pixels]));
    const runtime = join(root, "node_modules/onnxruntime-web/dist");
    const server = await served({ page: cwd, bundle: join(cwd, "bundle"), runtime });
    const browser = await openBrowser();
    try {
      const page = await browser.newPage();
      const errors: string[] = [];
      page.on("pageerror", ({ message }) => errors.push(message));
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/index.html`);
      const said = page.locator("body[data-said]");
      await said.waitFor({ state: "attached", timeout: 20_000 });
      expect(errors).toEqual([]);
      const found = JSON.parse((await said.getAttribute("data-said"))!);
      expect(found.class).toBe(own.class);
      expect(found.confidence).toBeCloseTo(own.confidence as number, 4);
    } finally {
      server.close();
    }
  },
);
