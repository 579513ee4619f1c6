// JSON.parse keeps the last of two members of one name; whoever checks a file wants to know of it.

/** Strings, with what makes one a key, and the braces of objects and lists. */
const token = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g;

/**
 * The first name that an object in valid JSON has twice, at any depth, or `undefined`.
 *
 * @example
 * duplicateKey('{ "a": { "b": 1 }, "b": [2], "a": 3 }'); // "a"
 * duplicateKey('[{ "a": 1 }, { "a": 2 }]'); // undefined
 */
export function duplicateKey(json: string): string | undefined {
  const open: Set<string>[] = [];
  for (const [text, colon] of json.matchAll(token)) {
    if (text === "{" || text === "[") open.push(new Set());
    else if (text === "}" || text === "]") open.pop();
    else if (colon !== undefined) {
      const key = JSON.parse(text.slice(0, text.length - colon.length)) as string;
      const keys = open[open.length - 1];
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return undefined;
}
