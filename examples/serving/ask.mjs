// What the measurements share: a server in a process of its own, images as bodies with their answers, and load.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openDataset } from "convoynet";
import { hostTensor, writeNpy } from "convoynet/tensor";
import sharp from "sharp";

const beside = (name) => fileURLToPath(new URL(name, import.meta.url));

/** Starts a server; `close` ends it and gives its exit code. */
export async function startServer(by, run, threads, settings = {}) {
  const args = [beside("server.mjs"), by, run, String(threads), JSON.stringify(settings)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const [text] = await once(child.stdout, "data");
  const address = String(text).trim();
  const close = async () => {
    const exit = once(child, "exit");
    child.kill("SIGTERM");
    return (await exit)[0];
  };
  return { address, port: Number(new URL(address).port), pid: child.pid, close };
}

/** Bodies of test images: a PNG each, or arrays of some. */
export async function bodiesOf(data, count, each) {
  const { test } = await openDataset(data);
  const { channels, images } = test;
  const [height, width] = images.sizes;
  const size = height * width * channels;
  const bodies = [];
  for (let from = 0; from + each <= count; from += each) {
    const pixels = Uint8Array.from(images.bytes.subarray(from * size, (from + each) * size));
    bodies.push(Buffer.from(writeNpy(hostTensor("u8", [each, height, width, channels], pixels))));
  }
  return bodies;
}

/** The same as PNG files, one image each. */
export async function filesOf(data, count) {
  const { test } = await openDataset(data);
  const { channels, images } = test;
  const [height, width] = images.sizes;
  const size = height * width * channels;
  return Promise.all(
    Array.from({ length: count }, (_, at) =>
      sharp(images.bytes.subarray(at * size, (at + 1) * size), { raw: { width, height, channels } })
        .png()
        .toBuffer(),
    ),
  );
}

/** Asks for each body alone, and writes bodies with their answers into a file for the load. */
export async function withAnswers(address, bodies) {
  const known = [];
  for (const body of bodies) {
    const response = await fetch(`${address}/predict`, { method: "POST", body });
    const text = await response.text();
    const answer = [JSON.parse(text)].flat().map((one) => [one.class, one.confidence]);
    known.push({ body: body.toString("base64"), text, answer });
  }
  const file = join(mkdtempSync(join(tmpdir(), "convoy-load-")), "bodies.json");
  writeFileSync(file, JSON.stringify(known));
  return file;
}

/** Runs the load in a process of its own, and gives what it found. */
export async function load(options) {
  const args = [beside("load.mjs"), JSON.stringify(options)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let out = "";
  child.stdout.on("data", (text) => (out += text));
  await once(child, "close");
  return JSON.parse(out);
}
