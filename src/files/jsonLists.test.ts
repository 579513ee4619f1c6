import * as fc from "fast-check";
import { expect, test } from "vitest";
import { InputError } from "../inputError.js";
import { eachElement } from "./jsonLists.js";

const encode = (text: string) => new TextEncoder().encode(text);

/** The lists "a" and "b" of a text. */
function listsOf(bytes: Uint8Array) {
  const found: { a?: unknown[]; b?: unknown[] } = {};
  const seen = eachElement(bytes, "x.json", ["a", "b"], (list, value, at) => {
    found[list] ??= [];
    expect(found[list].push(value)).toBe(at + 1);
  });
  for (const list of seen) found[list] ??= [];
  return found;
}

test("any object gives what JSON.parse gives, with blanks or without", () => {
  const list = fc.array(fc.jsonValue());
  const object = fc.record({ a: list, b: list, 'c\\"': fc.jsonValue() }, { requiredKeys: [] });
  fc.assert(
    fc.property(object, fc.nat(2), (value, indent) => {
      const { a, b } = JSON.parse(JSON.stringify(value));
      const found = listsOf(encode(JSON.stringify(value, undefined, indent)));
      expect(found).toEqual({ ...(a && { a }), ...(b && { b }) });
    }),
  );
});

test.each([
  ["nothing", "", /byte 0 is its end; expected "{"/],
  ["a list", "[1]", /byte 0 is "\["; expected "{"/],
  ["a name without quotes", "{a: []}", /byte 1 is "a"; expected "\\""/],
  ["no colon", '{"a" []}', /byte 5 is "\["; expected ":"/],
  ["an object instead of a list", '{"a": {}}', /byte 6 is "{"; expected "\["/],
  ["a comma too many", '{"a": [1,]}', /byte 9 is "]"/],
  ["no comma", '{"a": [1 2]}', /byte 9 is "2"; expected "," or "]"/],
  ["a cut in a list", '{"a": [1', /byte 8 is its end; expected "," or "]"/],
  ["a cut in a text", '{"a": ["b\\', /is its end; expected "\\""/],
  ["a cut in what is skipped", '{"c": {"d": [', /is its end/],
  ["no value", '{"c": }', /byte 6 is "}"/],
  ["a word", '{"a": [1, two]}', /a\[1\] \(byte 10\) is no JSON/],
  ["brackets that do not match", '{"a": [{"b": 1]]}', /a\[0\] \(byte 7\) is no JSON/],
  ["a list twice", '{"a": [], "a": []}', /has the list "a" twice/],
  ["more behind the end", '{"a": []} {}', /more bytes follow/],
  [
    "a large element",
    `{"a": ["${"x".repeat(9e6)}"]}`,
    /a\[0\] \(byte 7\) has 9.0 MB; expected at most 8.0 MB/,
  ],
])("%s is refused by its byte", (_, text, message) => {
  expect(() => listsOf(encode(text))).toThrow(InputError);
  expect(() => listsOf(encode(text))).toThrow(message);
});

test("damaged texts are read or refused, deep ones too", () => {
  const whole = encode('\ufeff{"c": [{"d": "\\""}], "a": [1, {"b": [true, "ü"]}], "b": []}');
  expect(listsOf(whole)).toEqual({ a: [1, { b: [true, "ü"] }], b: [] });
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, byte, length) => {
      const damaged = Uint8Array.from(whole);
      damaged[at] = byte;
      for (const bytes of [damaged, whole.subarray(0, length)]) {
        try {
          listsOf(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }
    }),
    { numRuns: 500 },
  );
  expect(() => listsOf(encode(`{"a": [${"[".repeat(100_000)}`))).toThrow(InputError);
  expect(() => listsOf(encode(`{"c": ${"[".repeat(100_000)}`))).toThrow(InputError);
});
