// Puts small faults into the native engine, one at a time, and says which of them no test sees. It works on a copy of
// native/ in build/faults, built with less optimisation than usual, so that a fault takes seconds (which flags: see
// native/CMakeLists.txt on sanitizers).
//
//   node scripts/mutateNative.mjs [--each N] [--from K] kernels/pool.cc='test/conformance/engines.test.ts:Pool' ...
//
// What stands behind = is test files, joined by commas, with a pattern of the tests' names behind a colon. Of each file
// N faults are tried (default 2), evenly spaced among all that there are, from the K-th on. A fault that does not
// compile is none. Ends with 1 when a fault lives.

import { spawnSync } from "node:child_process";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const require = createRequire(import.meta.url);
const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const folder = join(root, "build", "faults");
const sources = join(folder, "native");
const target = join(folder, "build");

/** What becomes of an operator that has spaces around it. */
const operators = {
  "+": "-",
  "-": "+",
  "*": "+",
  "/": "*",
  "%": "/",
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "==": "!=",
  "!=": "==",
  "&&": "||",
  "||": "&&",
  "+=": "-=",
  "*=": "+=",
};
const OPERATOR = / (\+=|\*=|<=|>=|==|!=|&&|\|\||[-+*/%<>]) /g;

/** Lines that compute nothing. */
const SILENT = /^\s*(\/\/|\/\*|\*|#|template|using|static_assert)/;

/** All faults of a file: on which line, and the text with it. */
function faultsOf(text) {
  const lines = text.split("\n");
  return lines.flatMap((line, at) => {
    if (SILENT.test(line)) return [];
    const code = line.replace(/\/\/.*$/, "");
    return [...code.matchAll(OPERATOR)].map(({ index, 1: old }) => {
      const end = index + 1 + old.length;
      const changed = line.slice(0, index + 1) + operators[old] + line.slice(end);
      return { line: at + 1, old, was: line.trim(), text: lines.with(at, changed).join("\n") };
    });
  });
}

const run = (command, options) =>
  spawnSync(command[0], command.slice(1), { cwd: root, encoding: "utf8", ...options });

function build() {
  return run(["cmake", "--build", target, "-j", "2"]).status === 0;
}

/** Longest that tests may take, in milliseconds; with a fault that makes them longer it is seen. */
const LONGEST = 300_000;

/** Whether the tests pass with what is built. */
function passes([files, pattern]) {
  const { status } = run(
    [
      ...["npx", "vitest", "run", ...files.split(","), "--bail=1", "--reporter=dot"],
      ...(pattern ? ["-t", pattern] : []),
    ],
    { env: { ...process.env, CONVOY_ADDON: join(target, "convoy.node") }, timeout: LONGEST },
  );
  return status === 0;
}

function configure() {
  rmSync(sources, { recursive: true, force: true });
  cpSync(join(root, "native"), sources, { recursive: true });
  const { status, stderr } = run([
    ...["cmake", "-S", sources, "-B", target, "-DCMAKE_BUILD_TYPE=Release"],
    "-DCMAKE_CXX_FLAGS_RELEASE=-O1 -fexpensive-optimizations -DNDEBUG",
    `-DNODE_HEADERS=${require("node-api-headers").include_dir}`,
    `-DNODE_ADDON_API=${dirname(require.resolve("node-addon-api/package.json"))}`,
  ]);
  if (status !== 0 || !build()) throw new Error(`the native engine does not build\n${stderr}`);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { each: { type: "string", default: "2" }, from: { type: "string", default: "0" } },
});
configure();
let [seen, alive] = [0, 0];
/** Tests that are known to pass. */
const sound = new Set();
for (const one of positionals) {
  const [file, tests] = one.split("=");
  const chosen = tests.split(":");
  if (!sound.has(tests) && !passes(chosen)) throw new Error(`${tests}: fail without any fault`);
  sound.add(tests);
  const path = join(sources, file);
  const whole = readFileSync(path, "utf8");
  const faults = faultsOf(whole);
  const stride = Math.max(1, faults.length / Number(values.each));
  for (let at = Number(values.from); at < faults.length; at += stride) {
    const { line, old, was, text } = faults[Math.floor(at)];
    writeFileSync(path, text);
    if (!build()) continue;
    const lives = passes(chosen);
    if (lives) alive++;
    else seen++;
    console.log(
      `${lives ? "LIVES" : "seen "} ${file}:${line}  ${old} -> ${operators[old]}  in  ${was}`,
    );
  }
  writeFileSync(path, whole);
  build();
}
console.log(`${seen} of ${seen + alive} faults seen, ${alive} live`);
process.exitCode = alive > 0 ? 1 : 0;
