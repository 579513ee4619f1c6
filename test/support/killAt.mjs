// Loaded into a program by `--import`: kills it at its n-th call that changes a folder, as a power cut would.
// KILL_AT is n, KILL_IN the folder; with POWER_CUT what has not been brought to disk is lost as well. Without
// KILL_AT the calls are counted, and their names written to KILL_LOG at the end.

import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const { KILL_AT, KILL_IN, KILL_LOG, POWER_CUT } = process.env;
const isInside = (path) => typeof path === "string" && path.startsWith(KILL_IN);

const original = { ...fs };
const calls = [];
/** Bytes of growing files that are on disk. */
const synced = new Map();

function die() {
  if (POWER_CUT) for (const [path, size] of synced) original.truncateSync(path, size);
  process.kill(process.pid, "SIGKILL");
}

function count(name, path) {
  calls.push(`${name} ${path.slice(KILL_IN.length)}`);
  if (calls.length === Number(KILL_AT)) die();
}

/** Counts a function's calls by the first of its arguments that is a path inside the folder. */
function watch(object, name) {
  const plain = object[name];
  object[name] = function (...args) {
    const path = args.find(isInside);
    const reads = /^open/.test(name) && (args[1] ?? "r") === "r";
    if (path !== undefined && !reads) count(name, path);
    if (name === "appendFileSync" && isInside(path) && !synced.has(path)) {
      synced.set(path, original.statSync(path, { throwIfNoEntry: false })?.size ?? 0);
    }
    return plain.apply(this, args);
  };
}

for (const name of [
  "mkdirSync",
  "openSync",
  "linkSync",
  "renameSync",
  "rmSync",
  "appendFileSync",
]) {
  watch(fs, name);
}
for (const name of ["open", "rename", "rm"]) watch(fs.promises, name);

/** What is done with an open file counts too. */
const { open } = fs.promises;
fs.promises.open = async (path, ...more) => {
  const handle = await open(path, ...more);
  if (!isInside(path)) return handle;
  for (const name of ["writeFile", "sync"]) {
    const plain = handle[name].bind(handle);
    handle[name] = async (...args) => {
      count(name, path);
      const done = await plain(...args);
      if (name === "sync" && synced.has(path)) synced.set(path, original.statSync(path).size);
      return done;
    };
  }
  return handle;
};
syncBuiltinESMExports();

if (KILL_LOG) process.on("exit", () => original.writeFileSync(KILL_LOG, calls.join("\n")));
