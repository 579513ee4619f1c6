// Figures that other libraries found on given inputs. They are no part of the project; where they are missing, their
// tests are left out by name.

import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";

/** A test of all cases of a file of figures, which has so many. */
export function testGolden<Case>(
  title: string,
  file: string,
  count: number,
  check: (cases: readonly Case[]) => void,
): void {
  const path = `../shared/golden/${file}`;
  test.skipIf(!existsSync(path))(`${title} (${path})`, () => {
    const cases: readonly Case[] = JSON.parse(gunzipSync(readFileSync(path)).toString());
    expect(cases).toHaveLength(count);
    check(cases);
  });
}
