// What readers of tensor files say of a damaged one.

import { InputError } from "../inputError.js";

/** A file that is not what it should be: the message names the file and the byte. */
export class FormatError extends InputError {
  override readonly name = "FormatError";

  constructor(
    /** Path or other name of what was read. */
    readonly source: string,
    /** Where in it the trouble begins. */
    readonly byte: number,
    message: string,
  ) {
    super(`${source}, byte ${byte}: ${message}`);
  }
}
