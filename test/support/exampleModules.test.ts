import { expect, test } from "vitest";
import { type Modules, runModule, toModule, typeErrors } from "./exampleModules.js";

const modules: Modules = new Map<string, Record<string, unknown>>([
  ["convoynet", { both: 1 }],
  ["convoynet/nn", { both: 1, relu: "layer", two: 2 }],
  ["convoynet/graph", { relu: "op" }],
]);

/** What an example of a file claims, as [line, claimed, found]. */
async function claimsOf(file: string, code: string): Promise<unknown[][]> {
  const claims: unknown[][] = [];
  const module = await toModule({ file, line: 1, code }, modules);
  await runModule(module, ({ line, value }, found) => claims.push([line, value, found]));
  return claims;
}

test("an expression with a comment behind it is a claim, in order and by line", async () => {
  const code = `const later = async (value: number) => value;
// not a claim
let sum = 1; // nor this
sum += 1;
sum; // 2
await later(3); // three`;
  expect(await claimsOf("docs/page.md", code)).toEqual([
    [4, "2", 2],
    [5, "three", 3],
  ]);
});

test("a docstring's names come from its own file and room, then from where they mean one thing", async () => {
  const claims = await claimsOf("src/nn/scope.ts", "relu; // a\nboth; // b");
  expect(claims.map(([, , found]) => found)).toEqual(["layer", 1]);
  const ambiguous = claimsOf("src/text/words.ts", "relu; // layer");
  await expect(ambiguous).rejects.toThrow("relu is in convoynet/nn and convoynet/graph: import it");
  expect((await claimsOf("src/text/words.ts", 'nearest("a", ["a"]); // a'))[0][2]).toBe("a");
  const imported = 'import { relu } from "convoynet/graph";\nrelu; // op';
  expect((await claimsOf("src/text/words.ts", imported))[0][2]).toBe("op");
});

test("a name that the example declares is its own, a page brings its imports", async () => {
  expect((await claimsOf("src/nn/scope.ts", "const two = 5;\ntwo; // 5"))[0][2]).toBe(5);
  await expect(claimsOf("docs/page.md", "two; // 2")).rejects.toThrow("two is not defined");
});

test("an example that shows nothing is refused; one that throws fails", async () => {
  await expect(claimsOf("docs/page.md", "const a = 1; // one")).rejects.toThrow("shows nothing");
  await expect(claimsOf("docs/page.md", 'JSON.parse("{");')).rejects.toThrow(SyntaxError);
});

test("type errors say where they are", () => {
  const code = "const a: number = 1;\nconst b: string = a;";
  expect(typeErrors([{ file: "docs/page.md", line: 10, code, modules }])).toEqual([
    "docs/page.md:11: Type 'number' is not assignable to type 'string'.",
  ]);
});
