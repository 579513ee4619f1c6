// Where two plans differ, in words.

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

/**
 * The first place where two plain objects differ, in words, or `undefined`.
 *
 * @example
 * firstDifference({ seeds: [1, 2] }, { seeds: [1, 3] }); // "seeds.1 was 2, now it is 3"
 */
export function firstDifference(was: unknown, is: unknown, place = "it"): string | undefined {
  if (isObject(was) && isObject(is)) {
    for (const key of new Set([...Object.keys(was), ...Object.keys(is)])) {
      const inside = place === "it" ? key : `${place}.${key}`;
      const found = firstDifference(was[key], is[key], inside);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  const [before, now] = [was, is].map((value) => JSON.stringify(value) ?? "not set");
  return before === now ? undefined : `${place} was ${before}, now it is ${now}`;
}
