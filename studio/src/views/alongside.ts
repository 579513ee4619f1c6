// Runs beside each other.

type Cell = number | null;

/** A curve by its points. */
interface Curve {
  readonly x: readonly number[];
  readonly y: readonly Cell[];
}

/** Curves on one axis: all their x in order, and of each curve a value or null at each. */
export function alongside(curves: readonly Curve[]): { x: number[]; all: Cell[][] } {
  const known = curves.flatMap(({ x, y }) =>
    x.filter((value, at) => Number.isFinite(value) && (y[at] ?? null) !== null),
  );
  const x = [...new Set(known)].sort((a, b) => a - b);
  const all = curves.map((curve) => {
    const at = new Map(curve.x.map((value, place) => [value, curve.y[place] ?? null]));
    return x.map((value) => at.get(value) ?? null);
  });
  return { x, all };
}

type Settings = Readonly<Record<string, string>>;

/** Settings by name in which some differ, with the value of each; empty where one has none. */
export function differing(all: readonly Settings[]): [string, string[]][] {
  const names = [...new Set(all.flatMap((settings) => Object.keys(settings)))];
  return names
    .map((name): [string, string[]] => [name, all.map((settings) => settings[name] ?? "")])
    .filter(([, values]) => new Set(values).size > 1);
}
