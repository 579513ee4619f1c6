// The lock of a folder between threads and processes. They run the compiled form.

import { once } from "node:events";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { lockFolder } from "../../src/files/lock.js";
import { thisProcess } from "../../src/files/process.js";
import { root, scratch } from "./convoy.js";

const url = new URL("dist/files/lock.js", `file://${root}/`).href;

/** Runs a program of `lockFolder`, `post` and `data` in a thread, which first says that it is ready. */
async function thread(program: string, data: object): Promise<Worker> {
  const source = `
    const { workerData: data, parentPort } = require("node:worker_threads");
    const post = (message) => parentPort.postMessage(message);
    import(${JSON.stringify(url)}).then(({ lockFolder }) => {
      ${program}
    });`;
  const worker = new Worker(source, { eval: true, workerData: data });
  await once(worker, "message");
  return worker;
}

test("another thread holds a folder, until that thread ends", async () => {
  const folder = scratch();
  const program = `
    globalThis.lock = lockFolder(data.folder);
    setInterval(() => {}, 1000);
    post("held");`;
  const worker = await thread(program, { folder });
  expect(() => lockFolder(folder)).toThrow(`process ${process.pid}`);
  await worker.terminate();
  lockFolder(folder).release();
});

const THREADS = 4;
const ROUNDS = 115;

/**
 * Waits for each round to be opened, tries to take the lock of its folder, and counts the successes. It lives
 * on: a thread that ends gives its locks back.
 */
const contender = `
  setInterval(() => {}, 1000);
  const { join } = require("node:path");
  const open = new Int32Array(data.open);
  const taken = new Int32Array(data.taken);
  post("ready");
  for (let round = 0; round < open.length; round++) {
    Atomics.wait(open, round, 0);
    try {
      globalThis[round] = lockFolder(join(data.folder, String(round)));
      Atomics.add(taken, round, 1);
    } catch (error) {
      if (!/is working in/.test(error.message)) throw error;
    }
  }
  post("done");`;

test.each([
  ["no lock", undefined],
  ["a dead lock", { ...thisProcess(), pid: 99_999_999, id: "dead" }],
  ["a lock that says nothing", {}],
])("of many that try at once over %s exactly one succeeds", async (_, dead) => {
  const folder = scratch();
  for (let round = 0; round < ROUNDS; round++) {
    mkdirSync(join(folder, `${round}`));
    if (dead) writeFileSync(join(folder, `${round}`, "run.lock"), JSON.stringify(dead));
  }
  const [open, taken] = [new SharedArrayBuffer(4 * ROUNDS), new SharedArrayBuffer(4 * ROUNDS)];
  const data = { folder, open, taken };
  const workers = await Promise.all(Array.from({ length: THREADS }, () => thread(contender, data)));
  const done = workers.map((worker) => once(worker, "message"));
  const flags = new Int32Array(open);
  for (let round = 0; round < ROUNDS; round++) {
    Atomics.store(flags, round, 1);
    Atomics.notify(flags, round);
    await wait(1);
  }
  await Promise.all(done);
  expect([...new Int32Array(taken)]).toEqual(Array.from({ length: ROUNDS }, () => 1));
  for (let round = 0; round < ROUNDS; round++) {
    expect(readdirSync(join(folder, `${round}`))).toEqual(["run.lock"]);
  }
  await Promise.all(workers.map((worker) => worker.terminate()));
});
