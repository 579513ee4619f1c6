import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lockFolder } from "./lock.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "convoy-lock-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const leave = (pid: number, host = hostname()) =>
  writeFileSync(join(folder, "run.lock"), JSON.stringify({ pid, host }));

test("a folder is locked once and free again afterwards", () => {
  const unlock = lockFolder(folder);
  expect(() => lockFolder(folder)).toThrow(`process ${process.pid} on ${hostname()} is working in`);
  unlock();
  expect(existsSync(join(folder, "run.lock"))).toBe(false);
  lockFolder(folder)();
});

test("a living process keeps its lock, a dead one loses it", async () => {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  await once(child, "spawn");
  leave(child.pid!);
  expect(() => lockFolder(folder)).toThrow(`process ${child.pid}`);
  child.kill("SIGKILL");
  await once(child, "exit");
  lockFolder(folder)();
});

test("a process that had our number before a crash does not hold us up", () => {
  leave(process.pid);
  lockFolder(folder)();
});

test("another machine's lock is respected", () => {
  leave(1, "elsewhere");
  expect(() => lockFolder(folder)).toThrow("process 1 on elsewhere");
});

test("a lock that was cut off while it was written is taken over", () => {
  writeFileSync(join(folder, "run.lock"), '{"pid":');
  lockFolder(folder)();
});
