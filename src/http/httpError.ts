// What goes wrong with a request, as its sender is told.

/** An answer that is no success: a status of HTTP, and a line for a person. */
export class HttpError extends Error {
  override readonly name = "HttpError";

  /**
   * @param headers further headers of the answer
   */
  constructor(
    readonly status: number,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}
