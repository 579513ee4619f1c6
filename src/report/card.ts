// A model card: what the Hugging Face Hub reads of a model, with measured numbers, and the same for people
// (https://huggingface.co/docs/hub/model-cards).

import { stringify } from "yaml";
import { escapeText } from "../charts/svg.js";
import { metricText, metricTitle } from "../tasks/index.js";
import { grouped } from "../text/format.js";
import type { RunFacts } from "./facts.js";

/** The Hub's names for what nets are asked. */
const hubTasks: Readonly<Record<string, string>> = {
  classify: "image-classification",
  tags: "image-classification",
  segment: "image-segmentation",
  detect: "object-detection",
  sequence: "image-to-text",
  pieces: "image-to-text",
};

const otherTask = "image-feature-extraction";

/** Text in Markdown that is nothing but text. */
const plain = (text: string) => escapeText(text).replace(/[\\`*_{}[\]#|!~]/g, "\\$&");

/** The scores that a card tells: of the test, else of the best epoch. */
function told({ metrics, end }: RunFacts) {
  const [set, values] = end?.test
    ? (["test", end.test] as const)
    : (["selection", end?.best] as const);
  const rows = metrics.flatMap((metric) => {
    const value = values?.[metric.name];
    return typeof value === "number" ? [{ metric, value }] : [];
  });
  return { set, rows };
}

function header(facts: RunFacts): string {
  const { net, data } = facts.config;
  const { set, rows } = told(facts);
  const task = hubTasks[net.task] ?? otherTask;
  const metrics = rows.map(({ metric, value }) => ({
    ...{ type: metric.name, name: metricTitle(metric.name), value },
  }));
  return stringify({
    library_name: "convoynet",
    pipeline_tag: task,
    tags: ["convoynet", net.model, net.task],
    datasets: [data.name],
    metrics: rows.map(({ metric }) => metric.name),
    ...(rows.length > 0 && {
      "model-index": [
        {
          name: net.model,
          results: [
            {
              task: { type: task },
              dataset: { name: data.name, type: data.name, split: set },
              metrics,
            },
          ],
        },
      ],
    }),
  });
}

/** The card of a run, as Markdown with a header of YAML. */
export function cardOf(facts: RunFacts): string {
  const { config, end, trained } = facts;
  const { net, data, parameters, settings, versions } = config;
  const [channels, height, width] = net.input;
  const { set, rows } = told(facts);
  const scores = rows.map(
    ({ metric, value }) => `| ${plain(metricTitle(metric.name))} | ${metricText(metric, value)} |`,
  );
  const lines = [
    `# ${plain(net.model)} on ${plain(data.name)}`,
    `A net of ${grouped(parameters)} parameters for the task ${plain(net.task)}, trained by Convoy ${plain(versions.convoy)}.`,
    ...(trained && !end ? ["The run has not come to its end."] : []),
    ...(scores.length > 0 ? [`| ${set} | |\n|---|---|\n${scores.join("\n")}`] : []),
    "## Input",
    `Images of ${channels} x ${height} x ${width}, brought there by "${settings.fit}", with mean ${net.mean.join(", ")} and standard deviation ${net.std.join(", ")} of each channel.`,
    "## Data",
    `${plain(data.name)}: ${grouped(data.train)} images to learn from, ${grouped(data.selection)} for selection, ${grouped(data.test)} for the test, before any were set aside.` +
      (net.names.length > 0 ? ` It tells: ${net.names.map(plain).join(", ")}.` : ""),
    "## Use",
    "```\nnpx convoy predict RUN IMAGE\nnpx convoy export RUN --out net.onnx\n```",
  ];
  return `---\n${header(facts)}---\n\n${lines.join("\n\n")}\n`;
}
