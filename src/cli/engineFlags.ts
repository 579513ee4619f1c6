// The flags of verbs that open a trained net: what computes, as training has them.

import type { Command } from "commander";
import { settingNames, trainConfig } from "../train/config.js";
import { addFlags } from "./flags.js";

/** What computes: an engine by name, and its threads. */
export interface EngineFlags {
  readonly engine?: string;
  readonly threads?: number;
}

const own: readonly string[] = ["engine", "threads"] satisfies (keyof EngineFlags)[];

/** Adds the flags. */
export function addEngineFlags(command: Command): void {
  addFlags(
    command,
    trainConfig,
    settingNames.filter((name) => !own.includes(name)),
  );
}
