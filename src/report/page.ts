// A run as one HTML file that needs no other: no script, no address of anything, everything that came with data as text.

import { createHash } from "node:crypto";
import { escapeText } from "../charts/svg.js";
import { lossText, metricText, metricTitle } from "../tasks/index.js";
import { clock, grouped } from "../text/format.js";
import { parseConfig } from "../train/config.js";
import type { RunFacts } from "./facts.js";

const style = `:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; margin: 1rem 0 }
th, td { text-align: left; padding: 0.2rem 1rem 0.2rem 0; border-bottom: 1px solid #8886; vertical-align: top }
.scroll { overflow-x: auto }
img { max-width: 100%; height: auto; background: white }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #8882; padding: 0.8rem }
`;

/** What the page may do: its own style, pictures within it, and nothing else. */
const policy = `default-src 'none'; img-src data:; style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'`;

const row = (cells: readonly string[], tag = "td") =>
  `<tr>${cells.map((cell) => `<${tag}>${escapeText(cell)}</${tag}>`).join("")}</tr>`;

/** Text of several lines. */
const escapeLines = (text: string) => text.split("\n").map(escapeText).join("\n");

const tableOf = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  `<div class="scroll"><table>${row(head, "th")}${rows.map((cells) => row(cells)).join("")}</table></div>`;

const section = (title: string, content: string) =>
  content && `<section><h2>${escapeText(title)}</h2>${content}</section>`;

/** As an image SVG runs no script, whatever stands in it. */
const chart = ({ title, svg }: RunFacts["charts"][number]) =>
  `<img alt="${escapeText(title)}" src="data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}">`;

/** Loss and metrics of the best epoch and of the test. */
function scores({ metrics, end }: RunFacts): string {
  const columns = [
    { title: "selection, best epoch", values: end?.best },
    { title: "test", values: end?.test },
  ].filter(({ values }) => values);
  if (columns.length === 0) return "";
  const told = metrics.filter(({ name }) => columns.some(({ values }) => name in values!));
  const loss = ["loss", ...columns.map(({ values }) => lossText(values!.loss ?? Number.NaN))];
  const rows = told.map((metric) => [
    metricTitle(metric.name),
    ...columns.map(({ values }) => metricText(metric, values![metric.name])),
  ]);
  return tableOf(["", ...columns.map(({ title }) => title)], [...rows, loss]);
}

function about({ config, end }: RunFacts): string {
  const { net, data, parameters, settings, versions } = config;
  const [channels, height, width] = net.input;
  const images = `${grouped(data.train)} to learn from, ${grouped(data.selection)} for selection, ${grouped(data.test)} for the test`;
  return tableOf(
    [],
    [
      ["model", `${net.model}, ${grouped(parameters)} parameters`],
      ["task", net.task],
      ["input", `${channels} x ${height} x ${width}`],
      ["data", `${data.name}: images ${images}, before any were set aside`],
      ["data, sha256", data.hash],
      ["seed", String(settings.seed)],
      ...(end?.members ? [["made of", `particles ${end.members.join(", ")}`]] : []),
      ...(end ? [["epochs, time", `${end.epochs}, ${clock(end.seconds)}`]] : []),
      ["made with", `convoy ${versions.convoy}, Node.js ${versions.node}`],
    ],
  );
}

/** Settings that are not the defaults, as a file; where a run began with nothing else, it makes the same run again. */
function settingsOf({ config }: RunFacts): string {
  const { settings } = config;
  const usual = new Map<string, unknown>(Object.entries(parseConfig({ data: settings.data })));
  const own = Object.entries(settings).filter(
    ([name, value]) => name === "data" || JSON.stringify(value) !== JSON.stringify(usual.get(name)),
  );
  const again = config.givenWeights
    ? "The run began with weights that were given to it, so its settings alone do not make it again."
    : "Saved as settings.json, they make this run again: <code>npx convoy train --config settings.json</code>.";
  return `<p>${again} What is not named is as by default.</p>
<pre>${escapeLines(JSON.stringify(Object.fromEntries(own), undefined, 2))}</pre>`;
}

/** The page of a run. */
export function pageOf(facts: RunFacts): string {
  const { run, columns, epochs, charts, end, trained } = facts;
  const title = escapeText(run);
  const state = trained && !end ? "<p>This run has not come to its end.</p>" : "";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<h1>${title}</h1>
${state}
${about(facts)}
${section("Scores", scores(facts))}
${section("Charts", charts.map(chart).join("\n"))}
${section("Epochs", epochs.length > 0 ? tableOf(columns, epochs) : "")}
${section("Settings", settingsOf(facts))}
</body>
</html>
`;
}
