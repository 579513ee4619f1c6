// Examples of the documentation as modules that can be run and type-checked.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, sep } from "node:path";
import ts from "typescript";
import { type Example, root } from "./examples.js";

/** What each module exports, by the name or path by which it is imported. */
export type Modules = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

const ROOT_MODULE = "convoynet";

/** The file of a public module: `convoynet/nn` is src/nn/index.ts. */
const sourceOf = (name: string) => join(root, name.replace(ROOT_MODULE, "src"), "index.ts");

/** The public modules, as package.json names them, from their sources. */
export async function publicModules(): Promise<Modules> {
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const names = Object.keys(exports).map((name) => name.replace(".", ROOT_MODULE));
  return new Map(
    await Promise.all(names.map(async (name) => [name, await import(sourceOf(name))] as const)),
  );
}

const parse = (code: string) =>
  ts.createSourceFile("example.ts", code, ts.ScriptTarget.ES2022, true);

/** Whether an identifier is a name of its own, not that of a property. */
function standsAlone(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) || ts.isPropertyAssignment(parent)) {
    return parent.name !== node;
  }
  return !(ts.isBindingElement(parent) && parent.propertyName === node);
}

/** Names that some code uses and does not declare. */
function freeNames(code: string): string[] {
  const used = new Set<string>();
  const declared = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && standsAlone(node)) {
      const { name } = node.parent as ts.Node & { name?: ts.Node };
      const declares = name === node && !ts.isShorthandPropertyAssignment(node.parent);
      (declares ? declared : used).add(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(parse(code));
  return [...used].filter((name) => !declared.has(name));
}

/** An example's code, ready to be run or type-checked. */
export interface ExampleModule extends Example {
  /** What it may import. */
  readonly modules: Modules;
}

/** The module that a docstring's name comes from: its own file and room go before the others. */
function moduleWith(name: string, own: readonly string[], modules: Modules): string | undefined {
  const first = own.find((module) => name in (modules.get(module) ?? {}));
  if (first) return first;
  const found = [...modules].filter(([, names]) => name in names);
  if (new Set(found.map(([, names]) => names[name])).size > 1) {
    throw new Error(`${name} is in ${found.map(([module]) => module).join(" and ")}: import it`);
  }
  return found[0]?.[0];
}

/**
 * An example as a module. That of a docstring gets, in front of its first line, an import for each
 * public name that it uses; a page's block is to be copied as it stands and brings its own.
 */
export async function toModule(example: Example, modules: Modules): Promise<ExampleModule> {
  const { file, code } = example;
  if (!file.startsWith("src")) return { ...example, modules };
  const path = join(root, file);
  const itself = path.replace(/ts$/, "js");
  const all: Modules = new Map([...modules, [itself, await import(path)]]);
  const room = file.split(sep).slice(0, 2).join("/").replace(/^src/, ROOT_MODULE);
  const imports = freeNames(code).flatMap((name) => {
    const module = moduleWith(name, [itself, room], all);
    return module ? [`import { ${name} } from "${module}"; `] : [];
  });
  return { ...example, code: imports.join("") + code, modules: all };
}

/** What a line `expression; // value` says. */
export interface Claim {
  /** Line of the code, from 0. */
  readonly line: number;
  readonly value: string;
}

/** An expression statement with a comment behind it on its last line. */
function claimAt(
  statement: ts.Statement,
  source: ts.SourceFile,
): (Claim & { from: number; to: number }) | undefined {
  if (!ts.isExpressionStatement(statement)) return undefined;
  const [comment] = ts.getTrailingCommentRanges(source.text, statement.end) ?? [];
  if (!comment) return undefined;
  const value = source.text.slice(comment.pos, comment.end).replace(/^\/\/ ?/, "");
  const { line } = source.getLineAndCharacterOfPosition(comment.pos);
  const { expression } = statement;
  return { line, value, from: expression.getStart(source), to: expression.end };
}

/** Hears what the expression of a claim came to. */
export type Evaluate = (claim: Claim, found: unknown) => void;

const couldThrow = (node: ts.Node): boolean =>
  ts.isCallExpression(node) ||
  ts.isNewExpression(node) ||
  (ts.forEachChild(node, couldThrow) ?? false);

/**
 * Runs a module's code; `evaluate` hears every claim.
 *
 * @throws Error for code that claims nothing and cannot fail, and whatever the code throws.
 */
export async function runModule(
  { code, modules }: ExampleModule,
  evaluate: Evaluate,
): Promise<void> {
  const source = parse(code);
  const claims = source.statements.flatMap((statement) => claimAt(statement, source) ?? []);
  if (claims.length === 0 && !couldThrow(source)) throw new Error("the example shows nothing");
  const evaluated = claims.reduceRight(
    (text, { from, to }, at) =>
      `${text.slice(0, from)}$evaluate(${at}, ${text.slice(from, to)})${text.slice(to)}`,
    code,
  );
  const { outputText } = ts.transpileModule(evaluated, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS },
  });
  const load = createRequire(import.meta.url);
  const find = (name: string) => modules.get(name) ?? load(name);
  const AsyncFunction = (async () => undefined).constructor as FunctionConstructor;
  const run = new AsyncFunction("require", "exports", "$evaluate", outputText);
  await run(find, {}, (at: number, found: unknown) => evaluate(claims[at], found));
}

const compilerOptions = () => {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const paths = { [ROOT_MODULE]: ["./src/index.ts"], [`${ROOT_MODULE}/*`]: ["./src/*/index.ts"] };
  const settings = { ...config.compilerOptions, noUnusedLocals: false, paths };
  return ts.convertCompilerOptionsFromJson(settings, root).options;
};

/** A compiler's view of the project with some more files in it. */
function hostWith(
  files: ReadonlyMap<string, string>,
  options: ts.CompilerOptions,
): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  host.getCurrentDirectory = () => root;
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.readFile = (path) => files.get(path) ?? readFile(path);
  return host;
}

/** Type errors of examples under the project's own settings, as `file:line: message`. */
export function typeErrors(examples: readonly ExampleModule[]): string[] {
  const paths = examples.map((_, at) => join(root, `example${at}.ts`));
  const files = new Map(examples.map(({ code }, at) => [paths[at], `${code}\nexport {};\n`]));
  const options = compilerOptions();
  const program = ts.createProgram(paths, options, hostWith(files, options));
  return examples.flatMap(({ file, line }, at) => {
    const source = program.getSourceFile(paths[at])!;
    return ts.getPreEmitDiagnostics(program, source).map(({ start = 0, messageText }) => {
      const offset = source.getLineAndCharacterOfPosition(start).line;
      return `${file}:${line + offset}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
    });
  });
}
