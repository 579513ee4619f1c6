// Lists of a large JSON file, element by element: the file is one object, of which some members are lists. Only one element
// at a time is an object of JavaScript, and its bytes are bounded. JSON.parse of a whole file takes as much memory as the
// file likes (of empty lists 20 times its bytes), and when there is too little it ends the process.

import { InputError } from "../inputError.js";
import { formatBytes } from "../text/bytes.js";

/** Bytes of one element. */
const LARGEST = 8_000_000;

const [QUOTE, BACKSLASH, COMMA, COLON] = [...'"\\,:'].map((letter) => letter.charCodeAt(0));
const [OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = [..."[]{}"].map((letter) => letter.charCodeAt(0));
const isBlank = (byte: number) => byte === 32 || byte === 10 || byte === 13 || byte === 9;
const isEnd = (byte: number) =>
  isBlank(byte) || byte === COMMA || byte === CLOSE_LIST || byte === CLOSE;

/** Goes through the bytes of a JSON text without recursion. */
class Scanner {
  private at = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly path: string,
  ) {
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.at = 3;
  }

  /** The next byte behind blanks, which stays. */
  peek(): number | undefined {
    while (isBlank(this.bytes[this.at])) this.at++;
    return this.bytes[this.at];
  }

  /** Takes the next byte if it is the given one. */
  takes(byte: number): boolean {
    const found = this.peek() === byte;
    if (found) this.at++;
    return found;
  }

  expect(...expected: readonly number[]): number {
    const found = this.peek();
    if (found === undefined || !expected.includes(found)) throw this.fault(expected);
    this.at++;
    return found;
  }

  private fault(expected: readonly number[]): InputError {
    const found = this.bytes[this.at];
    const what = found === undefined ? "its end" : JSON.stringify(String.fromCharCode(found));
    const wanted = expected.map((byte) => JSON.stringify(String.fromCharCode(byte))).join(" or ");
    return new InputError(
      `${this.path} is no JSON, or cut off: byte ${this.at} is ${what}; expected ${wanted}`,
    );
  }

  private skipText(): void {
    const { bytes } = this;
    for (this.at++; bytes[this.at] !== QUOTE; this.at++) {
      if (bytes[this.at] === BACKSLASH) this.at++;
      if (this.at >= bytes.length) throw this.fault([QUOTE]);
    }
    this.at++;
  }

  /** Goes behind the next value, whose insides are not looked at closely. */
  skip(): void {
    const { bytes } = this;
    this.peek();
    const from = this.at;
    let depth = 0;
    do {
      const byte = this.peek();
      if (byte === undefined) throw this.fault([depth > 0 ? CLOSE : OPEN]);
      if (byte === QUOTE) {
        this.skipText();
        continue;
      }
      if (byte === OPEN || byte === OPEN_LIST) depth++;
      else if ((byte === CLOSE || byte === CLOSE_LIST) && depth > 0) depth--;
      else if (depth === 0) {
        while (this.at < bytes.length && !isEnd(bytes[this.at])) this.at++;
        if (this.at === from) throw this.fault([OPEN]);
        return;
      }
      this.at++;
    } while (depth > 0);
  }

  /** The next value. */
  value(what: string): unknown {
    this.peek();
    const from = this.at;
    this.skip();
    const { path } = this;
    const length = this.at - from;
    if (length > LARGEST) {
      throw new InputError(
        `${path}: ${what} (byte ${from}) has ${formatBytes(length)}; expected at most ${formatBytes(LARGEST)}`,
      );
    }
    try {
      const text = new TextDecoder("utf-8", { fatal: true });
      return JSON.parse(text.decode(this.bytes.subarray(from, this.at)));
    } catch (error) {
      throw new InputError(
        `${path}: ${what} (byte ${from}) is no JSON: ${(error as Error).message}`,
      );
    }
  }
}

/**
 * Hands each element of some lists of a JSON object to `use`, in the order of the file. Other members are skipped.
 *
 * @param lists names of the members that are lists
 * @returns the names of the lists that there are
 * @throws InputError for what is no JSON object, by the byte, for a list that is something else or is there twice, and
 *   for an element of more than 8 MB. What is skipped is not checked but for its brackets and quotes.
 * @example
 * const bytes = new TextEncoder().encode('{"a": [1, {"b": 2}], "c": [3]}');
 * const found: unknown[] = [];
 * eachElement(bytes, "x.json", ["a", "d"], (list, value, at) => found.push([list, value, at]));
 * found; // [["a", 1, 0], ["a", { b: 2 }, 1]]
 */
export function eachElement<K extends string>(
  bytes: Uint8Array,
  path: string,
  lists: readonly K[],
  use: (list: K, value: unknown, at: number) => void,
): ReadonlySet<K> {
  const scanner = new Scanner(bytes, path);
  const seen = new Set<K>();
  scanner.expect(OPEN);
  let more = !scanner.takes(CLOSE);
  while (more) {
    if (scanner.peek() !== QUOTE) scanner.expect(QUOTE);
    const key = scanner.value("a name");
    scanner.expect(COLON);
    const list = lists.find((name) => name === key);
    if (list === undefined) scanner.skip();
    else {
      if (seen.has(list)) throw new InputError(`${path} has the list "${list}" twice`);
      seen.add(list);
      elementsOf(scanner, list, use);
    }
    more = scanner.expect(COMMA, CLOSE) === COMMA;
  }
  if (scanner.peek() !== undefined) throw new InputError(`${path}: more bytes follow its end`);
  return seen;
}

/** Hands on the elements of the list that begins here. */
function elementsOf<K extends string>(
  scanner: Scanner,
  list: K,
  use: (list: K, value: unknown, at: number) => void,
): void {
  scanner.expect(OPEN_LIST);
  if (scanner.takes(CLOSE_LIST)) return;
  for (let at = 0; ; at++) {
    use(list, scanner.value(`${list}[${at}]`), at);
    if (scanner.expect(COMMA, CLOSE_LIST) === CLOSE_LIST) return;
  }
}
