// Numbers of bytes as people write them, in powers of 1,000.

import { InputError } from "../inputError.js";

const UNITS = ["B", "KB", "MB", "GB", "TB"];

/**
 * A number of bytes for reading.
 *
 * @param round how the digit after the point is found; default to the nearest
 * @example
 * formatBytes(31_415_926); // "31.4 MB"
 * formatBytes(31_415_926, Math.ceil); // "31.5 MB"
 */
export function formatBytes(count: number, round = Math.round): string {
  const power = Math.min(UNITS.length - 1, count < 1000 ? 0 : Math.floor(Math.log10(count) / 3));
  const value = round((count / 1000 ** power) * (power === 0 ? 1 : 10)) / (power === 0 ? 1 : 10);
  return `${value.toFixed(power === 0 ? 0 : 1)} ${UNITS[power]}`;
}

/** What {@link parseBytes} reads. */
export const BYTES = /^(\d+(?:\.\d+)?)\s*([KMGT]?B)$/i;

/**
 * A number of bytes from text.
 *
 * @throws InputError for anything but a number and a unit.
 * @example
 * parseBytes("1.5GB"); // 1_500_000_000
 */
export function parseBytes(text: string): number {
  const found = BYTES.exec(text);
  if (!found) throw new InputError(`"${text}" is no number of bytes; write it as 300MB or 1.5GB`);
  return Math.round(Number(found[1]) * 1000 ** UNITS.indexOf(found[2].toUpperCase()));
}
