// Which runs of the list are shown, and in which order.

import type { RunRow } from "../../../src/studio/api.js";

/** Runs that have all words of `text` in their names, and are as the rest says; empty for any. */
export interface Filter {
  readonly text: string;
  readonly state: string;
  readonly model: string;
  readonly data: string;
}

export const noFilter: Filter = { text: "", state: "", model: "", data: "" };

/** A column, and whether its largest values come first. */
export interface Order {
  readonly key:
    | "path"
    | "state"
    | "model"
    | "data"
    | "epochs"
    | "best"
    | "test"
    | "seconds"
    | "updated";
  readonly down: boolean;
}

/** Everything of a run that is searched. */
const textOf = ({ path, state, model, data, task, optimizer }: RunRow) =>
  [path, state, model, data, task, optimizer].join(" ").toLowerCase();

export function filtered(runs: readonly RunRow[], filter: Filter): RunRow[] {
  const wanted = filter.text.toLowerCase().split(/\s+/);
  const fits = (run: RunRow) =>
    (["state", "model", "data"] as const).every((key) => !filter[key] || run[key] === filter[key]);
  return runs.filter((run) => {
    const text = textOf(run);
    return fits(run) && wanted.every((word) => text.includes(word));
  });
}

const keyOf = (run: RunRow, key: Order["key"]): string | number | undefined =>
  key === "epochs" ? run.epochs?.done : run[key];

/** Below 0 where `a` comes first, smallest first; numbers in names count as numbers. */
function compared(a: string | number, b: string | number): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), "en", { numeric: true });
}

/** Runs in an order; those without a value come last. */
export function sorted(runs: readonly RunRow[], { key, down }: Order): RunRow[] {
  return [...runs].sort((one, other) => {
    const [a, b] = [keyOf(one, key), keyOf(other, key)];
    if (a === undefined || b === undefined)
      return Number(a === undefined) - Number(b === undefined);
    return down ? compared(b, a) : compared(a, b);
  });
}
