// What is published for this platform: the archives that the script makes, installed in a project, without what the engine
// was built with.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { addonPath, platformPackages } from "../../src/engine/native/addon.js";
import { root, scratch } from "./convoy.js";

const [platform] = platformPackages;
const made = platform === "@convoynet/linux-x64-gnu" && existsSync(addonPath);

test.skipIf(!made)("the archives of this platform make a package whose engine is there", () => {
  const cwd = scratch();
  const script = [join(root, "scripts", "package.mjs"), "--addon", addonPath, "--out", cwd];
  const told = execFileSync(process.execPath, script, { encoding: "utf8" });
  expect(told).toMatch(/^the engine needs glibc 2\.\d+ and libstdc\+\+ with GLIBCXX_3\.4\.\d+$/m);
  const archives = readdirSync(cwd);
  expect(archives).toHaveLength(2);
  const modules = join(cwd, "node_modules");
  const manifests = archives.map((file) => {
    execFileSync("tar", ["-xzf", join(cwd, file), "-C", cwd]);
    const manifest = JSON.parse(readFileSync(join(cwd, "package", "package.json"), "utf8"));
    mkdirSync(dirname(join(modules, manifest.name)), { recursive: true });
    renameSync(join(cwd, "package"), join(modules, manifest.name));
    return manifest;
  });
  const [engine, main] = manifests.sort((a, b) => (a.name < b.name ? -1 : 1));
  expect(engine).toMatchObject({ name: platform, os: ["linux"], cpu: ["x64"], libc: ["glibc"] });
  expect(engine.scripts).toBeUndefined();
  expect(main.optionalDependencies[platform]).toBe(engine.version);
  expect(main.version).toBe(engine.version);
  const beside = readdirSync(join(modules, platform)).filter((file) => file.includes(".so"));
  expect(beside).toContain("libdnnl.so.2");
  expect(readdirSync(join(modules, platform, "licences"))).toEqual(beside.map((so) => `${so}.txt`));

  for (const dependency of Object.keys(main.dependencies)) {
    symlinkSync(join(root, "node_modules", dependency), join(modules, dependency));
  }
  const doctor = [join(modules, main.name, "bin", "convoy.mjs"), "doctor", "--json"];
  const { stdout } = spawnSync(process.execPath, doctor, { cwd, encoding: "utf8", env: {} });
  expect(JSON.parse(stdout)["native engine"]).toMatchObject({ state: "ok" });
});
