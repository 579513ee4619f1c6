// How classes are taken for each other.

import type { ConfusionTable } from "../../../src/studio/api.js";
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

/** A row for each true class; a cell is as strong as its share of the row. */
export function ConfusionMatrix(table: ConfusionTable) {
  const { classes, counts } = table;
  const strength = (images: number, row: readonly number[]) => images / (sum(row) || 1);
  const ground = (share: number) =>
    `color-mix(in srgb, var(--s0) ${Math.round(45 * share)}%, transparent)`;
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
            {counts.map((row, at) => (
              <tr key={classes[at]}>
                <th scope="row">{classes[at]}</th>
                {row.map((images, said) => (
                  <td
                    key={classes[said]}
                    class={said === at ? "right" : ""}
                    title={`${classes[at]} said to be ${classes[said]}: ${metric(strength(images, row), "share")}`}
                    style={{ background: ground(strength(images, row)) }}
                  >
                    {images === 0 ? "" : count(images)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}
