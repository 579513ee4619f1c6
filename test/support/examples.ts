// Where the examples of the documentation stand.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder. */
export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/[\\/]$/, "");

/** An `@example` of a docstring, or a block of a page. */
export interface Example {
  /** Path from the project's root. */
  readonly file: string;
  /** Line of the file on which the code begins, from 1. */
  readonly line: number;
  readonly code: string;
}

/** How a block is found: the line in front of it, the line behind it, and what is no code. */
interface Marks {
  readonly start: RegExp;
  readonly end: RegExp;
  readonly margin: RegExp;
}

const docstring: Marks = { start: /^\s*\* @example$/, end: /^\s*\*( @|\/)/, margin: /^\s*\* ?/ };
const fence: Marks = { start: /^```ts$/, end: /^```$/, margin: /^(?!)/ };

function filesUnder(folder: string, ending: RegExp): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => ending.test(name))
    .sort()
    .map((name) => join(folder, name));
}

function examplesIn(file: string, { start, end, margin }: Marks): Example[] {
  const lines = readFileSync(join(root, file), "utf8").split("\n");
  return lines.flatMap((text, at) => {
    if (!start.test(text)) return [];
    const rest = lines.slice(at + 1);
    const code = rest.slice(
      0,
      rest.findIndex((line) => end.test(line)),
    );
    return [{ file, line: at + 2, code: code.map((line) => line.replace(margin, "")).join("\n") }];
  });
}

/** Every `@example` of the sources, up to the next tag or the end of its docstring. */
export const docstringExamples = (): Example[] =>
  filesUnder("src", /(?<!\.test)\.ts$/).flatMap((file) => examplesIn(file, docstring));

/** Every block marked `ts` of the pages. */
export const pageExamples = (): Example[] =>
  filesUnder("docs", /\.md$/).flatMap((file) => examplesIn(file, fence));
