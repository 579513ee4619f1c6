// Whether a folder is free for a new run. One that a run was killed in before its first step is: there is
// nothing in it to be lost, and nothing to go on with.

import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { writeError } from "../files/errors.js";
import { InputError } from "../inputError.js";
import { readRunConfig } from "./runConfig.js";
import { runFiles, WEIGHTS_FOLDER } from "./runFiles.js";

/** What a run makes in its folder; its lock is not among it. */
const own: readonly string[] = [
  WEIGHTS_FOLDER,
  ...Object.values(runFiles).filter((file) => !file.includes("/")),
];

const isVisible = (name: string) => !name.startsWith(".");

/** Visible entries of a folder but for the lock; none when there is no folder. */
function entriesOf(path: string): string[] {
  if (!existsSync(path)) return [];
  try {
    return readdirSync(path).filter((name) => isVisible(name) && name !== "run.lock");
  } catch (error) {
    throw writeError(path, error);
  }
}

function holdsText(path: string): boolean {
  try {
    return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0;
  } catch (error) {
    throw writeError(dirname(path), error);
  }
}

/** Whether anything in a folder tells of a step. The state of a run that never began tells of none. */
function holdsStep(path: string, configured: boolean): boolean {
  const has = (name: keyof typeof runFiles) => existsSync(join(path, runFiles[name]));
  return (
    entriesOf(join(path, WEIGHTS_FOLDER)).length > 0 ||
    has("summary") ||
    has("previousState") ||
    holdsText(join(path, runFiles.metrics)) ||
    (configured && has("state"))
  );
}

/** Why a folder is not free; `undefined` for one that is. */
async function faultOf(path: string): Promise<InputError | undefined> {
  const entries = entriesOf(path);
  const [first] = entries.filter((name) => !own.includes(name));
  const configured = entries.includes(runFiles.config);
  const isRun =
    configured &&
    (await readRunConfig(path).then(
      () => true,
      () => false,
    ));
  if (first === undefined && configured === isRun && !holdsStep(path, configured)) return undefined;
  return new InputError(
    isRun
      ? `${path} holds another run; resume it with --resume ${path} or choose another folder`
      : `${path} is not empty (it holds ${first ?? entries[0]}); choose a new folder for the run`,
  );
}

/** Whether a folder holds nothing worth keeping. */
export const isFree = async (path: string): Promise<boolean> => (await faultOf(path)) === undefined;

/**
 * Refuses a folder that holds anything worth keeping; to be asked before long work begins, and again under its
 * lock.
 *
 * @throws InputError naming what it holds.
 */
export async function expectFree(path: string): Promise<void> {
  const fault = await faultOf(path);
  if (fault) throw fault;
}

/** Empties a free folder of what a run left that was killed before its first step. */
export function clear(path: string): void {
  for (const name of entriesOf(path)) rmSync(join(path, name), { recursive: true, force: true });
}
