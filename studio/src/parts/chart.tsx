// Curves over one axis: drawn by uPlot, told in words for those who do not see them, read off by mouse, touch and arrow
// keys.

import { useContext, useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { MetricInfo } from "../../../src/studio/api.js";
import { metric, number, tick } from "../format.js";
import { type Theme, ThemeContext } from "../theme.js";

type Values = readonly (number | null)[];

/** One curve. */
export interface Series {
  readonly name: string;
  readonly values: Values;
  /** Number of its colour; default its place. */
  readonly colour?: number;
  readonly dashed?: boolean;
}

interface ChartProps {
  readonly title: string;
  readonly xName: string;
  readonly x: readonly number[];
  readonly series: readonly Series[];
  /** Of the values; default numbers. */
  readonly unit?: MetricInfo["unit"];
}

/** Colours that there are; further curves have them again, dashed. */
const COLOURS = 8;
const HEIGHT = 220;

const colourOf = ({ colour }: Series, at: number) => (colour ?? at) % COLOURS;
const isDashed = ({ colour, dashed }: Series, at: number) => dashed ?? (colour ?? at) >= COLOURS;

/** A colour of the style sheet. */
const styled = (name: string) =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function axis(format?: (value: number) => string): uPlot.Axis {
  const grid = { stroke: styled("--grid"), width: 1 };
  return {
    stroke: styled("--soft"),
    font: "12px system-ui, sans-serif",
    grid,
    ticks: grid,
    size: format ? 64 : 34,
    ...(format && { values: (_: uPlot, ticks: number[]) => ticks.map(format) }),
  };
}

function optionsFor(
  { series, unit }: ChartProps,
  onCursor: (at: number | undefined) => void,
): uPlot.Options {
  return {
    width: 300,
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
    scales: { x: { time: false } },
    axes: [axis(), axis((value) => tick(value, unit))],
    hooks: { setCursor: [({ cursor }) => onCursor(cursor.idx ?? undefined)] },
    series: [
      {},
      ...series.map((one, at) => ({
        label: one.name,
        stroke: styled(`--s${colourOf(one, at)}`),
        width: 2,
        dash: isDashed(one, at) ? [6, 4] : undefined,
        spanGaps: true,
        points: { show: one.values.length < 3 },
      })),
    ],
  };
}

const dataOf = ({ x, series }: ChartProps): uPlot.AlignedData =>
  [x, ...series.map(({ values }) => values)] as unknown as uPlot.AlignedData;

/** Keeps a plot in an element, as wide as that is. */
function usePlot(props: ChartProps, theme: Theme) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const [at, setAt] = useState<number>();
  const shape = props.series
    .map((one, place) => `${one.name} ${colourOf(one, place)} ${one.values.length < 3}`)
    .join("\n");
  // Other numbers are set without a new plot
  useEffect(() => {
    const element = place.current!;
    const made = new uPlot(optionsFor(props, setAt), dataOf(props), element);
    plot.current = made;
    const fit = () => made.setSize({ width: element.clientWidth, height: HEIGHT });
    const watch = new ResizeObserver(fit);
    watch.observe(element);
    return () => {
      watch.disconnect();
      made.destroy();
    };
  }, [shape, theme]);
  // Whatever is drawn may have changed
  useEffect(() => plot.current!.setData(dataOf(props)), [props.x, props.series]);
  return { place, plot, at };
}

/** Moves the cursor to the next or previous point. */
function step(plot: uPlot, key: string, at: number | undefined): boolean {
  const moves: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1 };
  const last = plot.data[0].length - 1;
  if (!Object.hasOwn(moves, key) || last < 0) return false;
  const next = Math.max(
    0,
    Math.min(last, (at ?? (key === "ArrowLeft" ? last + 1 : -1)) + moves[key]),
  );
  const left = plot.valToPos(plot.data[0][next], "x");
  plot.setCursor({ left, top: 0 });
  return true;
}

const lastKnown = (values: Values) => values.findLast((value) => value !== null);

/** A chart with its legend, which tells the values at the cursor, else the last ones. */
export function Chart(props: ChartProps) {
  const { title, xName, x, series, unit } = props;
  const format = (value: number | null | undefined) => metric(value, unit);
  const { place, plot, at } = usePlot(props, useContext(ThemeContext));
  const toldOf = ({ values }: Series) => format(at === undefined ? lastKnown(values) : values[at]);
  const told = series.map((one) => `${one.name} ${format(lastKnown(one.values))}`).join(", ");
  return (
    <figure class="chart">
      <figcaption>
        {title}
        <span class="soft"> {at === undefined ? "" : `${xName} ${number(x[at])}`}</span>
      </figcaption>
      <div
        ref={place}
        class="plot"
        role="img"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move the cursor
        tabIndex={0}
        aria-label={`${title} by ${xName}, last: ${told}. Arrow keys read values.`}
        onKeyDown={(event) => {
          if (step(plot.current!, event.key, at)) event.preventDefault();
        }}
      />
      <ul class="legend" aria-live={at === undefined ? "off" : "polite"}>
        {series.map((one, number) => (
          <li key={one.name}>
            <span
              class={`swatch c${colourOf(one, number)} ${isDashed(one, number) ? "dashed" : ""}`}
            />
            {one.name} <b>{toldOf(one)}</b>
          </li>
        ))}
      </ul>
    </figure>
  );
}
