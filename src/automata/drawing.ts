// Automata as SVG: states in columns, so that arcs lead to the right wherever they can.

import { element, faint, image, ink, label, palette } from "../charts/svg.js";
import { InputError } from "../inputError.js";
import { outgoing, topologicalOrder } from "./adjacency.js";
import { type Automaton, assemble } from "./automaton.js";
import { iota } from "./derive.js";
import { arcText, stateText } from "./labelTexts.js";

const MOST_STATES = 200;
/** Arcs between two states that are written out; more are counted. */
const MOST_TEXTS = 4;
const RADIUS = 18;
const COLUMN = 130;
const ROW = 96;
const MARGIN = 60;
const TITLE = 40;
const LINE = 13;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Without arcs from a state to itself, which need no room. */
function withoutLoops(of: Automaton): Automaton {
  const arcs = iota(of.source.length).filter((arc) => of.source[arc] !== of.target[arc]);
  const by = (list: Int32Array) => arcs.map((arc) => list[arc]);
  const [source, target] = [by(of.source), by(of.target)];
  const structure = { states: of.states, source, target, input: source, output: target };
  return assemble(structure, new Float64Array(arcs.length + 2 * of.states));
}

/** The column of each state: behind all states that lead to it, or where there are cycles, as near to a start as can be. */
function columnsOf(of: Automaton): Int32Array {
  const plain = withoutLoops(of);
  const { order } = topologicalOrder(plain);
  const { offsets, order: arcs } = outgoing(plain);
  const columns = new Int32Array(of.states);
  const next = (state: number) =>
    arcs.subarray(offsets[state], offsets[state + 1]).map((arc) => plain.target[arc]);
  if (order) {
    for (const state of order) {
      for (const to of next(state)) columns[to] = Math.max(columns[to], columns[state] + 1);
    }
    return columns;
  }
  columns.fill(-1);
  let open = [...iota(of.states)].filter((state) => of.start[state] !== -Infinity);
  for (let column = 0; open.length > 0; column++) {
    for (const state of open) columns[state] = column;
    open = [...new Set(open.flatMap((state) => [...next(state)]))].filter((to) => columns[to] < 0);
  }
  // What no start leads to stands in the first column.
  return columns.map((column) => Math.max(0, column));
}

/** Where the states stand: those of a column one below the other, in the middle. */
function placesOf(of: Automaton): { places: Point[]; width: number; height: number } {
  const columns = columnsOf(of);
  const counts = new Map<number, number>();
  const rows = columns.map((column) => {
    const row = counts.get(column) ?? 0;
    counts.set(column, row + 1);
    return row;
  });
  const most = Math.max(1, ...counts.values());
  const places = [...columns].map((column, state) => ({
    x: MARGIN + COLUMN * column,
    y: TITLE + MARGIN + ROW * (rows[state] + (most - counts.get(column)!) / 2),
  }));
  const last = Math.max(0, ...columns);
  return {
    places,
    width: 2 * MARGIN + COLUMN * last,
    height: TITLE + 2 * MARGIN + ROW * (most - 1),
  };
}

function texts(lines: readonly string[], { x, y }: Point): string[] {
  const shown = lines.slice(0, MOST_TEXTS);
  const more = lines.length - shown.length;
  const all = more > 0 ? [...shown, `${more} more`] : shown;
  return all.map((text, at) =>
    label(text, x, y - LINE * (all.length - 1 - at), { "text-anchor": "middle", "font-size": 11 }),
  );
}

const curve = (d: string) =>
  element("path", { d, fill: "none", stroke: ink, "marker-end": "url(#tip)" });

const at = (value: number) => value.toFixed(1);

function loop({ x, y }: Point, lines: readonly string[]): string[] {
  const top = y - RADIUS;
  const d = `M ${at(x - 8)} ${at(top + 2)} C ${at(x - 22)} ${at(top - 30)} ${at(x + 22)} ${at(top - 30)} ${at(x + 8)} ${at(top + 2)}`;
  return [curve(d), ...texts(lines, { x, y: top - 27 })];
}

/** An arc that is bent the more the longer it is, so that it passes by the states between. */
function bow(from: Point, to: Point, lines: readonly string[]): string[] {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy);
  const near = dx > 0 && length < 1.6 * COLUMN;
  const bend = near ? 0 : 0.22 * length + 12;
  const middle = {
    x: (from.x + to.x) / 2 + (dy / length) * bend,
    y: (from.y + to.y) / 2 - (dx / length) * bend,
  };
  const edge = (end: Point) => {
    const [x, y] = [middle.x - end.x, middle.y - end.y];
    const share = (RADIUS + 2) / Math.hypot(x, y);
    return `${at(end.x + share * x)} ${at(end.y + share * y)}`;
  };
  const d = `M ${edge(from)} Q ${at(middle.x)} ${at(middle.y)} ${edge(to)}`;
  const text = { x: (from.x + to.x + 2 * middle.x) / 4, y: (from.y + to.y + 2 * middle.y) / 4 - 5 };
  return [curve(d), ...texts(lines, text)];
}

function disc(of: Automaton, state: number, { x, y }: Point): string[] {
  const starts = of.start[state] !== -Infinity;
  const ring = (r: number) =>
    element("circle", {
      cx: x,
      cy: y,
      r,
      fill: "#fff",
      stroke: starts ? palette[0] : ink,
      "stroke-width": starts ? 2.5 : 1,
    });
  return [
    ring(RADIUS),
    ...(of.final[state] === -Infinity ? [] : [ring(RADIUS - 4)]),
    label(stateText(of, state), x, y + 4, { "text-anchor": "middle", "font-size": 11 }),
  ];
}

const tip = element(
  "defs",
  {},
  element(
    "marker",
    {
      id: "tip",
      viewBox: "0 0 10 10",
      refX: 9,
      refY: 5,
      markerWidth: 7,
      markerHeight: 7,
      orient: "auto",
    },
    element("path", { d: "M 0 0 L 10 5 L 0 10 z", fill: ink }),
  ),
);

/**
 * An automaton as an SVG image: starts are blue, ends have two rings, arcs are `input:output/weight`.
 *
 * @throws InputError for more than 200 states.
 * @example
 * drawAutomaton(stringAcceptor([0, 1]), "a word").startsWith("<svg"); // true
 */
export function drawAutomaton(of: Automaton, title: string): string {
  if (of.states > MOST_STATES) {
    throw new InputError(
      `drawing: ${of.states} states; expected ${MOST_STATES} at most, or toDot() for other programs`,
    );
  }
  const { places, width, height } = placesOf(of);
  const between = new Map<string, number[]>();
  of.source.forEach((source, arc) => {
    const key = `${source} ${of.target[arc]}`;
    between.set(key, [...(between.get(key) ?? []), arc]);
  });
  const arcs = [...between.values()].flatMap((list) => {
    const [from, to] = [of.source[list[0]], of.target[list[0]]];
    const lines = list.map((arc) => arcText(of, arc));
    return from === to ? loop(places[from], lines) : bow(places[from], places[to], lines);
  });
  return image(Math.max(width, 2 * MARGIN + 8 * title.length), height, [
    tip,
    label(title, 16, 22, { "font-weight": "bold" }),
    element("line", { x1: 0, x2: width, y1: TITLE - 8, y2: TITLE - 8, stroke: faint }),
    ...arcs,
    ...places.flatMap((place, state) => disc(of, state, place)),
  ]);
}
