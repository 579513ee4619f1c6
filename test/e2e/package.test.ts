// The package as a user gets it: what npm packs, unpacked into another project, with its dependencies beside it.

import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addonPath, platformPackages } from "../../src/engine/native/addon.js";
import { root, scratch } from "./convoy.js";

const { name, version, dependencies } = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8"),
) as { name: string; version: string; dependencies: Record<string, string> };

const home = mkdtempSync(join(tmpdir(), "convoy-packed-"));
let packed: string;
beforeAll(() => {
  const pack = ["pack", "--ignore-scripts", "--silent", "--pack-destination", home];
  packed = join(home, execFileSync("npm", pack, { cwd: root, encoding: "utf8" }).trim());
});
afterAll(() => rmSync(home, { recursive: true }));

/** A project in which the package is installed. */
function project(): string {
  const folder = scratch();
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, ".bin"), { recursive: true });
  execFileSync("tar", ["-xzf", packed, "-C", folder]);
  renameSync(join(folder, "package"), join(modules, name));
  for (const dependency of Object.keys(dependencies)) {
    symlinkSync(join(root, "node_modules", dependency), join(modules, dependency));
  }
  return folder;
}

const script = `
  import { train } from "${name}";
  import { imagesOf } from "${name}/data";

  const labels = { kind: "class", of: Int32Array.of(0, 1, 0, 1), classes: ["a", "b"] };
  const images = imagesOf(new Uint8Array(4 * 64), { height: 8, width: 8, channels: 1 });
  const part = { name: "grey", length: 4, channels: 1, images, labels };
  const settings = { data: "grey", model: "convnet-gn", epochs: 1, batch: 2, selection: 0.5, out: "run" };
  const { epochs } = await train({ ...settings, engine: "reference" }, { data: { train: part } });
  console.log(epochs);
`;

/** Puts the addon that is built here where npm puts the package of this platform. */
function withEngine(folder: string): void {
  const path = join(folder, "node_modules", platformPackages[0], "convoy.node");
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(addonPath, path);
}

const run = (cwd: string, args: readonly string[], env = {}) =>
  spawnSync(process.execPath, args, {
    ...{ cwd, encoding: "utf8" },
    env: { ...process.env, CONVOY_ADDON: "", ...env },
  });

test("is imported by its name, and its command works", () => {
  const cwd = project();
  const node = (args: string[], env = {}) => run(cwd, args, env);
  writeFileSync(join(cwd, "mine.mjs"), script);
  expect(node(["mine.mjs"])).toMatchObject({ status: 0, stdout: "1\n" });
  expect(readdirSync(join(cwd, "run"))).toContain("summary.json");

  const command = join("node_modules", name, "bin", "convoy.mjs");
  expect(node([command, "--version"])).toMatchObject({ status: 0, stdout: `${version}\n` });
  const setup = node([command, "setup"], { CONVOY_NATIVE: "off" });
  expect(setup.status).toBe(2);
  expect(setup.stderr).toContain("CONVOY_NATIVE=off: the native engine is not built");
  expect(setup.stderr).toContain("convoy: there is no native engine; the lines above say why");
});

const engine = `
  import { Worker, isMainThread } from "node:worker_threads";
  import { createEngine } from "${name}/engine";

  const made = await createEngine({ engine: "native", threads: 1 });
  console.log(isMainThread ? "main" : "worker", made.name);
  await made.close();
  if (isMainThread) new Worker(new URL(import.meta.url));
`;

describe.skipIf(!existsSync(addonPath))("the engine of the platform's package", () => {
  test("is found, in workers and by bundles too, and nothing is built", async () => {
    const cwd = project();
    writeFileSync(join(cwd, "engine.mjs"), engine);
    const bundle = { bundle: true, platform: "node", format: "esm", write: true } as const;
    const outfile = join(cwd, "bundle.mjs");
    await build({ ...bundle, entryPoints: [join(cwd, "engine.mjs")], outfile });
    for (const file of ["engine.mjs", "bundle.mjs"]) {
      const { status, stderr } = run(cwd, [file]);
      expect(status).toBe(1);
      expect(stderr).toContain(`there is no package ${platformPackages[0]} with it; \`npx convoy`);
    }
    withEngine(cwd);
    for (const file of ["engine.mjs", "bundle.mjs"]) {
      const { stdout, stderr } = run(cwd, [file]);
      expect([stdout, stderr]).toEqual(["main native\nworker native\n", ""]);
    }
    const setup = run(cwd, [join("node_modules", name, "bin", "convoy.mjs"), "setup"]);
    expect([setup.status, setup.stderr]).toEqual([0, ""]);
    expect(setup.stdout).toMatch(/^the native engine is ready: oneDNN .* \(package @convoynet\//);
  });
});

test("its fields and types hold for every way to resolve them", async () => {
  const folder = project();
  const { messages } = await publint({ pkgDir: join(folder, "node_modules", name), strict: true });
  const pkg = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  const attw = join(root, "node_modules", "@arethetypeswrong", "cli", "dist", "index.js");
  // The others are of the same form.
  const some = ["--profile", "esm-only", "--entrypoints", ".", "./serve"];
  const { status, stdout } = run(folder, [attw, packed, ...some]);
  expect(stdout).toContain("bundler");
  expect(status).toBe(0);
});

test("it holds what is needed and nothing else", () => {
  const folder = join(project(), "node_modules", name);
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const top = ["CHANGELOG.md", "FEATURES.md", "LICENSE", "README.md", "package.json"];
  expect(readdirSync(folder).sort()).toEqual(
    [...top, "bench", "bin", "dist", "native", "scripts"].sort(),
  );
  expect(files.filter((path) => /\.map$|\.test\.|\.tsbuildinfo$/.test(path))).toEqual([]);
  expect(readdirSync(join(folder, "scripts")).sort()).toEqual(["setup", "setup.mjs"]);
});
