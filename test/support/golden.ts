// Figures that other libraries found on given inputs. They are no part of the project; where they are missing, their
// tests are left out by name.

import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";

export const goldenPath = (file: string) => `../shared/golden/${file}`;

/** The cases of a file of figures; none where it is missing. */
export function goldenCases<Case>(file: string): readonly Case[] {
  const path = goldenPath(file);
  return existsSync(path) ? JSON.parse(gunzipSync(readFileSync(path)).toString()) : [];
}

/** A test of all cases of a file of figures, which has so many. */
export function testGolden<Case>(
  title: string,
  file: string,
  count: number,
  check: (cases: readonly Case[]) => void,
): void {
  const path = goldenPath(file);
  test.skipIf(!existsSync(path))(`${title} (${path})`, () => {
    const cases = goldenCases<Case>(file);
    expect(cases).toHaveLength(count);
    check(cases);
  });
}
