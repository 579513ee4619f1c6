// The package as a user gets it: what npm packs, unpacked into another project, with its dependencies beside it.

import { execFileSync, spawnSync } from "node:child_process";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root, scratch } from "./convoy.js";

const { name, version, dependencies } = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8"),
) as { name: string; version: string; dependencies: Record<string, string> };

/** A project in which the package is installed. */
function project(): string {
  const folder = scratch();
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, ".bin"), { recursive: true });
  const pack = ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder];
  const file = execFileSync("npm", pack, { cwd: root, encoding: "utf8" }).trim();
  execFileSync("tar", ["-xzf", join(folder, file), "-C", folder]);
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

test("is imported by its name, and its command works", () => {
  const cwd = project();
  const node = (args: string[], env = {}) =>
    spawnSync(process.execPath, args, { cwd, encoding: "utf8", env: { ...process.env, ...env } });
  writeFileSync(join(cwd, "mine.mjs"), script);
  expect(node(["mine.mjs"])).toMatchObject({ status: 0, stdout: "1\n" });
  expect(readdirSync(join(cwd, "run"))).toContain("summary.json");

  const command = join("node_modules", name, "bin", "convoy.mjs");
  expect(node([command, "--version"])).toMatchObject({ status: 0, stdout: `${version}\n` });
  const setup = node([command, "setup"], { CONVOY_NATIVE: "off", CONVOY_ADDON: "" });
  expect(setup.status).toBe(2);
  expect(setup.stderr).toContain("CONVOY_NATIVE=off: the native engine is not built");
  expect(setup.stderr).toContain("convoy: there is no native engine; the lines above say why");
});
