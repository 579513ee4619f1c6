// Small pieces that several views share.

import type { ComponentChildren } from "preact";
import type { RunState } from "../../../src/studio/api.js";

const states: Readonly<Record<RunState, string>> = {
  running: "● running",
  finished: "✓ finished",
  stopped: "■ stopped",
  unreadable: "! unreadable",
};

/** How a run stands: by word and sign, not by colour alone. */
export const StateBadge = ({ state }: { readonly state: RunState }) => (
  <span class={`state ${state}`}>{states[state]}</span>
);

/** A fact with its name. */
export const Tile = ({
  name,
  children,
}: {
  readonly name: string;
  readonly children: ComponentChildren;
}) => (
  <div class="tile">
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

/** What went wrong, read out as it appears. */
export const Fault = ({ text }: { readonly text: string | undefined }) =>
  text === undefined ? null : (
    <p class="fault" role="alert">
      {text}
    </p>
  );

/** Heads of columns. */
export const Heads = ({ names }: { readonly names: readonly string[] }) => (
  <>
    {names.map((name) => (
      <th key={name} scope="col">
        {name}
      </th>
    ))}
  </>
);

const WIDTH = 96;
const HEIGHT = 24;

/** A curve without axes. */
export function Sparkline({ values }: { readonly values: readonly (number | null)[] }) {
  const known = values.flatMap((value, at) => (value === null ? [] : [[at, value] as const]));
  if (known.length < 2) return null;
  const scores = known.map(([, value]) => value);
  const [low, high] = [Math.min(...scores), Math.max(...scores)];
  const x = (at: number) => (at / (values.length - 1)) * (WIDTH - 4) + 2;
  const y = (value: number) => HEIGHT - 2 - ((value - low) / (high - low || 1)) * (HEIGHT - 4);
  const points = known.map(([at, value]) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
  return (
    <svg class="spark" width={WIDTH} height={HEIGHT} aria-hidden="true">
      <polyline points={points} />
    </svg>
  );
}
