// Two numbers of each of several things against each other; those that nothing beats in both are rings with a name.

import { number } from "../format.js";

const [WIDTH, HEIGHT, EDGE] = [460, 300, 64];

/** One of them. */
export interface ScatterPoint {
  readonly x: number;
  readonly y: number;
  readonly name: string;
  readonly isBest: boolean;
}

interface Props {
  readonly points: readonly ScatterPoint[];
  readonly xName: string;
  readonly yName: string;
}

/** From numbers to places between two ends. */
function scaleOf(values: readonly number[], from: number, to: number) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const place = (value: number) => from + ((value - low) / (high - low || 1)) * (to - from);
  return { low, high, place };
}

/** The drawing. */
export function Scatter({ points, xName, yName }: Props) {
  if (points.length < 2) return null;
  const x = scaleOf(
    points.map((point) => point.x),
    EDGE,
    WIDTH - 16,
  );
  const y = scaleOf(
    points.map((point) => point.y),
    HEIGHT - EDGE,
    16,
  );
  const best = points.filter(({ isBest }) => isBest);
  return (
    <figure>
      <figcaption>{`${yName} by ${xName}`}</figcaption>
      <svg
        class="scatter"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`${yName} by ${xName} of ${points.length} trials; not beaten: ${best
          .map((one) => `${one.name} (${number(one.x)}, ${number(one.y)})`)
          .join(", ")}`}
      >
        <line class="axis" x1={EDGE} x2={WIDTH - 16} y1={HEIGHT - EDGE} y2={HEIGHT - EDGE} />
        <line class="axis" x1={EDGE} x2={EDGE} y1={16} y2={HEIGHT - EDGE} />
        <text x={EDGE} y={HEIGHT - EDGE + 18}>
          {number(x.low)}
        </text>
        <text x={WIDTH - 16} y={HEIGHT - EDGE + 18} text-anchor="end">
          {number(x.high)}
        </text>
        <text x={EDGE - 6} y={HEIGHT - EDGE} text-anchor="end">
          {number(y.low)}
        </text>
        <text x={EDGE - 6} y={22} text-anchor="end">
          {number(y.high)}
        </text>
        {points.map((point) => (
          <circle
            key={point.name}
            class={point.isBest ? "best" : ""}
            cx={x.place(point.x)}
            cy={y.place(point.y)}
            r={point.isBest ? 6 : 4}
          >
            <title>{`${point.name}: ${number(point.x)}, ${number(point.y)}`}</title>
          </circle>
        ))}
      </svg>
    </figure>
  );
}
