// Spaces: what is refused, their text, and their unit cube.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Random } from "../tensor/philox.js";
import { coordinatesOf, drawSettings, fromCube, toCube } from "./cube.js";
import { checkSettings, checkSpace, type Parameter, type Space } from "./space.js";
import { parseSpace, spaceText } from "./spaceText.js";

const ALL =
  "lr=log:0.0001:0.3,batch=16|32|64,width=logint:8:512,depth=int:1:3,nesterov=true|false,mask=bits:5," +
  "optimizer=sgd|adam,momentum=float:0:0.99?optimizer=sgd,beta=float:0.8:0.999?optimizer=adam,kind=a";

test("text gives data, and data text", () => {
  const space = parseSpace(ALL);
  expect(space.slice(0, 5)).toEqual([
    { name: "lr", kind: "float", low: 1e-4, high: 0.3, log: true },
    { name: "batch", kind: "choice", of: [16, 32, 64] },
    { name: "width", kind: "integer", low: 8, high: 512, log: true },
    { name: "depth", kind: "integer", low: 1, high: 3 },
    { name: "nesterov", kind: "choice", of: [true, false] },
  ]);
  expect(space[7]).toEqual({
    ...{ name: "momentum", kind: "float", low: 0, high: 0.99 },
    when: { name: "optimizer", is: ["sgd"] },
  });
  expect(spaceText(space)).toBe(ALL);
  expect(parseSpace(" a=1|2 , b=bits:3?a=2 ")).toEqual(parseSpace("a=1|2,b=bits:3?a=2"));
});

test("values may have = and : in them, in conditions too", () => {
  const text =
    "structure=harmonic|t-vmf=16,quantise=lsq:w4a4|none,augment=rand=2x9,only=lsq:w4a4," +
    "lr=log:0.1:1?structure=t-vmf=16,decay=float:0:1?quantise=lsq:w4a4|none";
  const space = parseSpace(text);
  expect(space).toMatchObject([
    { kind: "choice", of: ["harmonic", "t-vmf=16"] },
    { kind: "choice", of: ["lsq:w4a4", "none"] },
    { kind: "choice", of: ["rand=2x9"] },
    { kind: "choice", of: ["lsq:w4a4"] },
    { kind: "float", when: { name: "structure", is: ["t-vmf=16"] } },
    { kind: "float", when: { name: "quantise", is: ["lsq:w4a4", "none"] } },
  ]);
  expect(spaceText(space)).toBe(text);
});

test.each([
  ["", "space: there is no parameter to choose"],
  ["lr", 'space: "lr" is no parameter; expected name=domain'],
  ["=1|2", 'space: "=1|2" is no parameter'],
  ["lr=", 'space: lr is ""; expected one of float:low:high, log:low:high'],
  ["lr=0.1:0.3", 'space: lr is "0.1:0.3"; expected one of float:low:high'],
  ["lr=lin:0.1:0.3", 'space: lr is "lin:0.1:0.3"; expected one of'],
  ["lr=float:0.1:big", 'space: lr is "float:0.1:big"; expected one of'],
  ["lr=1|log:0.1:1", 'space: lr has the value "log:0.1:1"; expected a word'],
  ["quantise=none|int:w4", 'space: quantise has the value "int:w4"; expected a word'],
  ["hyper.__proto__=float:0:1", "space: hyper.__proto__: no setting has the name __proto__"],
  ["lr=float:0.1", 'space: lr is "float:0.1"; expected one of'],
  ["lr=float:0.3:0.1", "space: lr reaches from 0.3 to 0.1; expected the lower first"],
  ["lr=float:1:1", "space: lr is always 1; write lr=1"],
  ["lr=log:0:1", "space: lr begins at 0; a logarithmic range needs numbers above 0"],
  ["n=int:1:2.5", "space: n reaches from 1 to 2.5; expected whole numbers"],
  ["x=float:0:1e999", "space: x reaches from 0 to Infinity; expected finite numbers"],
  ["b=bits:0", "space: b has 0 bits; expected a whole number from 1 to 4096"],
  ["a=1|1", "space: a has the value 1 twice"],
  ["a=x||y", 'space: a has the value ""; expected a word'],
  ["a=1|2,a=3|4", "space: a stands there twice"],
  ["a b=1|2", 'space: parameter 1 is called "a b"; expected a name'],
  ["a=1|2?b=1,b=1|2", "space: a depends on b, which does not stand before it; there is nothing"],
  ["b=1|2,a=1|2?c=1", "space: a depends on c, which does not stand before it; there stands b"],
  ["b=int:1:2,a=1|2?b=1", "space: a depends on b, which is no choice"],
  ["b=1|2,a=1|2?b=3", "space: a exists where b is 3, which it never is; expected 1 or 2"],
  ["b=1|2,a=1|2?b", 'space: the condition of a is "b"; expected parameter=value'],
  ["b=1|2,a=1|2?b=1?b=2", "is no parameter; expected name=domain"],
])("%s is refused", (text, message) => {
  expect(() => parseSpace(text)).toThrow(message);
});

test("data are checked as well", () => {
  const one = (parameter: object) => [{ name: "a", ...parameter }] as unknown as Space;
  expect(() => checkSpace([])).toThrow("no parameter");
  expect(() => checkSpace(one({ kind: "choice", of: [] }))).toThrow("a has no values");
  // Its text would be read as a number.
  expect(() => checkSpace(one({ kind: "choice", of: ["16"] }))).toThrow('the value "16"');
  expect(() => checkSpace(one({ kind: "choice", of: ["a,b"] }))).toThrow('the value "a,b"');
  expect(() => checkSpace(one({ kind: "choice", of: [Number.NaN] }))).toThrow("the value NaN");
  const never = { name: "b", kind: "bits", length: 2, when: { name: "a", is: [] } } as const;
  expect(() => checkSpace([{ name: "a", kind: "choice", of: [1, 2] }, never])).toThrow(
    "b never exists",
  );
});

