import { createHash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { temporaryFolder, trainTiny } from "../../test/support/tinyRun.js";
import { readRunConfig } from "../runs/index.js";
import { parseConfig } from "../train/config.js";
import { reportOn, writeReport } from "./index.js";

const hostile = '</pre><script>alert("1")</script>\u001b[31m|`x`';

/** A finished run whose data have a name that is markup. */
async function finishedRun() {
  const out = join(temporaryFolder(), "run");
  const { summary } = await trainTiny({ out });
  const file = join(out, "config.json");
  const config = JSON.parse(readFileSync(file, "utf8"));
  config.data.name = hostile;
  config.settings.data = hostile;
  writeFileSync(file, JSON.stringify(config));
  return { out, summary };
}

const shown = (share: number) => `${(100 * share).toFixed(2)} %`;

test("the page tells scores and epochs, and what came with data is text", async () => {
  const { out, summary } = await finishedRun();
  const page = await reportOn(out);
  expect(page).toContain(
    `<tr><td>accuracy</td><td>${shown(summary.best!.accuracy)}</td><td>${shown(summary.test!.accuracy)}</td></tr>`,
  );
  expect(page.match(/<tr><td>[123]<\/td>/g)).toHaveLength(3);
  expect(
    page.match(/<img alt="(Learning curves|Confusion)" src="data:image\/svg\+xml;base64,/g),
  ).toHaveLength(2);
  const style = createHash("sha256").update(/<style>(.*)<\/style>/s.exec(page)![1]);
  expect(page).toContain(
    `content="default-src 'none'; img-src data:; style-src 'sha256-${style.digest("base64")}'"`,
  );
  expect(page).not.toMatch(/<script|https?:/);
  expect(page).not.toContain("\u001b");
  expect(page).toContain("&lt;/pre&gt;&lt;script&gt;");
});

test("the metric that decides comes first", async () => {
  const out = join(temporaryFolder(), "run");
  await trainTiny({ out, score: "macroF1" });
  expect(/<h2>Scores<\/h2>.*?<td>(.*?)<\/td>/s.exec(await reportOn(out))![1]).toBe("macro F1");
});

test("settings of the page are those of the run, as a file that train takes", async () => {
  const { out } = await finishedRun();
  const pre = /<pre>(.*)<\/pre>/s.exec(await reportOn(out))![1];
  const text = pre.replace(
    /&(lt|gt|quot|amp);/g,
    (_, name) => ({ lt: "<", gt: ">", quot: '"', amp: "&" })[name as "lt"],
  );
  const told = JSON.parse(text);
  expect(told).toMatchObject({ data: hostile, epochs: 3, batch: 10, augment: "flip,mixup" });
  // What was left out is as by default.
  const { settings } = await readRunConfig(out);
  expect(parseConfig(told)).toEqual(settings);
  expect(told).not.toHaveProperty("particles");
});

test("a card's header is YAML with the numbers of the test set", async () => {
  const { out, summary } = await finishedRun();
  const card = await reportOn(out, "card");
  const [, header, body] = card.split(/^---\n/m);
  const read = parse(header);
  expect(read).toMatchObject({
    library_name: "convoynet",
    pipeline_tag: "image-classification",
    datasets: [hostile],
  });
  const [{ dataset, metrics }] = read["model-index"][0].results;
  expect(dataset.split).toBe("test");
  expect(metrics).toContainEqual({
    type: "accuracy",
    name: "accuracy",
    value: summary.test!.accuracy,
  });
  expect(body).toContain(`| accuracy | ${shown(summary.test!.accuracy)} |`);
  expect(body).not.toContain("<script");
  expect(body).not.toContain("\u001b");
});

test("a run that has not come to its end says so; what is no run is refused", async () => {
  const out = join(temporaryFolder(), "run");
  const controller = new AbortController();
  const listeners = [() => controller.abort()];
  await trainTiny({ out }, { signal: controller.signal, listeners });
  const file = join(temporaryFolder(), "page.html");
  await writeReport(out, file);
  expect(readFileSync(file, "utf8")).toContain("has not come to its end");
  await expect(reportOn(temporaryFolder())).rejects.toThrow("holds no run");
});

test("a net that was made of another run's does not say that settings make it again", async () => {
  const { out } = await finishedRun();
  const file = join(out, "config.json");
  writeFileSync(
    file,
    JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), givenWeights: true }),
  );
  for (const name of ["results.csv", "summary.json"]) rmSync(join(out, name));
  const page = await reportOn(out);
  expect(page).toContain("settings alone do not make it again");
  expect(page).not.toContain("make this run again");
  expect(page + (await reportOn(out, "card"))).not.toContain("has not come to its end");
});
