import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InputError } from "../inputError.js";
import { csvRow, parseCsv, spreadsheetSafe, toCsv } from "./csv.js";

const cellsOf = (text: string) => parseCsv(text, "x").map(({ cells }) => cells);

/** Texts rich in what divides cells. */
const text = fc.string({ unit: fc.constantFrom(..."\",\r\n \t\uFEFF'=-+@ab\u00e9\u2028") });

describe("writing", () => {
  test("what is written is read back", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }).chain((width) => {
          const row = fc.array(fc.oneof(text, fc.string()), {
            minLength: width,
            maxLength: width,
          });
          return fc.array(row, { minLength: 1, maxLength: 5 });
        }),
        ([columns, ...rows]) => {
          expect(cellsOf(toCsv(columns, rows))).toEqual([columns, ...rows]);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("numbers are written in full, and what is not known or not finite stays empty", () => {
    const values = [0.1 + 0.2, -1e-7, true, undefined, Number.NaN, Number.POSITIVE_INFINITY];
    expect(csvRow(values)).toBe("0.30000000000000004,-1e-7,true,,,");
    expect(csvRow([undefined])).toBe('""');
  });

  test("quotes stand only where they must", () => {
    expect(
      toCsv(
        ["a b", "c"],
        [
          ['say "x"', "x,y"],
          ["'", "-1"],
        ],
      ),
    ).toBe('a b,c\n"say ""x""","x,y"\n\',-1\n');
  });
});

describe("texts for spreadsheets", () => {
  test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "'=1", "''@a"])("%j", (given) => {
    expect(spreadsheetSafe(given)).toBe(`'${given}`);
  });

  test.each(["", "cat", "a=b", "a-1", "'", "'cat'", " =1"])("%j stays", (given) => {
    expect(spreadsheetSafe(given)).toBe(given);
  });

  test("never begin like a formula, and can be told apart and taken back", () => {
    fc.assert(
      fc.property(text, (given) => {
        const safe = spreadsheetSafe(given);
        expect(safe).not.toMatch(/^[=+\-@\t\r]/);
        expect(/^'+[=+\-@\t\r]/.test(safe) ? safe.slice(1) : safe).toBe(given);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("reading", () => {
  test.each([
    ["line ends of every kind", "a,b\nc,d\r\ne,f\rg,h", ["a,b", "c,d", "e,f", "g,h"]],
    ["a byte order mark", "\uFEFFa,b", ["a,b"]],
    ["blanks around plain cells", " a ,\tb ", ["a,b"]],
    ["empty lines and a missing last line end", "\na,b\n\n\r\n,\nc,", ["a,b", ",", "c,"]],
  ])("%s", (_, given, rows) => {
    expect(cellsOf(given)).toEqual(rows.map((row) => row.split(",")));
  });

  test("quotes keep commas, quotes, blanks and line ends", () => {
    expect(cellsOf('" a, ""b""\r\n",c\n""\n')).toEqual([[' a, "b"\r\n', "c"], [""]]);
  });

  test("rows know the line on which they start", () => {
    const rows = parseCsv('a\n\n"b\r\nc\rd\ne"\nf', "x");
    expect(rows.map(({ line }) => line)).toEqual([1, 3, 7]);
  });

  test.each([
    ['a\n"b,c', 'x.csv: line 2: cannot read "\\"b,c"; expected a cell, in double quotes'],
    [`"${"x".repeat(40)}`, `cannot read "\\"${"x".repeat(19)}"; expected`],
    ['a,5" disk\n', 'x.csv: line 1: cannot read "5\\" disk\\n"'],
    ['"a" b\n', 'x.csv: line 1: cannot read "\\"a\\" b\\n"'],
  ])("%j is refused", (given, message) => {
    expect(() => parseCsv(given, "x.csv")).toThrow(InputError);
    expect(() => parseCsv(given, "x.csv")).toThrow(message);
  });
});
