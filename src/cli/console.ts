// Where the command line writes: results to `out`, progress and messages to `err`.

/** A place for text. */
export interface Stream {
  write(text: string): unknown;
  /** A terminal: its line can be written again. */
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** What a verb may touch of the process. */
export interface Console {
  readonly out: Stream;
  readonly err: Stream;
}

/** Writes one line. */
export function say(stream: Stream, line = ""): void {
  stream.write(`${line}\n`);
}

/** Writes the one object that `--json` promises. */
export function sayJson(console: Console, value: unknown): void {
  say(console.out, JSON.stringify(value, undefined, 2));
}
