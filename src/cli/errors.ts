// What an error means to whoever typed the command: an exit code.

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

/** Input that cannot be used: the message says what was found, what was expected and what to do. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Ctrl-C: the message says how to go on. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** Exit codes of errors by their names, so that the rooms they come from need not be loaded. */
const byName: Readonly<Record<string, number>> = {
  UsageError: exitCodes.badInput,
  ConfigError: exitCodes.badInput,
  DataError: exitCodes.badInput,
  FormatError: exitCodes.badInput,
  RunError: exitCodes.badInput,
  NativeUnavailable: exitCodes.badInput,
  DivergedError: exitCodes.diverged,
  Interrupted: exitCodes.interrupted,
};

/** RangeErrors that JavaScript itself throws; all others tell of wrong names and numbers. */
const OWN_RANGE_ERRORS = /^(Maximum call stack|Invalid array length|Invalid typed array length)/;

/** The exit code for an error. Errors of the system (files, rights, space) count as bad input. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof Error)) return exitCodes.fault;
  if (Object.hasOwn(byName, error.name)) return byName[error.name];
  const told = error instanceof RangeError && !OWN_RANGE_ERRORS.test(error.message);
  return told || "syscall" in error ? exitCodes.badInput : exitCodes.fault;
}
