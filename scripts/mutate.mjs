// Puts small faults into sources, one at a time, and says which of them no test sees. Nothing on disk is changed: the
// fault is put in while the tests are loaded.
//
//   node scripts/mutate.mjs [--every N] [--from K] [--jobs J] src/optim/lars.ts=src/optim/optimizers.test.ts ...
//   node scripts/mutate.mjs src/text/csv.ts          tested by src/text/csv.test.ts
//
// Several test files are joined by commas. --every N takes every N-th fault of each file, from the K-th on.
// Ends with 1 when a fault lives.

import { fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import ts from "typescript";

/** What becomes of an operator. */
const operators = {
  "+": "-",
  "-": "+",
  "*": "/",
  "/": "*",
  "%": "*",
  "**": "*",
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "===": "!==",
  "!==": "===",
  "&&": "||",
  "||": "&&",
  "+=": "-=",
  "-=": "+=",
  "*=": "/=",
  "&": "|",
  "|": "&",
  "^": "|",
  "<<": ">>",
  ">>": "<<",
  ">>>": ">>",
};

/** What becomes of a function that is called, or of a method. */
const calls = {
  add: "sub",
  sub: "add",
  mul: "div",
  div: "mul",
  min: "max",
  max: "min",
  floor: "ceil",
  ceil: "floor",
  round: "floor",
  every: "some",
  some: "every",
};

/** The faults of a node: other text in place of a part of it. */
function faultsOf(node) {
  if (ts.isBinaryExpression(node) && node.operatorToken.getText() in operators) {
    return [[node.operatorToken, operators[node.operatorToken.getText()]]];
  }
  if (ts.isCallExpression(node)) {
    const called = ts.isPropertyAccessExpression(node.expression)
      ? node.expression.name
      : node.expression;
    return called.getText() in calls ? [[called, calls[called.getText()]]] : [];
  }
  if (ts.isNumericLiteral(node)) return [[node, `(${node.getText()} + 1)`]];
  if (node.kind === ts.SyntaxKind.TrueKeyword) return [[node, "false"]];
  if (node.kind === ts.SyntaxKind.FalseKeyword) return [[node, "true"]];
  if (ts.isConditionalExpression(node)) {
    return [[node.condition, `!(${node.condition.getText()})`]];
  }
  if (ts.isIfStatement(node)) return [[node.expression, `!(${node.expression.getText()})`]];
  return [];
}

/** Types and imports compute nothing; literals in them are no faults. */
const isSilent = (node) => ts.isTypeNode(node) || ts.isImportDeclaration(node);

/** Whether a text can be parsed at all; operators that may not stand side by side are no fault to look for. */
const isCode = (text) =>
  ts.createSourceFile("x.ts", text, ts.ScriptTarget.ES2022).parseDiagnostics.length === 0;

/** All faults of a file, in its order: where, and what stands there instead. */
function mutants(file) {
  const text = readFileSync(file, "utf8");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const found = [];
  const visit = (node) => {
    if (isSilent(node)) return;
    for (const [part, replacement] of faultsOf(node)) {
      const [start, end] = [part.getStart(), part.getEnd()];
      const line = source.getLineAndCharacterOfPosition(start).line + 1;
      const was = text.split("\n")[line - 1].trim();
      const changed = text.slice(0, start) + replacement + text.slice(end);
      if (!isCode(changed)) continue;
      found.push({ file, line, start, end, replacement, old: text.slice(start, end), was });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Lets one process of tests try one fault after the other; it tells of each over its channel to us. */
async function tryAll(list) {
  const { createVitest } = await import("vitest/node");
  let fault;
  let applied = false;
  const plugin = {
    name: "fault",
    enforce: "pre",
    transform(code, id) {
      if (!fault || id.split("?")[0] !== resolve(fault.file)) return undefined;
      applied = true;
      return code.slice(0, fault.start) + fault.replacement + code.slice(fault.end);
    },
  };
  const options = { watch: false, bail: 1, reporters: [{}], maxWorkers: 1, pool: "threads" };
  const vitest = await createVitest("test", options, { plugins: [plugin] });
  await vitest.standalone();
  const { file, tests } = list[0];
  const passes = async () => {
    vitest.invalidateFile(resolve(file));
    const { testModules } = await vitest.runTestSpecifications(
      await vitest.globTestSpecifications(tests),
    );
    return testModules.length > 0 && testModules.every((module) => module.ok());
  };
  if (!(await passes())) throw new Error(`${tests.join(", ")} fail without any fault`);
  for (const next of list) {
    fault = next;
    const lives = await passes();
    if (!applied) throw new Error(`${tests.join(", ")} did not load ${file}`);
    process.send(lives);
  }
  process.exit(0);
}

/** A fault with which tests do not end within this time is seen, in milliseconds. */
const LONGEST = 180_000;

/** Tries the faults of a file in a process of its own, and in another one from behind one that hangs. */
async function judge(list, tell) {
  let at = 0;
  while (at < list.length) {
    const child = fork(fileURLToPath(import.meta.url), ["--child"], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    let timer;
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => child.kill("SIGKILL"), LONGEST);
    };
    child.on("message", (lives) => {
      tell(list[at++], lives);
      wait();
    });
    wait();
    child.send(list.slice(at));
    const [code, signal] = await once(child, "exit");
    clearTimeout(timer);
    if (signal) tell(list[at++], false);
    else if (code !== 0) throw new Error(`the tests of ${list[0].file} cannot be run`);
  }
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      every: { type: "string", default: "1" },
      from: { type: "string", default: "0" },
      jobs: { type: "string", default: "2" },
    },
  });
  const [every, from] = [Number(values.every), Number(values.from)];
  const queue = positionals.map((pair) => {
    const [file, tests = file.replace(/\.ts$/, ".test.ts")] = pair.split("=");
    return mutants(file)
      .filter((_, at) => at % every === from % every)
      .map((mutant) => ({ ...mutant, tests: tests.split(",") }));
  });
  let [seen, alive] = [0, 0];
  const tell = ({ file, line, old, replacement, was }, lives) => {
    if (lives) alive++;
    else seen++;
    console.log(
      `${lives ? "LIVES" : "seen "} ${file}:${line}  ${old} -> ${replacement}  in  ${was}`,
    );
  };
  await Promise.all(
    Array.from({ length: Number(values.jobs) }, async () => {
      for (let list = queue.shift(); list; list = queue.shift()) await judge(list, tell);
    }),
  );
  console.log(`${seen} of ${seen + alive} faults seen, ${alive} live`);
  process.exitCode = alive > 0 ? 1 : 0;
}

if (process.argv[2] === "--child") process.once("message", tryAll);
else await main();
