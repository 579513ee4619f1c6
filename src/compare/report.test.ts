import { describe, expect, test } from "vitest";
import { dotPlots } from "./dotPlot.js";
import { getMetric, type Outcome } from "./outcome.js";
import type { Plan, PlannedScore } from "./plan.js";
import { report, versus } from "./report.js";
import { cells, remarks, resultsCsv, tableCsv, toMarkdown } from "./tables.js";

const deployed = getMetric("deployed");
const accuracy: PlannedScore = { metric: "accuracy", better: "higher", unit: "share" };

/** A run with the test accuracies of its particles, the first one deployed; none for a diverged one. */
function run(method: string, seed: number, ...particles: number[]): Outcome {
  const result = { selection: 0.9, deployed: particles[0], testLoss: 0.1, particles, seconds: 2 };
  return {
    budget: "gradients",
    method,
    seed,
    folder: `gradients/${method}/${seed}`,
    particles: 2,
    epochs: 5,
    result: particles.length > 0 ? result : undefined,
  };
}

const plan = (methods: string[], seeds: number[]): Plan => ({
  methods: methods.map((name) => ({ name, settings: {} })),
  baseline: methods[0],
  budgets: ["gradients"],
  epochs: 10,
  seeds,
  settings: { data: "d" },
  score: accuracy,
  data: {
    name: "d",
    train: 9,
    selection: 0,
    test: 10_000,
    shape: [1, 2, 2],
    labels: "class",
    names: ["a", "b"],
    hash: "",
  },
});

const outcomes = [
  run("a", 1, 0.9, 0.8),
  run("a", 2, 0.92, 0.9),
  run("a", 3, 0.91, 0.7),
  run("b", 1, 0.91, 0.93),
  run("b", 2, 0.92, 0.9),
  run("b", 3, 0.93, 0.89),
];

describe("a method beside the baseline", () => {
  const of = (method: string) => outcomes.filter((one) => one.method === method);

  test("is compared seed by seed", () => {
    // Differences 0.01, 0, 0.02: mean 0.01, std 0.01, half 4.3027 * 0.01 / sqrt(3).
    const { difference, pairs, ...counts } = versus(of("b"), of("a"), deployed, accuracy);
    expect(pairs.map(({ seed }) => seed)).toEqual([1, 2, 3]);
    expect(counts).toEqual({ wins: 2, ties: 1, losses: 0 });
    expect(difference!.mean).toBeCloseTo(0.01, 12);
    expect(difference!.low).toBeCloseTo(0.01 - 0.024841, 6);
    expect(difference!.high).toBeCloseTo(0.01 + 0.024841, 6);
  });

  test("is paired by seed, whatever the order and whoever is missing", () => {
    const method = [run("b", 3, 0.95), run("b", 2, 0.8)];
    const baseline = [run("a", 1, 0.1), run("a", 2, 0.9), run("a", 3, 0.9)];
    const { difference, pairs, ...counts } = versus(method, baseline, deployed, accuracy);
    expect(pairs.map(({ seed }) => seed)).toEqual([3, 2]);
    expect(pairs[0].difference).toBeCloseTo(0.05, 12);
    expect(pairs[1].difference).toBeCloseTo(-0.1, 12);
    expect(counts).toEqual({ wins: 1, ties: 0, losses: 1 });
    expect(difference!.mean).toBeCloseTo(-0.025, 12);
  });

  test("wins by less where less is better", () => {
    const { difference, wins, losses } = versus(of("b"), of("a"), getMetric("spread"), accuracy);
    expect({ wins, losses }).toEqual({ wins: 2, losses: 0 });
    expect(difference!.mean).toBeLessThan(0);
  });

  test("loses by diverging, ties when both do, and needs a run of both", () => {
    const method = [run("b", 1), run("b", 2, 0.5), run("b", 3), run("b", 4, 0.9)];
    const baseline = [run("a", 1, 0.1), run("a", 2), run("a", 3)];
    expect(versus(method, baseline, deployed, accuracy)).toEqual({
      pairs: [],
      difference: undefined,
      wins: 1,
      ties: 1,
      losses: 1,
    });
  });
});

