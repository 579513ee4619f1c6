import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../test/support/tinyRun.js";
import { runIdOf } from "./findRuns.js";
import { studyOf, studyRows } from "./studies.js";

const plan = {
  sampler: "tpe",
  trials: 5,
  objectives: [
    { name: "accuracy", better: "higher", unit: "share" },
    { name: "macs", better: "lower", unit: "number" },
  ],
  data: { name: "set" },
};
const values = (accuracy: number | null, macs: number) => ({ accuracy, macs });
const trials = [
  { settings: { lr: 0.1 }, run: "trials/0000", values: values(0.9, 50), epochs: 3 },
  { settings: { lr: 0.2 }, run: "trials/0001", values: values(0.8, 60), epochs: 3 },
  { settings: { lr: 0.3 }, run: "trials/0002", values: values(0.7, 10), epochs: 3 },
  { settings: { lr: 9 }, run: "trials/0003", failed: "training diverged" },
  { settings: { lr: 0.4, model: "<b>" }, run: "trials/0004" },
];

function study(folder: string, own: { plan?: unknown; trials?: unknown } = {}): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "plan.json"), JSON.stringify(own.plan ?? plan));
  writeFileSync(join(folder, "trials.json"), JSON.stringify(own.trials ?? { trials }));
}

test("a study is told with its trials, and which of them nothing beats", () => {
  const root = temporaryFolder();
  study(join(root, "deep/s"));
  const [row] = studyRows(root);
  expect(row).toMatchObject({ path: "deep/s", over: 4, planned: 5, failed: 1, isRunning: false });
  expect([row.front, row.best]).toEqual([[0, 2], 0.9]);
  const found = studyOf({ id: row.id, path: row.path, folder: join(root, "deep/s") }, root)!;
  expect(found.trials[0]).toMatchObject({ number: 0, settings: { lr: 0.1 }, epochs: 3 });
  expect(found.trials[0].run).toBe(runIdOf(root, join(root, "deep/s/trials/0000")));
  expect(found.trials[3].failed).toBe("training diverged");
});

test("of trials that stop early those that went furthest count, and of one objective the best", () => {
  const root = temporaryFolder();
  const staged = [
    { settings: {}, run: "trials/0000", values: { accuracy: 0.9 }, until: 2 },
    { settings: {}, run: "trials/0001", values: { accuracy: 0.6 }, until: 8 },
    { settings: {}, run: "trials/0002", values: { accuracy: 0.7 }, until: 8 },
  ];
  study(join(root, "s"), {
    plan: { ...plan, objectives: plan.objectives.slice(0, 1) },
    trials: { trials: staged },
  });
  expect(studyRows(root)).toMatchObject([{ front: [2], best: 0.7 }]);
});

test("what is damaged, another program's or a link is no study, and others beside it are", () => {
  const root = temporaryFolder();
  study(join(root, "good"));
  study(join(root, "early"), { trials: { trials: [] } });
  study(join(root, "damaged"), { trials: { trials: [{ settings: [] }] } });
  study(join(root, "other"), { plan: { name: "a plan" } });
  mkdirSync(join(root, "torn"));
  writeFileSync(join(root, "torn/plan.json"), '{"sampler":');
  writeFileSync(join(root, "torn/trials.json"), "");
  mkdirSync(join(root, "linked"));
  for (const name of ["plan.json", "trials.json"]) {
    symlinkSync(join(root, "good", name), join(root, "linked", name));
  }
  const rows = studyRows(root);
  expect(rows.map(({ path }) => path)).toEqual(["early", "good"]);
  expect(rows[0]).toMatchObject({ over: 0, front: [] });
  expect(rows[0].best).toBeUndefined();
});
