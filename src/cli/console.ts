// Where the command line writes: results to `out`, progress and messages to `err`.

import { printableLines } from "../text/printable.js";

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

/**
 * A stream of the process that may be lost at any time: its reader goes, its terminal is closed, its disk is
 * full. What is at work goes on without it, and is saved.
 */
export class SteadyStream implements Stream {
  private error?: NodeJS.ErrnoException;

  constructor(private readonly stream: NodeJS.WriteStream) {
    stream.on("error", (error) => this.lose(error));
  }

  get isTTY(): boolean {
    return this.stream.isTTY;
  }

  get columns(): number {
    return this.stream.columns;
  }

  write(text: string): void {
    if (this.error) return;
    try {
      this.stream.write(text);
    } catch (error) {
      this.lose(error as NodeJS.ErrnoException);
    }
  }

  /** Waits for what was written. Why it was not; a reader that has gone had enough. */
  async failure(): Promise<Error | undefined> {
    if (!this.error) await this.flush();
    return this.error?.code === "EPIPE" ? undefined : this.error;
  }

  /** A stream tells of a failed write only when the next one is done. */
  private flush(): Promise<void> {
    return new Promise((done) => {
      const heard = (error?: Error | null) => {
        if (error) this.lose(error);
        done();
      };
      try {
        this.stream.write("", heard);
      } catch (error) {
        heard(error as Error);
      }
    });
  }

  private lose(error: NodeJS.ErrnoException): void {
    this.error ??= error;
  }
}

/** Writes one line. Names of others in it are shown and not obeyed. */
export function say(stream: Stream, line = ""): void {
  stream.write(`${printableLines(line)}\n`);
}

/** Writes the one object that `--json` promises. */
export function sayJson(console: Console, value: unknown): void {
  say(console.out, JSON.stringify(value, undefined, 2));
}
