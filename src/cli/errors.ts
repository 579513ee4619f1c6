// What an error means to whoever typed the command: an exit code.

import { InputError } from "../inputError.js";

/** Exit codes of `convoy`. */
export const exitCodes = {
  done: 0,
  /** A fault of Convoy itself. */
  fault: 1,
  badInput: 2,
  /** Training diverged; what was saved before is kept. */
  diverged: 3,
  /** Ctrl-C; everything is saved. */
  interrupted: 130,
} as const;

/** Ctrl-C: the message says how to go on. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** RangeErrors that JavaScript itself throws; all others tell of wrong shapes and numbers. */
const OWN_RANGE_ERRORS = /^(Maximum call stack|Invalid array length|Invalid typed array length)/;

/** Whether an error tells of something that a user can mend: input, files, rights, space. */
function isInput(error: Error): boolean {
  const told = error instanceof RangeError && !OWN_RANGE_ERRORS.test(error.message);
  return error instanceof InputError || told || "syscall" in error;
}

/** The exit code for an error. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof Error)) return exitCodes.fault;
  if (error instanceof Interrupted) return exitCodes.interrupted;
  // By its name, so that the room it comes from need not be loaded.
  if (error.name === "DivergedError") return exitCodes.diverged;
  return isInput(error) ? exitCodes.badInput : exitCodes.fault;
}
