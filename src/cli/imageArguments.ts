// Images that a verb is given by name: files that must not be written over, and those that cannot be used.

import { resolve } from "node:path";
import { InputError } from "../inputError.js";
import { grouped } from "../text/format.js";
import { type Console, say } from "./console.js";

/** Unusable files that are named. */
const NAMED = 10;

/** Refuses a file to write that is one of the images. */
export function expectNoImage(flag: string, path: string, images: readonly string[]): void {
  if (!images.some((image) => resolve(image) === resolve(path))) return;
  throw new InputError(`${flag} ${path} is one of the images; name another file`);
}

/** Tells which files could not be used; throws when none could. */
export function tellUnusable(unusable: readonly string[], files: number, console: Console): void {
  if (unusable.length === 0) return;
  for (const line of unusable.slice(0, NAMED)) say(console.err, line);
  const more = unusable.length - NAMED;
  if (more > 0) say(console.err, `... and ${grouped(more)} more`);
  const message = `${grouped(unusable.length)} of ${grouped(files)} images cannot be used`;
  if (unusable.length === files) throw new InputError(message);
  say(console.err, `warning: ${message}; the others are done`);
}
