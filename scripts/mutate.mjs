// Puts small faults into sources, one at a time, and says which of them no test sees. Nothing on disk is changed: the
// fault is put in while the tests are loaded.
//
//   node scripts/mutate.mjs [--every N] [--from K] [--jobs J] src/optim/lars.ts=src/optim/optimizers.test.ts ...
//   node scripts/mutate.mjs src/text/csv.ts          tested by src/text/csv.test.ts
//
// Several test files are joined by commas. --every N takes every N-th fault of each file, from the K-th on.
// Ends with 1 when a fault lives.

import { spawn } from "node:child_process";
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

/** How a run with a fault ends. */
const LIVES = 0;
const SEEN = 1;
const UNUSED = 3;

/** Runs tests with a fault put in. */
async function runOne({ file, start, end, replacement, tests }) {
  const { startVitest } = await import("vitest/node");
  const path = resolve(file);
  let applied = false;
  const plugin = {
    name: "fault",
    enforce: "pre",
    transform(code, id) {
      if (id.split("?")[0] !== path) return undefined;
      applied = true;
      return code.slice(0, start) + replacement + code.slice(end);
    },
  };
  const options = { watch: false, bail: 1, reporters: [{}], maxWorkers: 1 };
  const vitest = await startVitest("test", tests, options, { plugins: [plugin] });
  const modules = vitest.state.getTestModules();
  const failed = modules.some((module) => !module.ok());
  await vitest.close();
  process.exit(failed ? SEEN : applied ? LIVES : UNUSED);
}

/** Tests that do not end within this time see the fault as well, in milliseconds. */
const LONGEST = 180_000;

function isSeen(mutant) {
  const self = fileURLToPath(import.meta.url);
  const child = spawn(process.execPath, [self, "--one", JSON.stringify(mutant)], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), LONGEST);
  return new Promise((done, fail) =>
    child.on("exit", (code) => {
      clearTimeout(timer);
      const { file, tests } = mutant;
      if (code === UNUSED) fail(new Error(`${tests.join(", ")} did not load ${file}`));
      else done(code !== LIVES);
    }),
  );
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    every: { type: "string", default: "1" },
    from: { type: "string", default: "0" },
    jobs: { type: "string", default: "2" },
    one: { type: "string" },
  },
});

if (values.one) await runOne(JSON.parse(values.one));

const [every, from] = [Number(values.every), Number(values.from)];
const queue = positionals.flatMap((pair) => {
  const [file, tests = file.replace(/\.ts$/, ".test.ts")] = pair.split("=");
  return mutants(file)
    .filter((_, at) => at % every === from % every)
    .map((mutant) => ({ ...mutant, tests: tests.split(",") }));
});
const total = queue.length;
const alive = [];
await Promise.all(
  Array.from({ length: Number(values.jobs) }, async () => {
    for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
      const seen = await isSeen(mutant);
      const { file, line, old, replacement, was } = mutant;
      console.log(
        `${seen ? "seen " : "LIVES"} ${file}:${line}  ${old} -> ${replacement}  in  ${was}`,
      );
      if (!seen) alive.push(mutant);
    }
  }),
);
console.log(`${total - alive.length} of ${total} faults seen, ${alive.length} live`);
process.exit(alive.length > 0 ? 1 : 0);
