#!/usr/bin/env node

// Makes a fresh clone ready: system packages, npm packages, the native engine, compiled TypeScript. In an installed
// package, which has no sources of TypeScript, that is system packages and the native engine.
// Plain Node without dependencies, because it runs before any are installed. A step that finds its
// work done looks at file dates only, so a second start costs next to nothing.

import { accessSync, constants, mkdirSync } from "node:fs";
import { buildNative } from "./setup/native.mjs";
import { installPackages } from "./setup/packages.mjs";
import { buildFolder, SetupError } from "./setup/report.mjs";
import { compileSources } from "./setup/sources.mjs";
import { readStamps } from "./setup/stamps.mjs";

const OLDEST_NODE = [20, 19];

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
    throw new SetupError(
      `Convoy needs Node ${OLDEST_NODE.join(".")} or newer; this is ${process.versions.node}`,
      "install a newer Node, for example from https://nodejs.org",
    );
  }
}

function checkFolder() {
  try {
    mkdirSync(buildFolder, { recursive: true });
    accessSync(buildFolder, constants.W_OK);
  } catch (error) {
    throw new SetupError(
      `nothing can be built in ${buildFolder}: ${error.code}`,
      "start it as the owner of that folder, or install the package in a project of your own",
    );
  }
}

try {
  checkNode();
  checkFolder();
  const stamps = readStamps();
  installPackages();
  buildNative(stamps);
  compileSources(stamps);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`setup: ${error.message}`);
  if (error.cure) console.error(`setup: to cure it: ${error.cure}`);
  process.exitCode = 1;
}
