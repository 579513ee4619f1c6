import fc from "fast-check";
import { expect, test } from "vitest";
import { duplicateKey } from "./duplicateKey.js";

test.each([
  ["{}", undefined],
  ['{"a":1,"a":2}', "a"],
  ['{"a":1,"\\u0061":2}', "a"],
  ['{"a":"a\\":","b":"{\\"a\\":1}"}', undefined],
  ['{"x":{"a":1},"y":{"a":2},"x" : 3}', "x"],
  ['[{"a":[1,{"a":2}]},{"a":3}]', undefined],
  ['{"a":{"b":1,"c":[],"b":2}}', "b"],
])("%s", (json, key) => {
  expect(duplicateKey(json)).toBe(key);
});

test("what JSON.stringify writes has no name twice", () => {
  fc.assert(
    fc.property(fc.json(), (json) => {
      expect(duplicateKey(JSON.stringify(JSON.parse(json)))).toBeUndefined();
    }),
  );
});
