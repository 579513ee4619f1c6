// Lines at the end of a terminal that are drawn again and again until something is printed over them.

import type { Stream } from "./console.js";
import { widthOf } from "./lineParts.js";

const ERASE_LINE = "\r\x1b[K";
const ERASE_BELOW = "\x1b[J";
const up = (lines: number) => (lines > 0 ? `\x1b[${lines}A` : "");

/** A block of live lines; does nothing but print where there is no terminal. */
export class LiveBlock {
  private height = 0;
  readonly live: boolean;

  constructor(private readonly stream: Stream) {
    this.live = stream.isTTY === true;
  }

  /** Shows these lines in place of the last ones, cut to the terminal's width. */
  draw(lines: readonly string[]): void {
    const width = widthOf(this.stream);
    const text = lines.map((line) => line.slice(0, width)).join("\n");
    this.stream.write(this.erase() + text);
    this.height = lines.length;
  }

  /** Writes a line that stays, where the block was. */
  print(line: string): void {
    this.stream.write(`${this.erase()}${line}\n`);
    this.height = 0;
  }

  private erase(): string {
    if (!this.live) return "";
    const above = this.height - 1;
    return above > 0 ? `${up(above)}${ERASE_LINE}${ERASE_BELOW}` : ERASE_LINE;
  }
}
