// One run as it is now, and what of it has changed since somebody looked.

import { join } from "node:path";
import { runFiles } from "../runs/index.js";
import type { NumberTable, PartChange, PartName } from "./api.js";
import type { FoundRun } from "./findRuns.js";
import { stateOf } from "./head.js";
import { stampOf } from "./ownFile.js";
import { partNames, parts, type WatchedRun } from "./parts.js";
import { StepLogReader } from "./stepLog.js";

/** A part as it was made from files that had a stamp. */
interface Made {
  readonly stamp: string;
  readonly value: unknown;
}

/** Reads a run's parts, each again only when its files have changed. Shared by all who look at the run. */
export class RunReader {
  private readonly watched: WatchedRun;
  private readonly made = new Map<PartName, Made>();

  constructor(run: FoundRun) {
    this.watched = { run, log: new StepLogReader(join(run.folder, runFiles.metrics)) };
  }

  /** A part as it is now. The same value, not an equal one, as long as nothing has changed. */
  part(name: PartName): unknown {
    const stamp = this.stampOf(name);
    const known = this.made.get(name);
    if (known?.stamp === stamp) return known.value;
    const value = this.make(name);
    this.made.set(name, { stamp, value });
    return value;
  }

  /** Null for files that are damaged in a way that nobody has thought of: pages and other runs go on. */
  private make(name: PartName): unknown {
    try {
      return parts[name].make(this.watched);
    } catch {
      return null;
    }
  }

  private stampOf(name: PartName): string {
    const { folder } = this.watched.run;
    const stamps = parts[name].files.map((file) => stampOf(join(folder, file)));
    // A process that is killed changes no file.
    if (name === "head") stamps.push(stateOf(folder));
    return stamps.join(",");
  }
}

const isTable = (value: unknown): value is NumberTable =>
  typeof value === "object" && value !== null && "columns" in value && "rows" in value;

/** Rows that a table has got, if that is all that has changed. */
function grown(before: unknown, now: unknown): { from: number; rows: NumberTable["rows"] } | null {
  if (!isTable(before) || !isTable(now)) return null;
  const from = before.rows.length;
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  if (from === 0 || !same(before.columns, now.columns)) return null;
  return same(before.rows[from - 1], now.rows[from - 1])
    ? { from, rows: now.rows.slice(from) }
    : null;
}

/** What somebody has been told of a run. */
export class RunWatch {
  private readonly told = new Map<PartName, unknown>();

  constructor(private readonly reader: RunReader) {}

  /** What has changed since the last call; all parts that there are at the first. */
  changes(): PartChange[] {
    return partNames.flatMap((part) => {
      const value = this.reader.part(part);
      const before = this.told.get(part) ?? null;
      if (value === before) return [];
      this.told.set(part, value);
      const rows = grown(before, value);
      return [rows ? { part, ...rows } : { part, value }];
    });
  }
}
