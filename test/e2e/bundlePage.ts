// A bundle in a page: real Chromium, onnxruntime-web, and a policy that runs no code from strings.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { openBrowser } from "../support/browser.js";
import { root, scratch } from "./convoy.js";

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

/** Draws an image on a canvas, and asks the bundle about it. */
const program = ({ width, height, rgb }: PageImage) => `
import * as runtime from "/runtime/ort.wasm.bundle.min.mjs";
import { open } from "/bundle/predict.js";
runtime.env.wasm.numThreads = 1;
runtime.env.wasm.wasmPaths = "/runtime/";
const net = await open(runtime);
const context = document.querySelector("canvas").getContext("2d");
const image = context.createImageData(${width}, ${height});
const rgb = ${JSON.stringify([...rgb])};
for (let at = 0; at < rgb.length / 3; at++) image.data.set([...rgb.slice(3 * at, 3 * at + 3), 255], 4 * at);
context.putImageData(image, 0, 0);
document.body.dataset.said = JSON.stringify(await net.predict(context.getImageData(0, 0, ${width}, ${height})));
`;

/** An image in colour bytes [height, width, 3]. */
export interface PageImage {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/** What a bundle in a page says of an image. */
export async function saidInPage(bundle: string, image: PageImage) {
  const page = scratch();
  const { width, height } = image;
  writeFileSync(
    join(page, "index.html"),
    `<canvas width="${width}" height="${height}"></canvas><script type="module" src="/use.mjs"></script>`,
  );
  writeFileSync(join(page, "use.mjs"), program(image));
  const runtime = join(root, "node_modules/onnxruntime-web/dist");
  const server = await served({ page, bundle, runtime });
  onTestFinished(() => void server.close());
  const browser = await openBrowser();
  const opened = await browser.newPage();
  const errors: string[] = [];
  opened.on("pageerror", ({ message }) => errors.push(message));
  await opened.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/index.html`);
  const said = opened.locator("body[data-said]");
  await said.waitFor({ state: "attached", timeout: 20_000 });
  expect(errors).toEqual([]);
  return JSON.parse((await said.getAttribute("data-said"))!);
}