/** Any space whose conditions can hold. */
const spaces: fc.Arbitrary<Space> = fc
  .array(
    fc.tuple(
      fc.oneof(
        fc
          .tuple(
            fc.double({ min: -1e6, max: 1e6, noNaN: true }),
            fc.double({ min: 0.01, max: 1e6, noNaN: true }),
          )
          // Not -0, whose text is 0.
          .map(([low, size]) => ({ kind: "float" as const, low: low + 0, high: low + size })),
        fc
          .tuple(
            fc.double({ min: 1e-9, max: 1, noNaN: true }),
            fc.double({ min: 1.1, max: 1e6, noNaN: true }),
          )
          .map(([low, factor]) => ({
            kind: "float" as const,
            low,
            high: low * factor,
            log: true as const,
          })),
        fc
          .tuple(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 999 }))
          .map(([low, size]) => ({
            kind: "integer" as const,
            low,
            high: low + size,
            log: true as const,
          })),
        fc
          .tuple(fc.integer({ min: -99, max: 99 }), fc.integer({ min: 1, max: 9 }))
          .map(([low, size]) => ({ kind: "integer" as const, low, high: low + size })),
        fc.constantFrom(
          { kind: "choice" as const, of: ["sgd", "adam", "rmsprop"] },
          { kind: "choice" as const, of: [16, 1e-7, true, "x"] },
          { kind: "choice" as const, of: ["t-vmf=16", "lsq:w4a4", "a:b=c:1"] },
        ),
        fc.integer({ min: 1, max: 9 }).map((length) => ({ kind: "bits" as const, length })),
      ),
      fc.nat(9),
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((all) =>
    all.map(([domain, on], at): Parameter => {
      const other = all[on]?.[0];
      const when =
        on < at && other?.kind === "choice" ? { name: `p${on}`, is: [other.of[0]] } : undefined;
      return { name: `p${at}`, ...domain, ...(when && { when }) };
    }),
  );

describe("of any space", () => {
  test("text and data say the same", () => {
    fc.assert(
      fc.property(spaces, (space) => {
        expect(parseSpace(spaceText(space))).toEqual(space);
      }),
    );
  });

  test("every point of the cube is settings of it, and they lie where they came from", () => {
    fc.assert(
      fc.property(spaces, fc.nat(), (space, seed) => {
        const random = new Random({ seed, purpose: "search" });
        const coordinates = coordinatesOf(space);
        const point = Float64Array.from(coordinates, () => 1.2 * random.uniform() - 0.1);
        const settings = fromCube(space, point);
        checkSettings(space, settings, "point");
        const back = toCube(space, settings);
        for (const [at, { cells, parameter }] of coordinates.entries()) {
          if (Number.isNaN(back[at])) continue;
          const { kind } = space[parameter];
          const cut = Math.max(0, Math.min(1, point[at]));
          // A cell's middle; of a logarithmic range of whole numbers the cells differ.
          if (cells > 0) expect(Math.abs(back[at] - cut)).toBeLessThanOrEqual(0.5 / cells + 1e-9);
          else if (kind === "float") expect(back[at]).toBeCloseTo(cut, 5);
        }
        const again = fromCube(space, back);
        for (const { name, kind } of space) {
          // Numbers to a rounding.
          if (kind !== "float") expect(again[name]).toBe(settings[name]);
        }
      }),
    );
  });
});

test("both ends are reached, whole numbers as often as each other", () => {
  const space = parseSpace("lr=log:0.001:0.3,n=int:1:3,w=logint:8:512");
  expect(fromCube(space, [0, 0, 0])).toEqual({ lr: 0.001, n: 1, w: 8 });
  expect(fromCube(space, [1, 1, 1])).toEqual({ lr: 0.3, n: 3, w: 512 });
  const random = new Random({ seed: 1, purpose: "search" });
  const drawn = Array.from({ length: 3000 }, () => drawSettings(space, random));
  for (const n of [1, 2, 3]) {
    expect(drawn.filter((settings) => settings["n"] === n).length / 3000).toBeCloseTo(1 / 3, 1);
  }
  // The middle of the logarithm.
  expect(drawn.filter(({ lr }) => Number(lr) < Math.sqrt(0.0003)).length / 3000).toBeCloseTo(
    0.5,
    1,
  );
});

test("settings that do not fit are refused, each with what was expected", () => {
  const space = parseSpace(ALL);
  const good = drawSettings(space, new Random({ seed: 1, purpose: "search" }));
  const told = (settings: object) => () =>
    checkSettings(space, { ...good, ...settings }, "trial 3");
  expect(told({})).not.toThrow();
  expect(told({ lr: 1 })).toThrow("trial 3: lr is 1; expected a number from 0.0001 to 0.3");
  expect(told({ lr: Number.NaN })).toThrow("trial 3: lr is NaN");
  expect(told({ depth: 1.5 })).toThrow("depth is 1.5; expected a whole number from 1 to 3");
  expect(told({ batch: "16" })).toThrow("batch is 16; expected 16 or 32 or 64");
  expect(told({ mask: "0102" })).toThrow("mask is 0102; expected 5 bits of 0 and 1");
  expect(told({ momentun: 0.9 })).toThrow(
    'unknown parameter "momentun" (did you mean "momentum"?)',
  );
  const { batch: _, ...without } = good;
  expect(() => checkSettings(space, without, "trial 3")).toThrow("batch is missing");
  const sgd = { optimizer: "sgd", momentum: 0.5, beta: 0.9 };
  expect(told(sgd)).toThrow("beta is 0.9; it exists only where optimizer is adam");
});
