// `convoy doctor`: what this machine has, what it lacks, and the cure. Made to be pasted into an issue.

import { existsSync } from "node:fs";
import type { Command } from "commander";
import { describeMachine } from "../bench/machine.js";
import { type Source, sources } from "../data/index.js";
import { loadAddon } from "../engine/native/index.js";
import { formatBytes } from "../text/bytes.js";
import { version } from "../version.js";
import { type Console, say, sayJson } from "./console.js";

/** One thing that was looked at: there, needed but not there, or missed by some uses only. */
interface Finding {
  readonly name: string;
  readonly found: string;
  readonly state: "ok" | "lack" | "option";
}

const OLDEST_NODE = [20, 19] as const;

function node(): Finding {
  const found = process.versions.node;
  const [major, minor] = found.split(".").map(Number);
  const old = major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
  if (!old) return { name: "node", found, state: "ok" };
  const cure = `install Node ${OLDEST_NODE.join(".")} or newer`;
  return { name: "node", found: `${found}; ${cure}`, state: "lack" };
}

function native(): Finding {
  const name = "native engine";
  try {
    const { isa, onednn } = loadAddon().describe();
    return { name, found: `oneDNN ${onednn}, own kernels for ${isa}`, state: "ok" };
  } catch (error) {
    return { name, found: (error as Error).message, state: "lack" };
  }
}

async function sharp(): Promise<Finding> {
  try {
    const { default: library } = await import("sharp");
    return { name: "sharp", found: library.versions.sharp ?? "there", state: "ok" };
  } catch {
    const found = "missing; JPEG, PNG and other images need it: npm install sharp";
    return { name: "sharp", found, state: "option" };
  }
}

function dataset({ name, folder, cure }: Source): Finding {
  const place = folder();
  const there = place !== undefined && existsSync(place);
  return { name, found: there ? place : `missing; ${cure}`, state: there ? "ok" : "option" };
}

async function examine(): Promise<Finding[]> {
  const machine = describeMachine();
  const fact = (name: string, found: string): Finding => ({ name, found, state: "ok" });
  return [
    fact("convoy", version),
    node(),
    fact("system", machine.system),
    fact("cpu", machine.cpu),
    fact("instruction sets", machine.features.join(" ") || "not told by this system"),
    fact("threads", `${machine.cores}`),
    fact("memory", formatBytes(machine.memoryBytes)),
    native(),
    await sharp(),
    ...sources.map(dataset),
  ];
}

export function define(command: Command, console: Console): void {
  command.option("--json", "print one object").action(async (options: { json?: boolean }) => {
    const findings = await examine();
    if (options.json) {
      sayJson(console, Object.fromEntries(findings.map(({ name, ...rest }) => [name, rest])));
      return;
    }
    for (const { name, found, state } of findings) {
      say(console.out, `${state.padEnd(6)}  ${name.padEnd(16)}  ${found}`);
    }
  });
}
