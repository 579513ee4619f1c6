// The paths of a swarm's nets in the plane in which they spread most: a ring where each began, a disc where it is. A
// length means the same in both directions.

import { useState } from "preact/hooks";
import type { Places } from "../../../src/studio/api.js";

const SIDE = 340;
const EDGE = 24;

type Point = Places["points"][number];

/** The points of each net up to an epoch, in the order of time. */
function pathsOf(points: readonly Point[], until: number): Map<number, Point[]> {
  const paths = new Map<number, Point[]>();
  for (const point of points) {
    const [epoch, net] = point;
    if (epoch <= until) paths.set(net, [...(paths.get(net) ?? []), point]);
  }
  return paths;
}

/** Where a point stands in the drawing. */
function placing(points: readonly Point[]) {
  const reach = 1.05 * Math.max(...points.flatMap(([, , x, y]) => [Math.abs(x), Math.abs(y)])) || 1;
  const place = (value: number) => (value / reach + 1) * (SIDE / 2);
  return ([, , x, y]: Point) => [EDGE + place(x), EDGE + place(-y)] as const;
}

function Path({
  net,
  points,
}: {
  readonly net: number;
  readonly points: (readonly [number, number])[];
}) {
  const [begin, end] = [points[0], points[points.length - 1]];
  const text = points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
  return (
    <g class={`c${net % 8}`}>
      <polyline points={text} stroke-dasharray={net >= 8 ? "6 4" : undefined} />
      <circle class="begin" cx={begin[0]} cy={begin[1]} r={4} />
      <circle class="end" cx={end[0]} cy={end[1]} r={5} />
      <text x={end[0] + 7} y={end[1] + 4}>
        {net}
      </text>
    </g>
  );
}

/** The drawing, up to an epoch that can be chosen; the last one is followed. */
export function Paths({ places: { points, shares } }: { readonly places: Places }) {
  const epochs = [...new Set(points.map(([epoch]) => epoch))];
  const last = epochs.length - 1;
  const [chosen, choose] = useState<number>();
  const at = Math.min(chosen ?? last, last);
  const place = placing(points);
  const paths = pathsOf(points, epochs[at]);
  const percent = shares.map((share) => `${Math.round(100 * share)} %`);
  const size = SIDE + 2 * EDGE;
  return (
    <figure class="path">
      <figcaption>{`paths of the nets up to epoch ${epochs[at]}`}</figcaption>
      <svg
        class="paths"
        viewBox={`0 0 ${size} ${size}`}
        role="img"
        aria-label={`${paths.size} nets in the plane in which they spread most, which holds ${percent.join(" and ")} of their variance`}
      >
        <line class="axis" x1={EDGE} x2={size - EDGE} y1={size / 2} y2={size / 2} />
        <line class="axis" y1={EDGE} y2={size - EDGE} x1={size / 2} x2={size / 2} />
        <text x={size - EDGE} y={size - 6} text-anchor="end">
          {`component 1, ${percent[0]} of the variance`}
        </text>
        <text x={EDGE} y={14}>{`component 2, ${percent[1]}`}</text>
        {[...paths].map(([net, path]) => (
          <Path key={net} net={net} points={path.map(place)} />
        ))}
      </svg>
      <label class="line">
        epoch
        <input
          type="range"
          min={0}
          max={last}
          value={at}
          onInput={({ currentTarget }) => {
            const next = Number(currentTarget.value);
            choose(next === last ? undefined : next);
          }}
        />
      </label>
    </figure>
  );
}
