// Numbers as people read them. What is not known is a dash.

import type { MetricInfo } from "../../src/studio/api.js";

const DASH = "–";

type Maybe = number | null | undefined;

const shown = (value: Maybe, text: (value: number) => string): string =>
  value === null || value === undefined || !Number.isFinite(value) ? DASH : text(value);

/** `61,706`. */
export const count = (value: Maybe): string =>
  shown(value, (known) => Math.round(known).toLocaleString("en-US"));

/** Four digits are enough for reading: `0.01235`, `1.235e-7`. */
export const number = (value: Maybe): string =>
  shown(value, (known) => `${Number(known.toPrecision(4))}`);

/** A metric in its unit: `98.76 %` of a share. */
export const metric = (value: Maybe, unit: MetricInfo["unit"] | undefined): string =>
  unit === "share" ? shown(value, (known) => `${(100 * known).toFixed(2)} %`) : number(value);

/** A metric beside an axis: without digits that say nothing. */
export const tick = (value: Maybe, unit: MetricInfo["unit"] | undefined): string =>
  unit === "share" ? `${number(100 * (value ?? Number.NaN))} %` : number(value);

/** `0:07`, `12:34`, `3:25:08`. */
export function clock(value: Maybe): string {
  return shown(value, (seconds) => {
    const whole = Math.round(seconds);
    const two = (part: number) => String(part).padStart(2, "0");
    const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
    const rest = two(whole % 60);
    return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
  });
}

/** `23.4 MB`. */
export function bytes(value: Maybe): string {
  return shown(value, (known) => {
    const units = ["B", "kB", "MB", "GB", "TB"];
    const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, known)) / 3));
    return `${Number((known / 1000 ** power).toPrecision(3))} ${units[power]}`;
  });
}

/** `1 net`, `3 nets`. */
export const counted = (value: number, one: string): string =>
  `${count(value)} ${one}${value === 1 ? "" : "s"}`;

/** `balancedAccuracy` as words: `balanced accuracy`. */
export const words = (name: string): string =>
  name.replace(/([a-z\d])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);

/** `trainAccuracy`: how a table names a metric of a part of the data. */
export const columnName = (part: "train" | "selection", name: string): string =>
  `${part}${name[0].toUpperCase()}${name.slice(1)}`;
