// The one error for what a user can mend: input, settings, files, names, numbers that cannot be used.

/**
 * Something given to Convoy cannot be used. The message says where, what was found, what was expected and
 * what to do. Whatever else is thrown is a fault of the program itself.
 */
export class InputError extends Error {
  override readonly name: string = "InputError";
}
