// Numbers as people read them. What is not known is a dash.

import type { MetricInfo } from "../../src/studio/api.js";
import { formatBytes } from "../../src/text/bytes.js";
import { clock as clockOf, grouped, percent } from "../../src/text/format.js";

const DASH = "–";

type Maybe = number | null | undefined;

const shown = (value: Maybe, text: (value: number) => string): string =>
  value === null || value === undefined || !Number.isFinite(value) ? DASH : text(value);

/** `61,706`. */
export const count = (value: Maybe): string => shown(value, grouped);

/** Four digits are enough for reading: `0.01235`, `1.235e-7`. */
export const number = (value: Maybe): string =>
  shown(value, (known) => `${Number(known.toPrecision(4))}`);

/** A metric in its unit: `98.76 %` of a share. */
export const metric = (value: Maybe, unit: MetricInfo["unit"] | undefined): string =>
  unit === "share" ? shown(value, (known) => percent(known)) : number(value);

/** A metric beside an axis: without digits that say nothing. */
export const tick = (value: Maybe, unit: MetricInfo["unit"] | undefined): string =>
  unit === "share" ? `${number(100 * (value ?? Number.NaN))} %` : number(value);

/** `0:07`, `12:34`, `3:25:08`. */
export const clock = (value: Maybe): string => shown(value, clockOf);

/** `23.4 MB`. */
export const bytes = (value: Maybe): string => shown(value, (known) => formatBytes(known));

/** `1 net`, `3 nets`. */
export const counted = (value: number, one: string): string =>
  `${count(value)} ${one}${value === 1 ? "" : "s"}`;

/** `trainAccuracy`: how a table names a metric of a part of the data. */
export const columnName = (part: "train" | "selection", name: string): string =>
  `${part}${name[0].toUpperCase()}${name.slice(1)}`;
