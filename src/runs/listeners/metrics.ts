// metrics.jsonl: a line for every step, meeting of a swarm and epoch, for whoever wants to look closer.

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { appendLine, writeFileAtomic } from "../../files/atomicFile.js";
import type { Listener, RunStart } from "../../train/events.js";

interface Line {
  readonly type: "step" | "round" | "epoch";
  readonly epoch: number;
  readonly step?: number;
}

/** A line, or `undefined` for one that was cut off when the machine went down. */
function parse(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
}

/** Whether a line tells of something before the step that a resumed run begins with. */
function isBefore(line: Line | undefined, first: { epoch: number; step: number }): boolean {
  if (!line) return false;
  if (line.epoch < first.epoch) return true;
  return line.type !== "epoch" && line.epoch === first.epoch && line.step! < first.step;
}

/** The lines that a run begins with. */
async function kept(path: string, { resumed }: RunStart): Promise<string[]> {
  if (!resumed || !existsSync(path)) return [];
  const lines = (await readFile(path, "utf8")).split("\n");
  return lines.filter((text) => isBefore(parse(text), resumed));
}

/** Keeps the file at `path`; a resumed run drops the lines behind its checkpoint. */
export const metrics =
  (path: string): Listener =>
  async (event) => {
    if (event.type === "runStart") {
      const lines = await kept(path, event);
      await writeFileAtomic(path, lines.map((line) => `${line}\n`).join(""));
    } else if (event.type === "step") {
      const { type, epoch, step, loss, metrics, lr, gradients, details } = event;
      const line = { type, epoch, step, loss, ...metrics, lr, gradients, ...details };
      appendLine(path, JSON.stringify(line));
    } else if (event.type === "round") {
      appendLine(path, JSON.stringify(event));
    } else if (event.type === "epochEnd") {
      appendLine(path, JSON.stringify({ ...event, type: "epoch" }));
    }
  };
