// System packages that the native engine needs: oneDNN with its headers, CMake, a C++ compiler, make.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { action, run, SetupError } from "./report.mjs";

/** All that is missing is one command that its user has to type. */
export class NeedsPassword extends SetupError {}

const onPath = (...programs) =>
  (process.env.PATH ?? "")
    .split(delimiter)
    .some((folder) => programs.some((program) => existsSync(join(folder, program))));

const PREFIXES = [
  ...(process.env.CMAKE_PREFIX_PATH ?? "").split(/[:;]/).filter(Boolean),
  ...["/usr", "/usr/local", "/opt/homebrew"],
];

const anyPrefix = (file) => PREFIXES.some((prefix) => existsSync(join(prefix, file)));

/** Packages by platform, each with a look whether what it brings is there. */
const NEEDS = {
  linux: {
    "libdnnl-dev": () => anyPrefix("include/dnnl.hpp"),
    cmake: () => onPath("cmake"),
    "g++": () => onPath("c++", "g++", "clang++"),
    make: () => onPath("make", "ninja"),
  },
  darwin: {
    onednn: () => anyPrefix("include/dnnl.hpp"),
    cmake: () => onPath("cmake"),
    libomp: () => anyPrefix("opt/libomp/include/omp.h"),
  },
};

/** What to put before a command to run it as root, or `undefined` when that needs a password. */
function asRoot() {
  if (process.getuid?.() === 0) return [];
  const sudo = onPath("sudo") && spawnSync("sudo", ["-n", "true"]).status === 0;
  return sudo ? ["sudo", "-n"] : undefined;
}

function installWithApt(packages, prefix) {
  const apt = [...prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"];
  const options = ["-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"];
  const install = [...apt, "install", ...options, ...packages];
  action(`installing ${packages.join(" ")} (apt-get)`, () => {
    try {
      run("apt", [install]);
    } catch {
      // The lists of packages are missing, as in a container's image, or out of date.
      run("apt", [[...apt, "update"], install]);
    }
  });
}

function provideWithApt(packages) {
  const prefix = asRoot();
  const sudo = prefix?.length === 0 ? "" : "sudo ";
  const command = `${sudo}apt-get update && ${sudo}apt-get install -y ${packages.join(" ")}`;
  if (!prefix) {
    throw new NeedsPassword(
      `the native engine needs ${packages.join(", ")}; installing takes a password`,
      `type\n\n  ${command}\n\nor go on with the slow reference engine by setting CONVOY_NATIVE=off`,
    );
  }
  try {
    installWithApt(packages, prefix);
  } catch (error) {
    throw new SetupError(error.message, command);
  }
}

/**
 * Installs the system packages that are missing.
 *
 * @throws NeedsPassword with the command to type when it may not install them.
 * @throws SetupError when they cannot be had.
 */
export function provideSystemPackages() {
  const needs = NEEDS[process.platform] ?? {};
  const missing = Object.keys(needs).filter((name) => !needs[name]());
  if (missing.length === 0) return;
  if (process.platform === "darwin") {
    throw new NeedsPassword(
      `the native engine needs ${missing.join(", ")}`,
      `type\n\n  brew install ${missing.join(" ")}\n`,
    );
  }
  if (!onPath("apt-get")) {
    throw new SetupError(
      `not found: ${missing.join(", ")} (names of Debian's packages), and no apt-get to install them`,
      "install oneDNN with its headers, CMake, a C++17 compiler and make, then start again",
    );
  }
  provideWithApt(missing);
}
