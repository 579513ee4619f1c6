// npm packages: installed when one that package-lock.json names is missing or of another version.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { action, root, run, SetupError } from "./report.mjs";

const lockOf = (path) => JSON.parse(readFileSync(path, "utf8")).packages;

/** Whether npm's own record of node_modules holds all that the lock asks for. */
function installed() {
  const lock = join(root, "package-lock.json");
  const record = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(record)) return false;
  if (!existsSync(lock)) return true;
  const present = lockOf(record);
  return Object.entries(lockOf(lock)).every(
    ([path, { version, optional }]) =>
      path === "" || present[path]?.version === version || (optional && !present[path]),
  );
}

/** `npm` as `npm run` found it, or else the one on the path. */
function npm() {
  const script = process.env.npm_execpath;
  return script?.endsWith(".js") ? [process.execPath, script] : ["npm"];
}

/**
 * Installs npm packages unless they are there. `npm install --no-save` keeps to the lock, as `npm ci`
 * does, but leaves what is right in place and tolerates optional packages of other platforms that a
 * registry lacks.
 */
export function installPackages() {
  const isClone = existsSync(join(root, "src"));
  if (!isClone || installed()) return;
  const command = [...npm(), "install", "--no-save", "--no-audit", "--no-fund"];
  try {
    action("installing npm packages", () => run("npm", [command]));
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    throw new SetupError(error.message, "check the network, then type: npm install");
  }
}
