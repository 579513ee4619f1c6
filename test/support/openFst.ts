// OpenFst's command-line tools on automata, where they are installed (Debian: libfst-tools).

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Automaton, fromAttText, toAttText } from "../../src/automata/index.js";

export const openFstIsThere = spawnSync("fstcompose", ["--help"]).error === undefined;

function run(command: string, folder: string): string {
  const { status, stdout, stderr } = spawnSync("sh", ["-c", command], {
    cwd: folder,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${command}: ${stderr}`);
  return stdout;
}

export interface OpenFstResult {
  readonly composed: Automaton;
  /** Log of the summed scores of all its paths. */
  readonly forward: number;
}

/** Both, composed by OpenFst in the log semiring, in double precision. */
export function composedByOpenFst(left: Automaton, right: Automaton): OpenFstResult {
  const folder = mkdtempSync(join(tmpdir(), "convoy-fst-"));
  try {
    writeFileSync(join(folder, "a.txt"), toAttText(left));
    writeFileSync(join(folder, "b.txt"), toAttText(right));
    const compile = (name: string) => `fstcompile --arc_type=log64 ${name}.txt`;
    run(`${compile("a")} | fstarcsort --sort_type=olabel - a.fst && ${compile("b")} b.fst`, folder);
    const text = run("fstcompose a.fst b.fst c.fst && fstprint c.fst", folder);
    // Distances to the ends; that of the start is the whole score.
    const distances = run("fstshortestdistance --reverse --delta=1e-13 c.fst", folder);
    const start = text === "" ? undefined : text.split(/\s/)[0];
    const line = distances.split("\n").find((one) => one.split("\t")[0] === start);
    return {
      composed: fromAttText(text, "OpenFst"),
      forward: line ? -Number(line.split("\t")[1]) : -Infinity,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
