// What files import, by the compiler's own reading of them.

import { readFileSync } from "node:fs";
import { dirname, join, normalize, sep } from "node:path";
import ts from "typescript";
import { root } from "./examples.js";

/** A file that imports another one; paths are from the project's root, with slashes. */
export interface Import {
  readonly from: string;
  readonly to: string;
  /** Nothing of it is left when the program runs. */
  readonly byType: boolean;
}

/** Whether a declaration imports or exports types alone. */
function isOfTypes(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node)) {
    const { exportClause } = node;
    const named = exportClause && ts.isNamedExports(exportClause) ? exportClause.elements : [];
    return node.isTypeOnly || (named.length > 0 && named.every((name) => name.isTypeOnly));
  }
  const { importClause } = node;
  if (importClause === undefined) return false;
  const { isTypeOnly, name, namedBindings } = importClause;
  const named = namedBindings && ts.isNamedImports(namedBindings) ? namedBindings.elements : [];
  return isTypeOnly || (!name && named.length > 0 && named.every((one) => one.isTypeOnly));
}

/** What a file of TypeScript imports from the project's own files, also at run time by `import()`. */
export function importsOf(file: string): Import[] {
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, byType: boolean) => {
    if (!specifier || !ts.isStringLiteral(specifier) || !specifier.text.startsWith(".")) return;
    const path = normalize(join(dirname(file), specifier.text)).replace(/js$/, "ts");
    found.push({ from: file, to: path.split(sep).join("/"), byType });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      add(node.moduleSpecifier, isOfTypes(node));
    } else if (ts.isImportTypeNode(node)) {
      add(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], false);
    }
    ts.forEachChild(node, visit);
  };
  const text = readFileSync(join(root, file), "utf8");
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.ES2022));
  return found;
}

/** Groups of files each of which reaches all others of its group (Tarjan 1972), sorted. */
export function circlesOf(imports: readonly Import[]): string[][] {
  const next = new Map<string, string[]>();
  for (const { from, to } of imports) next.set(from, [...(next.get(from) ?? []), to]);
  const [index, low] = [new Map<string, number>(), new Map<string, number>()];
  const [path, circles]: [string[], string[][]] = [[], []];
  const visit = (file: string): void => {
    index.set(file, index.size);
    low.set(file, index.get(file)!);
    path.push(file);
    for (const to of next.get(file) ?? []) {
      if (!index.has(to)) visit(to);
      if (path.includes(to)) low.set(file, Math.min(low.get(file)!, low.get(to)!));
    }
    if (low.get(file) !== index.get(file)) return;
    const group = path.splice(path.indexOf(file));
    if (group.length > 1) circles.push(group.sort());
  };
  for (const file of next.keys()) if (!index.has(file)) visit(file);
  return circles.sort();
}
