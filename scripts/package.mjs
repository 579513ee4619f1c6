// Makes what is published: the package, and beside it one for this machine's platform, which holds the native engine built.
//
//   node scripts/package.mjs [--addon build/native/convoy.node] [--out build/package]
//
// Run it on each platform, on the oldest system that is to be served, since an addon needs the C library that it was built with or a
// newer one. The package names the platforms' packages as optional dependencies; npm installs the one that fits by its
// fields os, cpu and libc. They are named here and not in package.json, so that a clone asks the registry for none of them.
// The libraries that the addon needs lie beside it, with the texts of their licences; those of the C and C++ compiler are the
// system's. Linux only so far.

import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values: given } = parseArgs({
  options: {
    addon: { type: "string", default: join(root, "build/native/convoy.node") },
    out: { type: "string", default: join(root, "build/package") },
  },
});
const out = resolve(given.out);

/** Platforms that have a package; a new one is a line, and this script run there. */
const platforms = {
  "linux-x64-gnu": { os: "linux", cpu: "x64", libc: "glibc" },
};

/** Libraries that every system with Node.js and its C++ library has. */
const SYSTEM = /^(linux-vdso|ld-linux.*|lib(c|m|dl|rt|pthread|stdc\+\+|gcc_s))\.so/;

const fail = (message) => {
  console.error(`package: ${message}`);
  process.exit(1);
};

const text = (program, args, options) =>
  execFileSync(program, args, { encoding: "utf8", ...options }).trim();

function thisPlatform() {
  const { os, arch } = { os: process.platform, arch: process.arch };
  const libc = os !== "linux" ? undefined : process.report.getReport().header.glibcVersionRuntime;
  const name = `${os}-${arch}${os === "linux" ? (libc ? "-gnu" : "-musl") : ""}`;
  if (!Object.hasOwn(platforms, name)) {
    fail(`no package for ${name}; known: ${Object.keys(platforms).join(", ")}`);
  }
  return { name, ...platforms[name] };
}

/** Files of the libraries that a file needs and that not every system has, by the names under which it looks for them. */
function librariesOf(file) {
  const found = new Map();
  for (const line of text("ldd", [file]).split("\n")) {
    const [, name, path] = /^\s*(\S+) => (\S+) \(/.exec(line) ?? [];
    if (/not found/.test(line)) fail(`${file}: ${line.trim()}`);
    if (name !== undefined && !SYSTEM.test(name)) found.set(name, realpathSync(path));
  }
  return found;
}

/** The text of the licence that a library of the system came with. */
function licenceOf(path) {
  const owners = [path, path.replace(/^\/usr/, "")].map((one) => {
    try {
      return text("dpkg", ["-S", one], { stdio: ["ignore", "pipe", "ignore"] }).split(":")[0];
    } catch {
      return undefined;
    }
  });
  const file = `/usr/share/doc/${owners.find((owner) => owner !== undefined)}/copyright`;
  if (!existsSync(file)) fail(`${path}: no text of its licence was found`);
  return file;
}

/** Newest version of a kind of symbols that files ask the system for. */
function newest(files, kind) {
  const named = files.flatMap((file) => [
    ...readFileSync(file, "latin1").matchAll(new RegExp(`\\b${kind}_([0-9.]+)\\0`, "g")),
  ]);
  const versions = named.map(([, version]) => version.split(".").map(Number));
  versions.sort((a, b) => a[0] - b[0] || (a[1] ?? 0) - (b[1] ?? 0) || (a[2] ?? 0) - (b[2] ?? 0));
  return versions.at(-1).join(".");
}

/** Loads the addon in a process of its own, and makes sure that the libraries are those beside it. */
function checkLoads(folder, libraries) {
  const program = `
    process.dlopen({ exports: {} }, ${JSON.stringify(join(folder, "convoy.node"))});
    process.stdout.write(require("node:fs").readFileSync("/proc/self/maps"));`;
  const maps = text(process.execPath, ["-e", program], { env: { PATH: "" } });
  for (const name of libraries) {
    if (maps.includes(join(folder, name))) continue;
    fail(`${name} is not loaded from beside the addon; build it anew, with its path $ORIGIN`);
  }
}

/** Makes an archive of a folder, and gives its path. */
function pack(folder) {
  const [{ filename }] = JSON.parse(
    text("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", out], { cwd: folder }),
  );
  return join(out, filename.replace("@", "").replace("/", "-"));
}

