// The built page, kept in memory: what is served is one of these files, and no path of a request leads to a disk.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { InputError } from "../inputError.js";

/** Where `npm run build` puts it, seen from the sources and from what is compiled of them. */
const FOLDER = fileURLToPath(new URL("../../dist/studio/page/", import.meta.url));

const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** A file of the page. */
export interface PageFile {
  /** As it stands in a request: `/assets/index.js`; `/` for the page itself. */
  readonly path: string;
  readonly type: string;
  readonly text: string;
}

/**
 * Reads the page.
 *
 * @throws InputError when it has not been built.
 */
export function readPage(folder = FOLDER): PageFile[] {
  if (!existsSync(join(folder, "index.html"))) {
    throw new InputError(`${folder} holds no page; type: npm run build`);
  }
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => Object.hasOwn(types, extname(name)))
    .map((name) => ({
      path: name === "index.html" ? "/" : `/${name.replaceAll("\\", "/")}`,
      type: types[extname(name)],
      text: readFileSync(join(folder, name), "utf8"),
    }));
}
