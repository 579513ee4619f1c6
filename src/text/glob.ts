// Patterns of file names: `*`, `**`, `?`, `[abc]` and `{a,b}`. A text is read once, with all places of the pattern at which
// it may be: an expression that goes back and tries again would take forever on many stars.

import { InputError } from "../inputError.js";

type Test = (letter: string) => boolean;

/** A way from one place of a pattern to another: by a letter that fits, or without any. */
interface Way {
  readonly to: number;
  readonly test?: Test;
}

const any: Test = () => true;
const within: Test = (letter) => letter !== "/";

/** The letters of `[a-c]`; a `!` or `^` in front stands for all others. */
function setOf(piece: string, pattern: string): Test {
  const [, not, inner] = /^\[([!^]?)(.*)\]$/s.exec(piece)!;
  const ranges = [...inner.matchAll(/(.)-(.)|./gsu)].map(([one, from = one, to = from]) => {
    if (from > to) {
      throw new InputError(`${pattern}: the range ${from}-${to} ends before it begins`);
    }
    return [from, to] as const;
  });
  return (letter) =>
    within(letter) && (not === "") === ranges.some(([from, to]) => from <= letter && letter <= to);
}

/** The ways from each place of a pattern, of which those without a letter lead onwards; the last place is its end. */
function waysOf(pattern: string): readonly (readonly Way[])[] {
  const ways: Way[][] = [[]];
  const place = () => ways.push([]) - 1;
  const word = (from: number, letters: string) =>
    Array.from(letters).reduce((at, own) => {
      const to = place();
      ways[at].push({ to, test: (letter) => letter === own });
      return to;
    }, from);
  let here = 0;
  for (const [piece] of pattern.matchAll(/\*\*\/|\*\*|\*|\?|\[[^\]]+\]|\{[^}]*\}|[^*?[{]+|./gs)) {
    const ends: number[] = [];
    if (piece === "**/") {
      const folders = place();
      ways[here].push({ to: folders });
      ways[folders].push({ to: folders, test: any });
      const to = place();
      ways[here].push({ to });
      ways[folders].push({ to, test: (letter) => letter === "/" });
      here = to;
      continue;
    }
    if (piece === "*" || piece === "**") {
      // A place of its own: letters that come here by another way are no part of the star.
      const star = place();
      ways[here].push({ to: star });
      ways[star].push({ to: star, test: piece === "*" ? within : any });
      ends.push(star);
    } else if (piece === "?" || /^\[.+\]$/s.test(piece)) {
      const to = place();
      ways[here].push({ to, test: piece === "?" ? within : setOf(piece, pattern) });
      ends.push(to);
    } else if (/^\{.*\}$/s.test(piece)) {
      for (const option of piece.slice(1, -1).split(",")) ends.push(word(here, option));
    } else ends.push(word(here, piece));
    here = place();
    for (const end of ends) ways[end].push({ to: here });
  }
  return ways;
}

/**
 * Tells whether paths fit a pattern as a whole: `*` stands for any letters but `/`, `**` for any, a `**` before a `/` for any
 * folders or none, `?` for one letter, `[a-c]` for one of some (`[!a-c]` of all others), `{a,b}` for one of several words.
 *
 * @throws InputError for a range that ends before it begins.
 * @example
 * const fits = matcherOf("**\/[a-c]?.{jpg,png}");
 * [fits("b1.png"), fits("x/y/c2.jpg"), fits("d1.png")]; // [true, true, false]
 */
export function matcherOf(pattern: string): (path: string) => boolean {
  const ways = waysOf(pattern);
  const onwards = (places: boolean[]) => {
    for (const [at, own] of ways.entries()) {
      if (!places[at]) continue;
      for (const { to, test } of own) if (!test) places[to] = true;
    }
    return places;
  };
  return (path) => {
    let places = onwards([true]);
    for (const letter of path) {
      const next: boolean[] = [];
      for (const [at, own] of ways.entries()) {
        if (!places[at]) continue;
        for (const { to, test } of own) if (test?.(letter)) next[to] = true;
      }
      places = onwards(next);
    }
    return places[ways.length - 1] === true;
  };
}
