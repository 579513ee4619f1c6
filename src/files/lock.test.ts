import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { isLocked, lockFolder } from "./lock.js";
import { thisProcess } from "./process.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "convoy-lock-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = () => join(folder, "run.lock");
const leave = (holder: object) => writeFileSync(path(), JSON.stringify(holder));

test("a folder is locked once and free again afterwards", () => {
  const lock = lockFolder(folder);
  expect(() => lockFolder(folder)).toThrow(`process ${process.pid} on ${hostname()} is working in`);
  lock.release();
  expect(readdirSync(folder)).toEqual([]);
  lockFolder(folder).release();
});

test("by whatever path", () => {
  const lock = lockFolder(folder);
  const linked = `${folder}-link`;
  symlinkSync(folder, linked);
  try {
    for (const other of [relative(process.cwd(), folder), linked]) {
      expect(() => lockFolder(other)).toThrow(`process ${process.pid}`);
    }
  } finally {
    rmSync(linked);
    lock.release();
  }
});

test("a living process keeps its lock, a dead one loses it", async () => {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  await once(child, "spawn");
  leave({ pid: child.pid, host: hostname() });
  expect(() => lockFolder(folder)).toThrow(`process ${child.pid}`);
  child.kill("SIGKILL");
  await once(child, "exit");
  lockFolder(folder).release();
});

test("a process that had our number before a crash does not hold us up", () => {
  leave({ pid: process.pid, host: hostname() });
  lockFolder(folder).release();
});

test.skipIf(!existsSync("/proc/self/stat"))(
  "nor does one whose number another process has now (needs /proc)",
  () => {
    leave({ ...thisProcess(), pid: process.ppid, started: "1" });
    lockFolder(folder).release();
    leave({ ...thisProcess(), pid: process.ppid, started: undefined });
    expect(() => lockFolder(folder)).toThrow(`process ${process.ppid}`);
  },
);

test.each([
  ["another machine", { pid: 1, host: "elsewhere" }],
  ["a container of this machine", { ...thisProcess(), pid: 1, space: "another pid:[1]" }],
])("the lock of %s is respected as long as it is touched", (_, holder) => {
  leave(holder);
  expect(() => lockFolder(folder)).toThrow(`process 1 on ${holder.host}`);
  const longAgo = Date.now() / 1000 - 150;
  utimesSync(path(), longAgo, longAgo);
  lockFolder(folder).release();
});

test("a holder gives a sign every 15 seconds", () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  try {
    const lock = lockFolder(folder);
    const longAgo = Date.now() / 1000 - 150;
    utimesSync(path(), longAgo, longAgo);
    vi.advanceTimersByTime(15_000);
    expect(statSync(path()).mtimeMs).toBeGreaterThan(1000 * longAgo + 100_000);
    lock.release();
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test.skipIf(!existsSync("/proc/self/stat"))(
  "a holder that is dead but not yet buried is gone (needs /proc)",
  async () => {
    const parent = spawn("sh", ["-c", "sleep 60 & echo $!; exec sleep 60"]);
    const [pid] = (await once(parent.stdout, "data")).map(Number);
    const expectState = (pid: number | undefined, state: RegExp) =>
      vi.waitFor(() => expect(readFileSync(`/proc/${pid}/stat`, "utf8")).toMatch(state), 10_000);
    try {
      // Its parent has become a program that never asks after it.
      await expectState(parent.pid, /\(sleep\)/);
      process.kill(pid, "SIGKILL");
      await expectState(pid, /\) Z /);
      leave({ pid, host: hostname() });
      lockFolder(folder).release();
    } finally {
      parent.kill("SIGKILL");
      await once(parent, "exit");
    }
  },
);

test.each([
  ["cut off while it was written", '{"pid":'],
  ["of zeros", "\0\0\0\0"],
  ["with a number that is none", '{"pid":"all","host":7,"id":"../../x"}'],
])("a lock that is %s is taken over", (_, text) => {
  writeFileSync(path(), text);
  lockFolder(folder).release();
  expect(readdirSync(folder)).toEqual([]);
});

test("one that cannot be replaced is named, without trying for ever", () => {
  symlinkSync(join(folder, "nothing"), path());
  expect(() => lockFolder(folder)).toThrow(/run\.lock cannot be taken; delete it/);
});

test("who has lost the lock is told, and leaves the other's alone", () => {
  const lock = lockFolder(folder);
  lock.expectHeld();
  rmSync(path());
  const other = lockFolder(folder);
  expect(() => lock.expectHeld()).toThrow(/has taken .* over/);
  lock.release();
  expect(existsSync(path())).toBe(true);
  other.expectHeld();
  other.release();
});

test("what killed processes left is removed, what others are writing is not", () => {
  const left = [".state.safetensors.99999999.tmp", ".run.lock.after-1.tmp"];
  const dead = JSON.stringify({ ...thisProcess(), pid: 99_999_999 });
  for (const name of left) writeFileSync(join(folder, name), dead);
  const kept = [".run.lock.two.tmp", ".hidden", "a.tmp"];
  const holder = JSON.stringify({ ...thisProcess(), pid: process.ppid, started: undefined });
  for (const name of kept) writeFileSync(join(folder, name), holder);
  lockFolder(folder).release();
  expect(readdirSync(folder).sort()).toEqual(kept.sort());
});

test("a file that is far too long for a lock is not read", () => {
  const path = join(folder, "run.lock");
  writeFileSync(path, "");
  truncateSync(path, 3e9);
  expect(() => isLocked(folder)).not.toThrow();
});
