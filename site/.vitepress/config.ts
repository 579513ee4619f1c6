// The site: the pages of the project, which collect.mjs brings, and the reference of the API, which typedoc writes.

import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig, type MarkdownOptions } from "vitepress";
import { sections } from "../sections.js";

const site = dirname(dirname(fileURLToPath(import.meta.url)));
const root = dirname(site);

/** The address of a page of the project. */
const addressOf = (path: string) =>
  `/${path.replace(/(^|\/)(README|index)\.md$/, "$1").replace(/\.md$/, "")}`;

/** Links to what is no page, as sources, become plain text: the site has none of it. */
const withoutSources: NonNullable<MarkdownOptions["config"]> = (markdown) => {
  const isPage = (href: string, from: string) => {
    const [path] = href.split(/[#?]/);
    if (path === "" || /^([a-z]+:|\/)/.test(href)) return true;
    const file = resolve(root, dirname(from), path);
    if (!existsSync(file)) return !/\.\w+$/.test(path);
    return (
      file.endsWith(".md") || (statSync(file).isDirectory() && existsSync(join(file, "README.md")))
    );
  };
  markdown.core.ruler.push("without-sources", ({ tokens, env }) => {
    for (const { children } of tokens) {
      let isOpen = false;
      for (const token of children ?? []) {
        const href = token.type === "link_open" ? token.attrGet("href") : undefined;
        if (href && !isPage(href, env.relativePath ?? "")) isOpen = true;
        if (!isOpen) continue;
        if (token.type === "link_open")
          [token.type, token.tag, token.attrs] = ["em_open", "em", []];
        else if (token.type === "link_close") {
          [token.type, token.tag, isOpen] = ["em_close", "em", false];
        }
      }
    }
  });
};

export default defineConfig({
  title: "Convoy",
  description: "Train ConvNets in TypeScript: natively fast, reproducible, one net or a swarm.",
  srcDir: join(site, "pages"),
  outDir: join(site, "dist"),
  cleanUrls: true,
  rewrites: (path) => path.replace(/(^|\/)README\.md$/, "$1index.md"),
  markdown: { config: withoutSources, html: false },
  themeConfig: {
    search: { provider: "local" },
    nav: [
      { text: "Guide", link: "/docs/training" },
      { text: "API", link: "/api/" },
    ],
    sidebar: {
      "/": sections.map(({ title, pages }) => ({
        text: title,
        collapsed: title !== "Start",
        items: pages.map(([text, path]) => ({ text, link: addressOf(path) })),
      })),
    },
  },
});
