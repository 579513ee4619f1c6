import { expect, test } from "vitest";
import { layoutOf, type ParamLayout } from "../../graph/index.js";
import { FormatError } from "../../tensor/formatError.js";
import {
  type Card,
  decodeCard,
  encodeCard,
  expectSameSwarm,
  firstDifference,
  layoutHash,
  tensorsOf,
} from "./card.js";
import { decodeSnapshot, decodeVector, encodeSnapshot, encodeVector } from "./wire.js";

const layout = layoutOf([
  { name: "a.weight", shape: [2, 2], kind: "weight" },
  { name: "a.bias", shape: [2], kind: "bias" },
]);
const hash = layoutHash(layout);
const text = (content: string) => new TextEncoder().encode(content);

test("a snapshot comes as it was sent, to the bit", () => {
  const snapshot = {
    ...{ particle: 2, healthy: false, lr: -0, loss: Number.NaN, score: Number.NEGATIVE_INFINITY },
    ...{ bestScore: 0.1 + 0.2, epochLoss: Number.POSITIVE_INFINITY, behind: 5e-324 },
  };
  const found = decodeSnapshot(encodeSnapshot(snapshot), 2, "particle 2");
  expect(found).toEqual(snapshot);
  expect(Object.is(found.lr, -0)).toBe(true);
});

test.each([
  ["no JSON", text("{"), /it is no JSON/],
  ["bytes that are no text", Uint8Array.of(0xff), /it is no JSON/],
  ["a name twice", text('{"particle":1,"particle":1,"healthy":true,"lr":0}'), /given twice/],
  [
    "another particle",
    encodeSnapshot({ particle: 0, healthy: true, lr: 1 }),
    /of particle 0; expected 1/,
  ],
  ["an unknown field", text('{"particle":1,"healthy":true,"lr":0,"__proto__":{}}'), /wrong/],
  [
    "a text for a number",
    text('{"particle":1,"healthy":true,"lr":"0.5"}'),
    /lr is wrong: expected a number/,
  ],
  [
    "too much",
    text(`{"particle":1,"healthy":true,"lr":0}${" ".repeat(5000)}`),
    /expected at most 4096/,
  ],
])("a snapshot is refused that is %s", (_, bytes, message) => {
  expect(() => decodeSnapshot(bytes, 1, "particle 1")).toThrow(message);
  expect(() => decodeSnapshot(bytes, 1, "particle 1")).toThrow(FormatError);
});

const expected = { name: "state.ü", length: 5, hash };
const values = Float32Array.of(1, -0, Number.NaN, Number.POSITIVE_INFINITY, 1e-45);

test("a vector comes as it was sent, to the bit, wherever it lies in memory", () => {
  const bytes = encodeVector("state.ü", values, hash);
  const apart = new Uint8Array(bytes.length + 3);
  apart.set(bytes, 3);
  const found = decodeVector(apart.subarray(3), expected, "particle 0");
  expect(new Uint8Array(found.buffer)).toEqual(new Uint8Array(values.buffer));
  const ofNode = decodeVector(Buffer.from(apart).subarray(3), expected, "particle 0");
  expect(ofNode).toEqual(found);
});

test("a vector is refused with any bit changed, any byte missing or added", () => {
  const bytes = encodeVector("state.ü", values, hash);
  for (let at = 0; at < bytes.length; at++) {
    const changed = bytes.slice();
    changed[at] ^= 1 << (at % 8);
    expect(() => decodeVector(changed, expected, "p"), String(at)).toThrow(FormatError);
    expect(() => decodeVector(bytes.subarray(0, at), expected, "p")).toThrow(/expected \d+ for 5/);
  }
  expect(() => decodeVector(Uint8Array.of(...bytes, 0), expected, "p")).toThrow(/expected/);
});

test("a vector is refused that belongs to another net, by what differs", () => {
  const bytes = encodeVector("state.ü", values, hash);
  const other = { ...expected, hash: "00".repeat(32) };
  expect(() => decodeVector(bytes, other, "p")).toThrow(/p, byte 4: the layout's hash is not/);
  const name = { ...expected, name: "state.ö" };
  expect(() => decodeVector(bytes, name, "p")).toThrow(/the name is not that of vector "state.ö"/);
});

const cardOf = (of: ParamLayout, more: Partial<Card> = {}): Card => ({
  ...{ format: 1, settings: { lr: 0.1 }, model: "m", coupling: "pso", particles: 2, seed: 1 },
  ...{
    source: "/d",
    data: "d",
    runs: "r",
    layout: { hash: layoutHash(of), tensors: tensorsOf(of) },
  },
  ...more,
});

test("layouts have one number each, by names, shapes, kinds and order", () => {
  const own = tensorsOf(layout);
  expect(layoutHash(layoutOf(layout.params))).toBe(hash);
  const others = [
    layoutOf([...layout.params].reverse()),
    layoutOf([{ ...layout.params[0], shape: [4, 1] }, layout.params[1]]),
    layoutOf([layout.params[0]]),
    layoutOf([{ ...layout.params[0], kind: "scale" }, layout.params[1]]),
  ];
  expect(new Set([hash, ...others.map(layoutHash)]).size).toBe(5);
  expect(firstDifference(own, own)).toBe(undefined);
  expect(firstDifference(own, tensorsOf(others[2]))).toBe(
    'tensor 1 is "a.bias" [2] (bias) here and none there',
  );
});

test("a card comes as it was sent, and another swarm's is refused by what differs", () => {
  const own = cardOf(layout);
  expect(decodeCard(encodeCard(own), "card")).toEqual(own);
  expect(() => expectSameSwarm(own, own, "card")).not.toThrow();
  const wider = layoutOf([{ ...layout.params[0], shape: [3, 2] }, layout.params[1]]);
  expect(() => expectSameSwarm(own, cardOf(wider), "card")).toThrow(
    /another net .*tensor 0 is "a.weight" \[2, 2\] \(weight\) here and "a.weight" \[3, 2\]/,
  );
  const more = (change: Partial<Card>) => () =>
    expectSameSwarm(own, cardOf(layout, change), "card");
  expect(more({ particles: 3 })).toThrow(/particles 3, here it is 2/);
  expect(more({ data: "e" })).toThrow(/data "e"/);
  expect(more({ settings: {} })).toThrow(/setting lr not set, here it is 0.1/);
  expect(() => decodeCard(text('{"format":2}'), "card")).toThrow(/format is wrong/);
});
