// What a way of `convoy compress` is: a flag that asks for it, flags of its own, and what it does.

import type { Command } from "commander";
import type { Console } from "./console.js";
import type { EngineFlags } from "./engineFlags.js";

/** What every way is told. */
export interface CompressFlags extends EngineFlags {
  readonly out: string;
  readonly data?: string;
  readonly json?: boolean;
}

/** A way to make a net smaller. A new one is a file with such a record, and one line in compress.ts. */
export interface CompressWay {
  /** The option that asks for it. */
  readonly asks: string;
  /** Other options that have an effect on it, beside those of every way. */
  readonly takes: readonly string[];
  /** Adds the options that it alone takes. */
  define(command: Command): void;
  /** Compresses a run, and tells what became of it. */
  compress(run: string, flags: CompressFlags, console: Console): Promise<void>;
}
