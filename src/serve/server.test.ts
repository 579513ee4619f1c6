// Real servers, real requests, real nets.

import { once } from "node:events";
import { Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { taskCases } from "../../test/conformance/taskCases.js";
import { caseNet } from "../../test/support/caseNet.js";
import { digitsFile } from "../../test/support/digitsFile.js";
import { temporaryFolder } from "../../test/support/tinyRun.js";
import { compressInt8, openTrained, predictFiles, train } from "../runs/index.js";
import type { Prediction } from "../tasks/index.js";
import { hostTensor, writeNpy } from "../tensor/index.js";
import { Random } from "../tensor/philox.js";
import { type Servable, servable, serve } from "./index.js";
import type { ServeOptions } from "./server.js";
import type { ServeSettings } from "./settings.js";

/** Grey images of noise, u8 [n, height, width, 1]. */
function noise(length: number, side: number, seed = 1): Uint8Array {
  const random = new Random({ seed, purpose: "search" });
  return Uint8Array.from({ length: length * side ** 2 }, () => random.integer(256));
}

const png = (pixels: Uint8Array, side: number): Promise<Buffer> =>
  sharp(pixels, { raw: { width: side, height: side, channels: 1 } })
    .png()
    .toBuffer();

/** A server that ends with the test. */
async function serving(net: Servable, settings: ServeSettings = {}, options: ServeOptions = {}) {
  const onFault = (error: unknown) => expect.unreachable(String(error));
  const server = await serve(net, { port: 0, batch: 4, ...settings }, { onFault, ...options });
  onTestFinished(() => server.close());
  return server;
}

const post = (address: string, body: Uint8Array, headers: Record<string, string> = {}) =>
  fetch(`${address}/predict`, { method: "POST", body: body as RequestInit["body"], headers });

const metricsOf = async (address: string) => (await fetch(`${address}/metrics`)).text();

/** As JSON has it. */
const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

async function filesSaid(net: Parameters<typeof predictFiles>[0], files: readonly Buffer[]) {
  const found: Prediction[] = [];
  for await (const { at, prediction } of predictFiles(net, files)) found[at] = prediction!;
  return plain(found);
}

describe.each(taskCases.map((one) => [one.task.name, one] as const))("%s", (_, one) => {
  test("is answered as predict says it, of a file and of an array", async () => {
    const { side = 4 } = one;
    const net = await caseNet(one);
    onTestFinished(() => net.close());
    const { address } = await serving(servable(net));
    const pixels = noise(5, side);
    const size = side ** 2;
    const files = await Promise.all(
      [0, 1, 2, 3, 4].map((at) => png(pixels.subarray(at * size, (at + 1) * size), side)),
    );
    const expected = await filesSaid(net, files);
    for (const [at, file] of files.entries()) {
      const answer = await post(address, file);
      expect([answer.status, await answer.json()]).toEqual([200, expected[at]]);
    }
    const array = writeNpy(hostTensor("u8", [5, side, side, 1], pixels));
    expect(await (await post(address, array)).json()).toEqual(expected);
    expect(await (await fetch(`${address}/`)).json()).toMatchObject({ task: one.task.name });
  });
});

/** Numbers rounded, since sums of batches of other sizes may be made in another order. */
const rounded = (said: Prediction) =>
  JSON.parse(JSON.stringify(said), (_, value) =>
    typeof value === "number" ? Number(value.toFixed(4)) : value,
  );

test("500 images at once get each its own answer, of a run and of its int8", async () => {
  const folder = temporaryFolder();
  const data = await digitsFile(folder, 300);
  const run = join(folder, "run");
  const int8 = join(folder, "int8");
  await train({ data, model: "lenet5", steps: 60, epochs: 2, batch: 16, threads: 1, out: run });
  await compressInt8(run, { out: int8, threads: 1, calibrate: 50 });
  const pixels = noise(500, 28);
  const files = await Promise.all(
    Array.from({ length: 500 }, (_, at) => png(pixels.subarray(at * 784, (at + 1) * 784), 28)),
  );
  for (const path of [run, int8]) {
    const net = await openTrained(path, { threads: 1, batch: 16 });
    const { address, close } = await serving(servable(net), { batch: 16, waiting: 600 });
    const expected = (await filesSaid(net, files)).map(rounded);
    // Each answer tells probabilities of its own.
    expect(new Set(expected.map((one: unknown) => JSON.stringify(one))).size).toBe(500);
    const found = await Promise.all(
      files.map(async (file) => (await post(address, file)).json() as Promise<Prediction>),
    );
    expect(found.map(rounded)).toEqual(expected);
    const metrics = await metricsOf(address);
    expect(metrics).toContain('convoy_requests_total{status="200"} 500');
    expect(metrics).toContain("convoy_waiting_images 0\n");
    expect(metrics).toContain("convoy_held_bytes 0\n");
    const batches = Number(/convoy_batch_images_count (\d+)/.exec(metrics)?.[1]);
    expect(batches).toBeLessThan(500);
    await close();
    await net.close();
  }
});

/** A net whose answers are held back until the test lets them go. */
function heldNet() {
  const ends: (() => void)[] = [];
  const sizes: number[] = [];
  const net: Servable = {
    about: { model: "held" },
    decoding: { channels: 1 },
    prepare: async () => undefined,
    async predict(images) {
      sizes.push(images.length);
      await new Promise<void>((end) => ends.push(end));
      return images.map(({ data }) => ({ first: data[0], confidence: 1 }));
    },
  };
  const end = () => {
    for (const one of ends.splice(0)) one();
  };
  return { net, sizes, end };
}

/** An array of one image whose first pixel is a number. */
const marked = (mark: number) => writeNpy(hostTensor("u8", [1, 1, 1, 1], Uint8Array.of(mark)));

const waitingIs = (address: string, count: number) =>
  vi.waitFor(async () =>
    expect(await metricsOf(address)).toContain(`convoy_waiting_images ${count}\n`),
  );

test("bodies that are none of these are refused in a line", async () => {
  const { net } = heldNet();
  const { address } = await serving(net, { body: 1, pixels: 1, waiting: 3 });
  const big = await sharp({ create: { width: 1001, height: 1000, channels: 3, background: "red" } })
    .png()
    .toBuffer();
  const array = (dtype: "u8" | "f32", shape: number[]) => {
    const count = shape.reduce((product, size) => product * size, 1);
    const data = dtype === "u8" ? new Uint8Array(count) : new Float32Array(count);
    return writeNpy(hostTensor(dtype, shape, data as never));
  };
  const cases: [Uint8Array, number, RegExp][] = [
    [new Uint8Array(0), 400, /the body is empty; expected an image/],
    [Buffer.from("no image"), 400, /the image: Input buffer contains unsupported image format/],
    [big.subarray(0, 300), 400, /the image: /],
    [big, 400, /the image: Input image exceeds pixel limit/],
    [new Uint8Array(1_000_001), 413, /the body has more than 1.0 MB/],
    [array("u8", [2, 2]), 400, /the array is u8 \[2, 2\]; expected u8 \[n, height, width, 1\]/],
    [array("u8", [1, 2, 2, 3]), 400, /the array is u8 \[1, 2, 2, 3\]; expected/],
    [array("f32", [1, 2, 2, 1]), 400, /the array is f32 \[1, 2, 2, 1\]; expected/],
    [array("u8", [0, 2, 2, 1]), 400, /the array is u8 \[0, 2, 2, 1\]; expected/],
    [array("u8", [1, 0, 2, 1]), 400, /have 0x2 pixels; expected 1 to 1000000/],
    [array("u8", [4, 1, 1, 1]), 413, /the array has 4 images; expected at most 3/],
    [Buffer.concat([marked(1), Buffer.from("more")]), 400, /the array/],
    [marked(1).subarray(0, 20), 400, /the array/],
  ];
  for (const [body, status, message] of cases) {
    const answer = await post(address, body);
    const { error } = (await answer.json()) as { error: string };
    expect(error).toMatch(message);
    expect([answer.status, error.includes("\n")]).toEqual([status, false]);
  }
  expect(await metricsOf(address)).toContain("convoy_held_bytes 0\n");
});

test("a full server says so and when to come again; what waits is answered", async () => {
  const { net, end, sizes } = heldNet();
  const { address } = await serving(net, { waiting: 3, batch: 2 });
  const held = [1, 2, 3].map((mark) => post(address, marked(mark)));
  await waitingIs(address, 3);
  const refused = await post(address, marked(4));
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
  expect(await refused.json()).toEqual({
    error: "the server is full: 3 images wait; try again later",
  });
  const going = setInterval(end, 5);
  const said = await Promise.all(held.map(async (one) => (await one).json()));
  expect(said).toEqual([1, 2, 3].map((first) => [{ first, confidence: 1 }]));
  expect(Math.max(...sizes)).toBeLessThanOrEqual(2);
  expect((await post(address, marked(5))).status).toBe(200);
  clearInterval(going);
  expect(await metricsOf(address)).toContain('convoy_requests_total{status="503"} 1');
});

test("bytes are bounded as well", async () => {
  const { net } = heldNet();
  const { address } = await serving(net, { memory: 1, body: 2 });
  const array = writeNpy(hostTensor("u8", [1, 1100, 1000, 1], new Uint8Array(1_100_000)));
  const answer = await post(address, array);
  expect(answer.status).toBe(503);
  expect(((await answer.json()) as { error: string }).error).toMatch(/bytes are held/);
  expect(await metricsOf(address)).toContain("convoy_held_bytes 0\n");
});

test("who goes away is not waited for", async () => {
  const { net, end, sizes } = heldNet();
  const { address } = await serving(net, { batch: 1 });
  const held = [1, 2].map((mark) => post(address, marked(mark)));
  await waitingIs(address, 2);
  const leaving = new AbortController();
  const { signal } = leaving;
  const left = fetch(`${address}/predict`, {
    method: "POST",
    body: marked(3) as RequestInit["body"],
    signal,
  });
  await waitingIs(address, 3);
  leaving.abort();
  await expect(left).rejects.toThrow(/abort/);
  await vi.waitFor(async () =>
    expect(await metricsOf(address)).toContain('convoy_requests_total{status="499"} 1'),
  );
  end();
  await Promise.all(held);
  await waitingIs(address, 0);
  expect(sizes).toEqual([1, 1]);
});

test("a server that ends answers what waits, and takes no more", async () => {
  const { net, end } = heldNet();
  const { address, close } = await serving(net, { batch: 1 });
  const agent = new Agent({ keepAlive: true });
  const { port } = new URL(address);
  /** One that may be asked for on a connection that is there already. */
  const ask = async (mark: number) => {
    const sent = httpRequest({ port, path: "/predict", method: "POST", agent });
    sent.end(marked(mark));
    const [answer] = (await once(sent, "response")) as [IncomingMessage];
    let text = "";
    for await (const chunk of answer) text += chunk;
    return { status: answer.statusCode, connection: answer.headers.connection, text };
  };
  const held = [ask(1), ask(2), ask(3)];
  await waitingIs(address, 3);
  const slow = connect(Number(port), "127.0.0.1");
  await once(slow, "connect");
  slow.write("POST /predict HTTP/1.1\r\nHost: loc");
  const ended = close();
  await expect(fetch(`${address}/health`)).rejects.toThrow();
  const going = setInterval(end, 5);
  const said = await Promise.all(held);
  clearInterval(going);
  expect(said.map(({ status, text }) => [status, JSON.parse(text)[0].first])).toEqual([
    [200, 1],
    [200, 2],
    [200, 3],
  ]);
  await ended;
  slow.destroy();
  agent.destroy();
});

test("connections, slow requests and what is no HTTP have bounds", async () => {
  const { net } = heldNet();
  const { address } = await serving(net, { connections: 1, seconds: 0.1 });
  const port = Number(new URL(address).port);
  const heard = async (text: string) => {
    const socket = connect(port, "127.0.0.1");
    socket.write(text);
    let found = "";
    for await (const chunk of socket) found += chunk;
    return found;
  };
  const post = "POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nabc";
  expect(await heard(post)).toMatch(/^HTTP\/1.1 408 [\s\S]*the body took longer than 0.1 s"}$/);
  expect(await heard("\u0000\r\n\r\n")).toMatch(
    /^HTTP\/1.1 400 [\s\S]*"error":"this is no request/,
  );
  const long = `GET / HTTP/1.1\r\nHost: localhost\r\nA: ${"a".repeat(20_000)}\r\n\r\n`;
  expect(await heard(long)).toMatch(/^HTTP\/1.1 431 [\s\S]*"error":"the headers are too long"/);
  const first = connect(port, "127.0.0.1");
  await once(first, "connect");
  expect(await heard("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")).toBe("");
  first.destroy();
  await once(first, "close");
  await vi.waitFor(async () =>
    expect(await metricsOf(address)).toMatch(/convoy_connections_dropped_total [1-9]/),
  );
});

test("a server that others reach wants a token, but for its health", async () => {
  const { net } = heldNet();
  const open = await serving(net, { host: "0.0.0.0" });
  const address = open.address.replace("0.0.0.0", "127.0.0.1");
  expect(open.token).toMatch(/^[\w-]{43}$/);
  expect((await fetch(`${address}/`)).status).toBe(401);
  expect((await post(address, marked(1))).status).toBe(401);
  expect(await (await fetch(`${address}/health`)).json()).toEqual({ status: "ok" });
  const authorization = `Bearer ${open.token}`;
  expect((await fetch(`${address}/`, { headers: { authorization } })).status).toBe(200);
  const own = await serving(net, {}, { token: "mine" });
  expect([own.token, (await fetch(`${own.address}/metrics`)).status]).toEqual(["mine", 401]);
});

test("a net's fault is told to the owner alone", async () => {
  const faults: unknown[] = [];
  const { net } = heldNet();
  const broken = { ...net, predict: () => Promise.reject(new Error("secret")) };
  const { address } = await serving(broken, {}, { onFault: (error) => faults.push(error) });
  const answer = await post(address, marked(1));
  expect([answer.status, await answer.json()]).toEqual([
    500,
    { error: "a fault of the server; its log tells more" },
  ]);
  expect(faults).toMatchObject([{ message: "secret" }]);
});

test.each([
  [{ batch: 3 }, /setting batch is 3: expected a power of two/],
  [{ port: 70_000 }, /setting port is 70000: expected at most 65535/],
  [{ waits: 1 }, /unknown setting "waits" \(did you mean "wait"\?\)/],
])("settings that cannot be: %j", async (settings, message) => {
  await expect(serve(heldNet().net, settings as ServeSettings)).rejects.toThrow(message);
});
