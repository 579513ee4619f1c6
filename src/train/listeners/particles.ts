// particles.csv: one row for each net of a swarm and epoch.

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { appendLine, writeFileAtomic } from "../atomicFile.js";
import type { Listener, ParticleStatus, ParticlesReport } from "../events.js";

const columns = [
  "particle",
  "lr",
  "loss",
  "accuracy",
  "score",
  "bestScore",
  "move",
  "rateFactor",
  "restored",
] as const satisfies readonly (keyof ParticleStatus)[];

const header = ["epoch", ...columns, "consensus"].join(",");

/** Six digits are enough for reading; what is not known stays empty. */
const cell = (value: number | undefined) =>
  value === undefined || !Number.isFinite(value) ? "" : String(Number(value.toPrecision(6)));

const rows = ({ epoch, particles, consensus }: ParticlesReport) =>
  particles.map((status) =>
    [epoch, ...columns.map((name) => cell(status[name])), cell(consensus)].join(","),
  );

/** Keeps the table at `path`, once there are nets to tell of; a resumed run drops later rows. */
export const particles =
  (path: string): Listener =>
  async (event) => {
    if (event.type === "runStart" && existsSync(path)) {
      const last = event.resumed?.epoch ?? 1;
      const [head, ...lines] = (await readFile(path, "utf8")).split("\n");
      const kept = lines.filter((line) => line !== "" && Number(line.split(",")[0]) < last);
      await writeFileAtomic(path, `${[head, ...kept].join("\n")}\n`);
    } else if (event.type === "particles" && event.judged) {
      if (!existsSync(path)) await writeFileAtomic(path, `${header}\n`);
      for (const row of rows(event)) appendLine(path, row);
    }
  };
