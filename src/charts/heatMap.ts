// A square table of counts as colours; each row's colours are shares of that row.

import { element, image, ink, label, palette, short } from "./svg.js";

export interface HeatMap {
  readonly title: string;
  readonly rowLabel: string;
  readonly columnLabel: string;
  /** Of rows and columns alike. */
  readonly names: readonly string[];
  readonly rows: readonly (readonly number[])[];
}

/** Beyond this many classes there is no room for numbers in the cells. */
const MOST_NUMBERS = 25;
const LETTER = 6.5;
const TITLE_LETTER = 9;

/** One cell with its count; zeros stay white and empty. */
function cell(count: number, share: number, x: number, y: number, size: number, numbers: boolean) {
  const fill = { x, y, width: size, height: size, fill: palette[0], "fill-opacity": share };
  const middle = { "text-anchor": "middle", fill: share > 0.5 ? "#fff" : ink };
  const shown = numbers && count > 0;
  return [
    element("rect", fill),
    ...(shown ? [label(`${count}`, x + size / 2, y + size / 2 + 4, middle)] : []),
  ];
}

/** Draws the table, rows downwards. */
export function heatMap({ title, rowLabel, columnLabel, names, rows }: HeatMap): string {
  const numbers = names.length <= MOST_NUMBERS;
  const size = numbers ? 40 : Math.max(4, Math.floor(1000 / names.length));
  const room = numbers ? LETTER * Math.max(...names.map((name) => short(name).length)) + 14 : 8;
  const [left, top] = [room + 24, room + 60];
  const side = size * names.length;
  const cells = rows.flatMap((counts, row) => {
    const total = counts.reduce((sum, count) => sum + count, 0) || 1;
    return counts.flatMap((count, column) =>
      cell(count, count / total, left + column * size, top + row * size, size, numbers),
    );
  });
  const words = names.flatMap((name, at) => {
    const middle = (at + 0.5) * size;
    const [x, y] = [left + middle + 4, top - 6];
    return [
      label(short(name), left - 6, top + middle + 4, { "text-anchor": "end" }),
      label(short(name), x, y, { transform: `rotate(-90 ${x} ${y})` }),
    ];
  });
  const width = Math.max(left + side + 24, TITLE_LETTER * title.length + 32);
  return image(width, top + side + 24, [
    label(title, 16, 22, { "font-size": 15, "font-weight": "bold" }),
    label(`${rowLabel} down, ${columnLabel} across`, 16, 40),
    ...(numbers ? words : []),
    ...cells,
    element("rect", { x: left, y: top, width: side, height: side, fill: "none", stroke: ink }),
  ]);
}