const own = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const staging = mkdtempSync(join(tmpdir(), "convoy-package-"));

function platformPackage({ name, os, cpu, libc }) {
  const folder = join(staging, name);
  mkdirSync(join(folder, "licences"), { recursive: true });
  const libraries = librariesOf(given.addon);
  copyFileSync(given.addon, join(folder, "convoy.node"));
  for (const [as, path] of libraries) {
    copyFileSync(path, join(folder, as));
    copyFileSync(licenceOf(path), join(folder, "licences", `${as}.txt`));
  }
  copyFileSync(join(root, "LICENSE"), join(folder, "LICENSE"));
  const files = ["convoy.node", ...libraries.keys()];
  const paths = files.map((file) => join(folder, file));
  execFileSync("strip", ["--strip-unneeded", ...paths]);
  checkLoads(folder, [...libraries.keys()]);
  const needs = `glibc ${newest(paths, "GLIBC")} and libstdc++ with GLIBCXX_${newest(paths, "GLIBCXX")}`;
  const manifest = {
    ...{ name: `@${own.name}/${name}`, version: own.version },
    description: `The native engine of ${own.name}, built for ${os} on ${cpu} with ${libc}.`,
    license: "SEE LICENSE IN README.md",
    ...{ os: [os], cpu: [cpu], libc: [libc], engines: own.engines, main: "convoy.node" },
    files: [...files, "licences"],
    ...{ preferUnplugged: true, publishConfig: { access: "public" } },
  };
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
  const rows = [...libraries].map(
    ([as, path]) => `- \`${as}\` (${basename(path)}): licences/${as}.txt`,
  );
  writeFileSync(
    join(folder, "README.md"),
    `# ${manifest.name}\n\n${manifest.description} It is installed along with \`${own.name}\`, needs ${needs}, and is no use ` +
      `alone.\n\n\`convoy.node\` is under the Apache License 2.0 (LICENSE). Beside it lie libraries of others, unchanged but ` +
      `for their symbols, which were stripped:\n\n${rows.join("\n")}\n`,
  );
  return { file: pack(folder), manifest, needs };
}

/** The package as npm packs it, with the platforms' packages as optional dependencies. */
function mainPackage() {
  const [{ filename }] = JSON.parse(
    text("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", staging], {
      cwd: root,
      maxBuffer: 2 ** 26,
    }),
  );
  execFileSync("tar", ["-xzf", join(staging, filename), "-C", staging]);
  const folder = join(staging, own.name);
  renameSync(join(staging, "package"), folder);
  const names = Object.keys(platforms).map((name) => [`@${own.name}/${name}`, own.version]);
  const { scripts: _, devDependencies: __, ...manifest } = own;
  const optionalDependencies = { ...manifest.optionalDependencies, ...Object.fromEntries(names) };
  writeFileSync(
    join(folder, "package.json"),
    `${JSON.stringify({ ...manifest, optionalDependencies }, undefined, 2)}\n`,
  );
  return pack(folder);
}

try {
  if (!existsSync(given.addon)) fail(`there is no ${given.addon}; type: node scripts/setup.mjs`);
  if (!existsSync(join(root, "dist"))) fail("there is no dist; type: npm run build");
  mkdirSync(out, { recursive: true });
  const { file, needs } = platformPackage(thisPlatform());
  for (const path of [file, mainPackage()]) {
    console.log(`${path}: ${(statSync(path).size / 1e6).toFixed(1)} MB`);
  }
  console.log(`the engine needs ${needs}`);
} finally {
  rmSync(staging, { recursive: true, force: true });
}