describe("a report", () => {
  const whole = report(plan(["a", "b"], [1, 2, 3]), outcomes, deployed);

  test("has each method's means", () => {
    const [a] = whole.tables[0].rows;
    expect(a).toMatchObject({ runs: 3, diverged: 0, seconds: 2, versus: undefined });
    expect(a.value!.mean).toBeCloseTo(0.91, 12);
    expect(a.scores!.worst).toBeCloseTo(0.8, 12);
    expect(whole.tables[0].rows[1].scores!.best).toBeCloseTo((0.93 + 0.92 + 0.93) / 3, 12);
    expect(whole).toMatchObject({ complete: true, notes: [] });
    expect(whole.standardError).toBeCloseTo(Math.sqrt((0.91 * 0.09) / 10_000), 12);
  });

  test("says what is missing", () => {
    const partly = report(plan(["a", "b"], [1, 2, 3]), outcomes.slice(0, 4), deployed);
    expect(partly.complete).toBe(false);
    expect(partly.notes).toEqual([
      "4 of 6 runs are over; the rest may change everything",
      "b: finished together with a for 1 of 3 seeds; an interval needs two",
    ]);
    expect(partly.tables[0].rows[1].versus!.difference).toEqual({ mean: expect.closeTo(0.01, 12) });
  });

  test("of nothing is empty", () => {
    const empty = report(plan(["a"], [1]), [], deployed);
    expect(empty.tables[0].rows[0]).toMatchObject({ runs: 0, values: [], value: undefined });
    expect(toMarkdown(empty)).toContain("| a | - | 0 | - |");
    expect(dotPlots(empty)).not.toMatch(/NaN|Infinity|undefined/);
  });
});

describe("tables", () => {
  const comparison = report(plan(["a", "b"], [1, 2, 3]), outcomes, deployed);

  test("show percent and points", () => {
    expect(cells(comparison, comparison.tables[0])).toEqual({
      header: [
        "method",
        "nets x epochs",
        "runs",
        "deployed %",
        "best %",
        "mean %",
        "worst %",
        "95 % interval of deployed",
        "less a",
        "95 % interval",
        "won/tied/lost",
        "s a run",
      ],
      rows: [
        [
          "a",
          "2 x 5",
          "3",
          "91.00",
          "91.00",
          "85.50",
          "80.00",
          "88.52 to 93.48",
          "-",
          "-",
          "-",
          "2.0",
        ],
        [
          "b",
          "2 x 5",
          "3",
          "92.00",
          "92.67",
          "91.33",
          "90.00",
          "89.52 to 94.48",
          "+1.00",
          "-1.48 to +3.48",
          "2/1/0",
          "2.0",
        ],
      ],
    });
    expect(remarks(comparison)).toEqual([
      "one test accuracy on 10,000 images has a standard error of 0.29 points",
    ]);
  });

  test("leave out the columns that nobody has anything in", () => {
    const alone = outcomes.map((one) => ({ ...one, particles: 1 }));
    const spread = report(plan(["a", "b"], [1, 2, 3]), alone, getMetric("spread"));
    const { header } = cells(spread, spread.tables[0]);
    expect(header).toContain("spread %");
    expect(header).not.toContain("best %");
    expect(header).not.toContain("lr");
  });

  test("stay tables when a name holds what divides cells", () => {
    const odd = report(plan(["a|b", 'say "a,b"'], [1]), [], deployed);
    expect(toMarkdown(odd)).toContain("| a\\|b | - |");
    expect(tableCsv(odd).split("\n")[2]).toMatch(/^gradients,"say ""a,b""",,,,0,0,/);
  });

  test("have a row a run, diverged ones too", () => {
    const rows = resultsCsv([run("a", 1, 0.9, 0.8), run("a", 2)], accuracy)
      .trim()
      .split("\n");
    expect(rows).toEqual([
      "budget,method,seed,lr,particles,epochs,status,selection,deployed,testLoss,best,mean,worst,seconds,bytesSent,folder",
      `gradients,a,1,,2,5,finished,0.9,0.9,0.1,0.9,${(0.9 + 0.8) / 2},0.8,2,,gradients/a/1`,
      "gradients,a,2,,2,5,diverged,,,,,,,,,gradients/a/2",
    ]);
  });

  test("come with a chart: a dot a run, an upright a mean, a bar an interval", () => {
    const svg = dotPlots(comparison);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(svg.match(/<circle/g)).toHaveLength(3 + 3 + 3);
    expect(svg.match(/stroke-width="2"/g)).toHaveLength(2 * (2 + 1));
    expect(svg).toMatch(/gradients: deployed, %.*gradients: less a, points/s);
  });

  test("and chart keep to the score's unit, and say when less is better", () => {
    const mae: PlannedScore = { metric: "mae", better: "lower", unit: "number" };
    const errors = report({ ...plan(["a", "b"], [1, 2, 3]), score: mae }, outcomes, deployed);
    expect(remarks(errors)).toEqual(["mae: less is better"]);
    const svg = dotPlots(errors);
    expect(svg).toMatch(/gradients: deployed, mae.*gradients: less a, mae/s);
    expect(svg).toContain(">0.9<");
    const [, row] = resultsCsv([run("a", 1, 0.9, 0.8)], mae).split("\n");
    expect(row).toContain(`,0.8,${(0.9 + 0.8) / 2},0.9,2,`);
  });
});
