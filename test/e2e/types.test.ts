// The declarations of every room hold in the strictest program: exact optional properties, and no library skipped.

import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root, scratch } from "./convoy.js";

test.each([
  ["Node.js", { module: "nodenext", skipLibCheck: false }],
  ["a bundler", { module: "esnext", moduleResolution: "bundler", skipLibCheck: true }],
])(
  "the declarations need no leniency of a program for %s",
  (_, resolving) => {
    const folder = scratch();
    mkdirSync(join(folder, "node_modules", "@types"), { recursive: true });
    const { name, exports: rooms } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    symlinkSync(root, join(folder, "node_modules", name));
    symlinkSync(
      join(root, "node_modules", "@types", "node"),
      join(folder, "node_modules", "@types", "node"),
    );
    const lines = Object.keys(rooms).map(
      (room, at) => `export * as room${at} from "${name}${room.slice(1)}";`,
    );
    writeFileSync(join(folder, "app.ts"), lines.join("\n"));
    writeFileSync(join(folder, "package.json"), '{"type":"module"}');
    const compilerOptions = {
      ...{ ...resolving, target: "es2023", strict: true, noEmit: true, types: ["node"] },
      exactOptionalPropertyTypes: true,
    };
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({ compilerOptions, include: ["app.ts"] }),
    );
    const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
    const { stdout } = spawnSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" });
    expect(stdout).toBe("");
  },
  120_000,
);
