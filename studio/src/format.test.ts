import { expect, test } from "vitest";
import { bytes, clock, columnName, count, counted, metric, number, tick } from "./format.js";

test("numbers are told in their units, and what is not known is a dash", () => {
  expect([count(61706), number(0.0123456), number(1.23456e-7)]).toEqual([
    "61,706",
    "0.01235",
    "1.235e-7",
  ]);
  expect([metric(0.98765, "share"), metric(2.5, "number")]).toEqual(["98.77 %", "2.5"]);
  expect([
    tick(0.975, "share"),
    tick(0.5, undefined),
    counted(1, "net"),
    counted(2000, "net"),
  ]).toEqual(["97.5 %", "0.5", "1 net", "2,000 nets"]);
  expect([clock(7), clock(754), clock(12308)]).toEqual(["0:07", "12:34", "3:25:08"]);
  expect([bytes(12), bytes(23.44e6), bytes(0)]).toEqual(["12 B", "23.4 MB", "0 B"]);
  expect([count(null), number(Number.NaN), clock(undefined)]).toEqual(["–", "–", "–"]);
});

test("columns of a table are named after part and metric", () => {
  expect(columnName("selection", "macroF1")).toBe("selectionMacroF1");
});
