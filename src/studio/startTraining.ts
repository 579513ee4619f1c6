// Training that somebody starts in the page, or goes on with: the command `convoy train` as a process of its own, which goes on
// when the studio is closed.

import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { isLocked } from "../files/lock.js";
import { InputError } from "../inputError.js";
import { freeFolder, runFiles } from "../runs/index.js";
import { parseSettings } from "../settings.js";
import type { TrainingAsked } from "./api.js";

const BIN = fileURLToPath(new URL("../../bin/convoy.mjs", import.meta.url));

/** Looks whether the run has begun are so far apart, in milliseconds. */
const EVERY = 100;
/** Letters of what a process says that are kept. */
const MOST_SAID = 4000;

/** The training that was begun last. */
let last: Promise<unknown> = Promise.resolve();

/** What the page asks for. */
const asked = z.strictObject({
  set: z.string(),
  epochs: z.int().min(1).max(1000).default(30),
  /** Pixels of a side that images are brought to. */
  size: z.int().min(16).max(224).default(64),
  /** Whether what is mirrored is the same thing. */
  mirror: z.boolean().default(true),
}) satisfies z.ZodType<TrainingAsked>;

/** Shares and sizes that suit a few images a class. */
const few = ["--model", "convnet-gn", "--batch", "8", "--selection", "0.2", "--quiet"];

/** The last line that a process said. */
const lastLine = (said: string) =>
  said
    .trim()
    .split("\n")
    .at(-1)!
    .replace(/^convoy: /, "");

/**
 * Trains a net on a set of images.
 *
 * @param folderOf the folder of a set by its name
 * @returns the folder of the run, once it has begun
 * @throws InputError saying what the process said when it ended before that.
 */
export function startTraining(
  root: string,
  folderOf: (set: string) => string,
  given: unknown,
): Promise<string> {
  // One begins after the other, so that each finds a folder that is free.
  const begun = last.then(() => begin(root, folderOf, given));
  last = begun.catch(() => undefined);
  return begun;
}

async function begin(
  root: string,
  folderOf: (set: string) => string,
  given: unknown,
): Promise<string> {
  const { set, epochs, size, mirror } = parseSettings(asked, given, "training");
  const data = folderOf(set);
  if (!existsSync(data)) throw new InputError(`there is no set ${JSON.stringify(set)}`);
  const out = freeFolder(join(root, basename(data)));
  const numbers = ["--epochs", `${epochs}`, "--size", `${size}`];
  const augment = ["--augment", mirror ? "shift,flip" : "shift"];
  const args = [data, ...few, ...numbers, ...augment, "--out", out];
  await launched(root, args, () => existsSync(join(out, runFiles.metrics)));
  return out;
}

/**
 * Goes on with a run that was stopped, by the command that it names.
 *
 * @throws InputError saying what the process said when it ended before that.
 */
export const resumeTraining = (root: string, folder: string): Promise<void> =>
  launched(root, ["--resume", folder, "--quiet"], () => isLocked(folder));

/** Starts `convoy train`; over when it has begun. */
function launched(root: string, args: readonly string[], hasBegun: () => boolean): Promise<void> {
  // A file, and no pipe, which would keep this process, and end with it under the other one's hands.
  const told = mkdtempSync(join(tmpdir(), "convoy-studio-"));
  const said = openSync(join(told, "said"), "w+");
  const child = spawn(process.execPath, [BIN, "train", ...args], {
    cwd: root,
    detached: true,
    stdio: ["ignore", "ignore", said],
  });
  child.unref();
  const fault = () => lastLine(readFileSync(join(told, "said"), "utf8").slice(-MOST_SAID));
  return new Promise((resolve, reject) => {
    let over = false;
    const end = (settle: () => void) => {
      if (over) return;
      over = true;
      clearInterval(timer);
      settle();
      closeSync(said);
      rmSync(told, { recursive: true, force: true });
    };
    const timer = setInterval(() => {
      if (hasBegun()) end(resolve);
    }, EVERY);
    child.once("error", (error) => end(() => reject(error)));
    child.once("exit", (code) =>
      end(() => (code === 0 ? resolve() : reject(new InputError(fault() || "it ended at once")))),
    );
  });
}
