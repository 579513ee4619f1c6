// A CSV file whose rows begin with the epoch that they tell of. It begins with its first rows, so that
// a run which has none leaves no file.

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { appendLine, writeFileAtomic } from "../../files/atomicFile.js";
import { csvRow, parseCsv } from "../../text/csv.js";
import { sixDigits } from "../../text/format.js";
import type { RunStart } from "../../train/events.js";

/** Six digits are enough for reading; what is not known stays empty. */
export const cell = (value: number | null | undefined): number | undefined =>
  value === undefined || value === null ? undefined : sixDigits(value);

const rowOf = (values: readonly (number | undefined)[]): string => csvRow(values.map(cell));

/** A table that grows with a run. */
export class EpochTable {
  constructor(
    private readonly path: string,
    /** Names of the columns behind the epoch. */
    private readonly columns: readonly string[],
  ) {}

  /** A resumed run's table keeps the rows of the epochs before it. */
  async begin({ resumed }: RunStart): Promise<void> {
    if (!existsSync(this.path)) return;
    const first = resumed?.epoch ?? 1;
    const kept = (await this.rows()).filter(([epoch]) => epoch < first);
    const lines = [this.header, ...kept.map(rowOf)];
    await writeFileAtomic(this.path, `${lines.join("\n")}\n`);
  }

  async append(epoch: number, rows: readonly (readonly (number | undefined)[])[]): Promise<void> {
    if (rows.length === 0) return;
    if (!existsSync(this.path)) await writeFileAtomic(this.path, `${this.header}\n`);
    appendLine(this.path, rows.map((row) => rowOf([epoch, ...row])).join("\n"));
  }

  /** All rows, the epoch in front; NaN where a cell is empty. */
  async rows(): Promise<number[][]> {
    const [, ...rows] = parseCsv(await readFile(this.path, "utf8"), this.path);
    return rows.map(({ cells }) => cells.map((text) => (text === "" ? Number.NaN : Number(text))));
  }

  private get header(): string {
    return csvRow(["epoch", ...this.columns]);
  }
}
