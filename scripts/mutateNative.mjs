// Puts small faults into the native engine, one at a time, and says which of them no test sees. It works on a copy of
// native/ in build/faults, built for the best instruction set of this machine alone, with the kernels for AVX-512 on
// any machine, and with less optimisation than usual, so that a fault takes seconds (see native/CMakeLists.txt).
//
//   node scripts/mutateNative.mjs [--each N] [--from K] [--log FILE] [--sanitize] kernels/pool.cc=TESTS ...
//   node scripts/mutateNative.mjs kernels/pool.cc:67='test/conformance/engines.test.ts:Pool'       one line alone
//
// TESTS are test files, joined by commas, with a pattern of the tests' names behind a colon. Of each file N faults are
// tried (default 2), evenly spaced among all that there are, from the K-th on. A fault that does not compile is none.
// With --log what is found is added to a file, and what stands there is not tried again, so that a long run can be
// ended and resumed. With --sanitize the copy checks every memory access, as scripts/sanitize.sh does, and sees faults
// that read or write outside of memory and change no result; building takes longer. Ends with 1 when a fault lives.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const require = createRequire(import.meta.url);
const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    each: { type: "string", default: "2" },
    from: { type: "string", default: "0" },
    log: { type: "string" },
    sanitize: { type: "boolean", default: false },
  },
});
const folder = join(root, "build", values.sanitize ? "faults-sanitize" : "faults");
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

const run = (...command) =>
  spawnSync(command[0], command.slice(1), { cwd: root, encoding: "utf8" });

const build = () => run("cmake", "--build", target).status === 0;

/** What a process needs that loads the copy. */
function environment() {
  const env = { ...process.env, CONVOY_ADDON: join(target, "convoy.node") };
  if (!values.sanitize) return env;
  const cache = readFileSync(join(target, "CMakeCache.txt"), "utf8");
  const [, compiler] = /^CMAKE_CXX_COMPILER:[A-Z]*=(.*)$/m.exec(cache);
  return {
    ...env,
    LD_PRELOAD: run(compiler, "-print-file-name=libasan.so").stdout.trim(),
    ASAN_OPTIONS: "detect_leaks=0:abort_on_error=1:allocator_may_return_null=1",
    UBSAN_OPTIONS: "halt_on_error=1",
  };
}

/** Whether the tests pass with what is built, within a time in milliseconds, and how many did not skip. */
async function outcome([files, pattern], longest) {
  const child = spawn(
    process.execPath,
    [
      ...[join(root, "node_modules/vitest/vitest.mjs"), "run", ...files.split(",")],
      ...["--bail=1", "--reporter=json", "--pool=forks", "--maxWorkers=1"],
      ...(pattern ? ["-t", pattern] : []),
    ],
    { cwd: root, env: environment(), stdio: ["ignore", "pipe", "ignore"], detached: true },
  );
  // A loop without an end is in a process of its own.
  const timer = setTimeout(() => process.kill(-child.pid, "SIGKILL"), longest);
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  const [status] = await once(child, "close");
  clearTimeout(timer);
  return { passes: status === 0, tested: status === 0 ? JSON.parse(output).numPassedTests : 0 };
}

/** The best instruction set of this machine, which the engine in use has found. */
const isa = () => require(join(root, "build", "native", "convoy.node")).describe().isa;

/** Copies what has changed alone, so that no more is built again. */
function copySources() {
  const original = join(root, "native");
  const isOther = (from, to) =>
    statSync(from).isDirectory() || !existsSync(to) || !readFileSync(from).equals(readFileSync(to));
  cpSync(original, sources, { recursive: true, filter: isOther });
  for (const name of readdirSync(sources, { recursive: true })) {
    if (!existsSync(join(original, name))) rmSync(join(sources, name), { recursive: true });
  }
}

function configure() {
  copySources();
  const { status, stderr } = run(
    ...["cmake", "-S", sources, "-B", target, "-DCMAKE_BUILD_TYPE=Release"],
    "-DCMAKE_CXX_FLAGS_RELEASE=-O1 -fexpensive-optimizations -DNDEBUG",
    `-DCONVOY_ISAS=${isa()}`,
    "-DCONVOY_WIDE=ON",
    `-DCONVOY_SANITIZE=${values.sanitize ? "ON" : "OFF"}`,
    `-DNODE_HEADERS=${require("node-api-headers").include_dir}`,
    `-DNODE_ADDON_API=${dirname(require.resolve("node-addon-api/package.json"))}`,
  );
  if (status !== 0 || !build()) throw new Error(`the native engine does not build\n${stderr}`);
}

/** How long tests take that pass without any fault, in milliseconds. */
const durations = new Map();
/** How much longer they may take with one; with a fault that makes them longer it is seen. */
const [TIMES, MORE] = [10, 60_000];

async function durationOf(tests) {
  if (!durations.has(tests)) {
    build();
    const start = Date.now();
    const { passes, tested } = await outcome(tests.split(":"), 3_600_000);
    if (!passes) throw new Error(`${tests}: fail without any fault`);
    if (tested === 0) throw new Error(`${tests}: none is run here`);
    durations.set(tests, Date.now() - start);
  }
  return durations.get(tests);
}

/** The faults to try of a file, or of one of its lines. */
function chosen(whole, line) {
  const faults = faultsOf(whole);
  if (line) return faults.filter((fault) => fault.line === Number(line));
  const stride = Math.max(1, faults.length / Number(values.each));
  const count = Math.ceil((faults.length - Number(values.from)) / stride);
  return Array.from(
    { length: count },
    (_, at) => faults[Math.floor(Number(values.from) + at * stride)],
  );
}

const known =
  values.log && existsSync(values.log) ? readFileSync(values.log, "utf8").split("\n") : [];
const found = { seen: 0, LIVES: 0 };

/** Counts a fault and tells of it. */
function tell(verdict, name, isNew) {
  found[verdict]++;
  const text = `${verdict.padEnd(5)} ${name}`;
  if (isNew && values.log) appendFileSync(values.log, `${text}\n`);
  console.log(text);
}

async function tryFaults(place, tests) {
  const [file, only] = place.split(":");
  const path = join(sources, file);
  const whole = readFileSync(path, "utf8");
  for (const { line, old, was, text } of chosen(whole, only)) {
    const name = `${file}:${line}  ${old} -> ${operators[old]}  in  ${was}`;
    const before = known.find((each) => each.slice(6) === name);
    if (before) {
      tell(before.slice(0, 5).trim(), name, false);
      continue;
    }
    const longest = TIMES * (await durationOf(tests)) + MORE;
    writeFileSync(path, text);
    if (build()) {
      const { passes } = await outcome(tests.split(":"), longest);
      tell(passes ? "LIVES" : "seen", name, true);
    }
    writeFileSync(path, whole);
  }
}

configure();
for (const one of positionals) {
  const [place, tests] = one.split("=");
  await tryFaults(place, tests);
}
const { seen, LIVES: alive } = found;
console.log(`${seen} of ${seen + alive} faults seen, ${alive} live`);
process.exitCode = alive > 0 ? 1 : 0;
