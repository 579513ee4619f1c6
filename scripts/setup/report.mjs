// What the set-up says, and how it runs other programs: one line an action, a log beside it, and what
// that log says when the action fails.

import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's root folder. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** Where everything that is built goes. */
export const buildFolder = join(root, "build");

/** A stop that its reader can do something about. */
export class SetupError extends Error {
  constructor(message, cure) {
    super(message);
    this.cure = cure;
  }
}

/** A warning after which the set-up goes on. */
export function warn(message) {
  console.error(`setup: warning: ${message}`);
}

/** Lines of a log that are shown. */
const SHOWN = 20;

/** What a log says about a failure: from its first error on, or else its last lines. */
function excerpt(log) {
  const lines = log.trimEnd().split("\n");
  const first = lines.findIndex((line) => /\berror\b/i.test(line));
  return (first < 0 ? lines.slice(-SHOWN) : lines.slice(first, first + SHOWN)).join("\n");
}

/** Does one action and says in one line what it is and how long it took. */
export function action(what, work) {
  const start = performance.now();
  process.stderr.write(`setup: ${what} ... `);
  try {
    const result = work();
    process.stderr.write(`${((performance.now() - start) / 1000).toFixed(1)} s\n`);
    return result;
  } catch (error) {
    process.stderr.write("failed\n");
    throw error;
  }
}

/**
 * Runs programs one after the other, their output in `build/setup-<name>.log`.
 *
 * @throws SetupError with what the log says when one fails.
 */
export function run(name, commands, env = {}) {
  mkdirSync(buildFolder, { recursive: true });
  const path = join(buildFolder, `setup-${name}.log`);
  writeFileSync(path, "");
  for (const [program, ...args] of commands) {
    const log = openSync(path, "a");
    const { status, error } = spawnSync(program, args, {
      cwd: root,
      stdio: ["ignore", log, log],
      env: { ...process.env, ...env },
    });
    closeSync(log);
    if (error || status !== 0) {
      const why = error ? error.message : `exit code ${status}`;
      const command = [program, ...args].join(" ");
      throw new SetupError(
        `${command}: ${why}\n${excerpt(readFileSync(path, "utf8"))}`,
        `see ${path}`,
      );
    }
  }
}
