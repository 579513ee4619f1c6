// How classes are taken for each other, and the images behind it.

import { useEffect, useState } from "preact/hooks";
import { confusedSheet } from "../../../src/runs/confusedSheet.js";
import type { ConfusionTable, NumberTable } from "../../../src/studio/api.js";
import { count, metric } from "../format.js";
import { Heads } from "./small.js";

/** Pairs that are told in words. */
const WORST = 5;

/** The pairs that are mixed up most: true class, said class, images. */
function worstPairs({ classes, counts }: ConfusionTable): [string, string, number][] {
  return counts
    .flatMap((row, at) =>
      row.map((images, said): [string, string, number] => [classes[at], classes[said], images]),
    )
    .filter(([known, said, images]) => known !== said && images > 0)
    .sort(([, , a], [, , b]) => b - a)
    .slice(0, WORST);
}

const sum = (row: readonly number[]) => row.reduce((a, b) => a + b, 0);

/** A pair of classes by their numbers. */
interface Pair {
  readonly known: number;
  readonly said: number;
}

/** Which row of the sheet shows a pair, and how many images it has. */
function rowOf({ rows }: NumberTable, { known, said }: Pair) {
  const row = rows.findIndex((one) => one[0] === known && one[1] === said);
  return row < 0 ? undefined : { row, images: rows[row][2] ?? 0 };
}

interface PicturesProps {
  readonly id: string;
  readonly table: ConfusionTable;
  readonly rows: NumberTable;
  readonly pair: Pair;
}

/** The images behind a cell. */
function Pictures({ id, table: { classes, counts }, rows, pair }: PicturesProps) {
  const found = rowOf(rows, pair);
  if (!found) return null;
  const { words: front, side, gap } = confusedSheet;
  const words = `${classes[pair.known]} said to be ${classes[pair.said]}`;
  const all = counts[pair.known][pair.said];
  return (
    <figure aria-live="polite">
      <figcaption>
        {words}: {all > found.images ? `${found.images} of ` : ""}
        {count(all)}, the largest loss first
      </figcaption>
      <div class="wide">
        <div
          class="pictures"
          role="img"
          aria-label={`${found.images} images of ${words}`}
          style={{
            background: `url("/api/confused.svg?id=${id}") ${-front}px ${-found.row * (side + gap)}px no-repeat`,
            width: `${found.images * (side + gap) - gap}px`,
            height: `${side}px`,
          }}
        />
      </div>
    </figure>
  );
}

interface MatrixProps {
  readonly id: string;
  readonly table: ConfusionTable;
  /** What images there are behind it. */
  readonly rows: NumberTable | null | undefined;
}

/** A row for each true class; a cell is as strong as its share of the row, and shows its images. */
export function ConfusionMatrix({ id, table, rows }: MatrixProps) {
  const [shown, setShown] = useState<Pair>();
  useEffect(() => setShown(undefined), [id]);
  const { classes, counts } = table;
  const strength = (images: number, row: readonly number[]) => images / (sum(row) || 1);
  const ground = (share: number) =>
    `color-mix(in srgb, var(--s0) ${Math.round(45 * share)}%, transparent)`;
  const cell = (images: number, pair: Pair) => {
    if (images === 0) return "";
    if (!rows || !rowOf(rows, pair)) return count(images);
    const isShown = shown?.known === pair.known && shown.said === pair.said;
    const words = `${classes[pair.known]} said to be ${classes[pair.said]}: ${images} images`;
    return (
      <button
        type="button"
        class="behind"
        aria-label={words}
        aria-pressed={isShown}
        onClick={() => setShown(isShown ? undefined : pair)}
      >
        {count(images)}
      </button>
    );
  };
  return (
    <section>
      <h2>Confusion</h2>
      <p>
        {worstPairs(table)
          .map(([known, said, images]) => `${known} taken for ${said}: ${count(images)}`)
          .join("; ") || "no image is taken for another class"}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled by keys */}
      <section class="wide" tabIndex={0} aria-label="confusion matrix">
        <table class="matrix">
          <thead>
            <tr>
              <th scope="col">true, said</th>
              <Heads names={classes} />
            </tr>
          </thead>
          <tbody>
            {counts.map((row, known) => (
              <tr key={classes[known]}>
                <th scope="row">{classes[known]}</th>
                {row.map((images, said) => (
                  <td
                    key={classes[said]}
                    class={said === known ? "right" : ""}
                    title={`${classes[known]} said to be ${classes[said]}: ${metric(strength(images, row), "share")}`}
                    style={{ background: ground(strength(images, row)) }}
                  >
                    {cell(images, { known, said })}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {rows && shown && <Pictures id={id} table={table} rows={rows} pair={shown} />}
    </section>
  );
}
