// What is wrong with bytes that came from elsewhere.

/** What somebody brought is not as it was announced. */
export class DamagedError extends Error {
  override readonly name: string = "DamagedError";
}

/** The server does not have it: lost, or never put. */
export class MissingError extends DamagedError {
  override readonly name = "MissingError";
}
