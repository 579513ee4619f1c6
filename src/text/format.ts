// Numbers as people read them.

/** `98.76` from a share of 1, where the unit stands elsewhere; `digits` behind the point, default 2. */
export const hundredths = (share: number, digits = 2): string => (100 * share).toFixed(digits);

/** `98.76 %` from a share of 1; `digits` behind the point, default 2. */
export const percent = (share: number, digits = 2): string => `${hundredths(share, digits)} %`;

/** A number of which six digits are enough for reading: `0.123457` from 0.123456789. */
export const sixDigits = (value: number): number => Number(value.toPrecision(6));

/** `61,706`. */
export const grouped = (count: number): string => Math.round(count).toLocaleString("en-US");

/** `1 box`, `10,000 boxes`; the plural has an s where none is given. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${grouped(count)} ${count === 1 ? one : many}`;

/** `0:07`, `12:34`, `3:25:08`. */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, "0");
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600);
  const rest = two(whole % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}
