// Channels through a reshape: flattening makes h * w places of each, a channel shuffle makes two axes of one.

import type { Shape } from "../../tensor/shape.js";
import { type Ids, type Places, STAYS } from "./ids.js";

/** Axes of the one shape that hold the same elements as axes of the other: [from, to) of both. */
interface Span {
  readonly before: readonly [number, number];
  readonly after: readonly [number, number];
}

/** The shortest spans; axes of size 1 end up in the span behind them. */
function spansOf(before: Shape, after: Shape): Span[] {
  const spans: Span[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const [from, to] = [i, j];
    let [a, b] = [before[i++] ?? 1, after[j++] ?? 1];
    while (a !== b) {
      if (a < b) a *= before[i++];
      else b *= after[j++];
    }
    spans.push({
      before: [from, Math.min(i, before.length)],
      after: [to, Math.min(j, after.length)],
    });
  }
  return spans;
}

/** Ids of all elements of a span, of which one axis has marks. */
function merged(marks: readonly (Places | undefined)[], shape: Shape): Places {
  const axis = marks.findIndex((places) => places);
  const inner = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  const total = shape.reduce((product, size) => product * size, 1);
  const places = marks[axis]!;
  return Int32Array.from(
    { length: total },
    (_, at) => places[Math.floor(at / inner) % places.length],
  );
}

/** The element of a span that is at place `at` of an axis, for all other places. */
function* slab(shape: Shape, axis: number, at: number): Generator<number> {
  const inner = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  const outer = shape.slice(0, axis).reduce((product, size) => product * size, 1);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) yield (o * shape[axis] + at) * inner + i;
  }
}

/** How many sets remain when all of each place along an axis goes together. */
function setsAlong(elements: Places, shape: Shape, axis: number, ids: Ids): number {
  const one = new Map<number, number>();
  const rootOf = (id: number): number => {
    const next = one.get(id);
    return next === undefined || next === id ? id : rootOf(next);
  };
  const found: number[] = [];
  for (let at = 0; at < shape[axis]; at++) {
    const roots = [...slab(shape, axis, at)].map((element) =>
      rootOf(ids.rootOf(elements[element])),
    );
    const least = Math.min(...roots);
    for (const root of roots) one.set(root, least);
    found.push(least);
  }
  return new Set(found.map(rootOf)).size;
}

/** The elements of a span along the one of its axes that leaves most apart. */
function split(elements: Places, shape: Shape, ids: Ids): (Places | undefined)[] {
  const axes = shape.flatMap((size, axis) => (size > 1 ? [axis] : []));
  if (axes.length === 0) return shape.map(() => undefined);
  const sets = axes.map((axis) => (axes.length === 1 ? 0 : setsAlong(elements, shape, axis, ids)));
  const axis = axes[sets.indexOf(Math.max(...sets))];
  const places = Int32Array.from({ length: shape[axis] }, (_, at) => {
    const [first, ...others] = slab(shape, axis, at);
    for (const other of others) ids.join(elements[first], elements[other]);
    return elements[first];
  });
  return shape.map((_, at) => (at === axis ? places : undefined));
}

/** Marks of a value in another shape. Where channels would become parts of several axes, fewer of them go alone. */
export function reshaped(
  marks: readonly (Places | undefined)[],
  before: Shape,
  after: Shape,
  ids: Ids,
): (Places | undefined)[] {
  return spansOf(before, after).flatMap(({ before: [from, to], after: [start, end] }) => {
    const [own, shape] = [marks.slice(from, to), after.slice(start, end)];
    const marked = own.filter((places) => places);
    if (marked.length === 0) return shape.map(() => undefined);
    if (marked.length > 1) {
      for (const places of marked) ids.keep(places!);
      const total = shape.reduce((product, size) => product * size, 1);
      return split(new Int32Array(total).fill(STAYS), shape, ids);
    }
    return split(merged(own, before.slice(from, to)), shape, ids);
  });
}
