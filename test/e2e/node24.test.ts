// Node 24 from npm trains with the addon that was built for this Node: Node-API is the same for both.

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { convoy, root, scratch } from "./convoy.js";

const folder = join(root, "build", "node24");
const node = join(folder, "node_modules", "node", "bin", "node");

/** Node 24 under `build/`, or `undefined` where npm cannot bring it. */
function node24(): string | undefined {
  try {
    if (!existsSync(node)) {
      const args = [
        "install",
        "--prefix",
        folder,
        "--no-save",
        "--no-audit",
        "--no-fund",
        "node@24",
      ];
      execFileSync("npm", args, { stdio: "pipe" });
    }
    return execFileSync(node, ["--version"], { encoding: "utf8" }).startsWith("v24.")
      ? node
      : undefined;
  } catch {
    return undefined;
  }
}

const found = node24();

test.skipIf(!found)(
  "Node 24 trains on the native engine (skipped where npm has no node@24)",
  async () => {
    const args = [
      "train",
      "mnist",
      "--steps",
      "20",
      "--engine",
      "native",
      "--threads",
      "1",
      "--json",
    ];
    const { code, out, err } = await convoy(args, { cwd: scratch(), node: found });
    expect(err).toContain("native engine");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ model: "lenet5", test: {} });
  },
);
