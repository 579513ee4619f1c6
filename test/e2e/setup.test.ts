// scripts/setup.mjs on a small project: it does what is due, and nothing twice.

import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root, scratch } from "./convoy.js";

/** A project with one source, this one's set-up and its npm packages. */
function project(): string {
  const folder = scratch();
  cpSync(join(root, "scripts"), join(folder, "scripts"), { recursive: true });
  for (const file of ["package.json", "tsconfig.json", "tsconfig.build.json"]) {
    cpSync(join(root, file), join(folder, file));
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  mkdirSync(join(folder, "src"));
  writeFileSync(join(folder, "src", "a.ts"), "export const a: number = 1;\n");
  return folder;
}

function setup(folder: string, env: Record<string, string> = {}) {
  const script = join(folder, "scripts", "setup.mjs");
  const options = { encoding: "utf8", env: { ...process.env, ...env } } as const;
  const { status, stderr } = spawnSync(process.execPath, [script], options);
  return { status, said: stderr };
}

test("sources are compiled once, again when they change, and not when only their dates do", () => {
  const folder = project();
  const source = join(folder, "src", "a.ts");
  expect(setup(folder)).toEqual({
    status: 0,
    said: expect.stringContaining("compiling TypeScript"),
  });
  expect(existsSync(join(folder, "dist", "a.js"))).toBe(true);
  expect(setup(folder)).toEqual({ status: 0, said: "" });
  utimesSync(source, 1, 1);
  expect(setup(folder)).toEqual({ status: 0, said: "" });
  writeFileSync(source, "export const b: number = 2;\n");
  expect(setup(folder).said).toContain("compiling TypeScript");
  rmSync(join(folder, "dist"), { recursive: true });
  expect(setup(folder).said).toContain("compiling TypeScript");
});

test("a source that does not compile stops it, with the compiler's words", () => {
  const folder = project();
  writeFileSync(join(folder, "src", "a.ts"), 'export const a: number = "one";\n');
  const { status, said } = setup(folder);
  expect(status).toBe(1);
  expect(said).toMatch(/src\/a\.ts\(1,14\): error TS2322/);
});

test("a folder that cannot be written is named, with what to do", () => {
  const folder = project();
  writeFileSync(join(folder, "build"), "");
  const { status, said } = setup(folder);
  expect(status).toBe(1);
  expect(said).toMatch(/setup: nothing can be built in .*build: EEXIST/);
  expect(said).toContain("to cure it: start it as the owner of that folder");
});

const canBuild = existsSync(join(root, "build", "native", "convoy.node"));

test.skipIf(!canBuild)(
  "a native build that fails is a warning with what to do (skipped where none can be built)",
  () => {
    const folder = project();
    mkdirSync(join(folder, "native"));
    writeFileSync(
      join(folder, "native", "CMakeLists.txt"),
      'message(FATAL_ERROR "no such luck")\n',
    );
    for (let start = 0; start < 2; start++) {
      const { status, said } = setup(folder, { CONVOY_NATIVE: "" });
      expect(status).toBe(0);
      expect(said).toContain("warning: no native engine");
      expect(said).toContain("reference engine");
    }
    const { status, said } = setup(folder, { CONVOY_NATIVE: "off" });
    expect(status).toBe(0);
    expect(said).toContain("CONVOY_NATIVE=off");
  },
);
