// The few pieces that charts are made of. Numbers have two decimals, so that charts are small.

import { printable } from "../text/printable.js";

/** Colours of series that differ for everybody (Okabe and Ito 2008). */
export const palette = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00"] as const;

export const ink = "#333";
export const faint = "#ddd";

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

/** Text as XML has it, which knows no control characters, whatever they are written as. */
export const escapeText = (text: string) =>
  printable(text).replace(/[&<>"]/g, (letter) => entities[letter]);

const value = (attribute: number | string) =>
  typeof attribute === "number" ? `${Number(attribute.toFixed(2))}` : escapeText(attribute);

/** One element; `content` is markup. */
export function element(
  name: string,
  attributes: Readonly<Record<string, number | string>>,
  content = "",
): string {
  const list = Object.entries(attributes).map(([key, one]) => ` ${key}="${value(one)}"`);
  return content === ""
    ? `<${name}${list.join("")}/>`
    : `<${name}${list.join("")}>${content}</${name}>`;
}

/** Text at a point. */
export const label = (
  text: string,
  x: number,
  y: number,
  attributes: Readonly<Record<string, number | string>> = {},
): string => element("text", { x, y, fill: ink, ...attributes }, escapeText(text) || " ");

const LONGEST_NAME = 18;

/** A name that fits beside a chart: cut where it is long. */
export const short = (name: string): string =>
  name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name;

/** An image on white. */
export function image(width: number, height: number, parts: readonly string[]): string {
  const attributes = {
    xmlns: "http://www.w3.org/2000/svg",
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    "font-family": "system-ui, sans-serif",
    "font-size": 12,
  };
  const background = element("rect", { width, height, fill: "#fff" });
  return `${element("svg", attributes, `\n${[background, ...parts].join("\n")}\n`)}\n`;
}
