// The system's Chromium, for tests of pages.

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, chromium, type Page } from "playwright-core";
import { onTestFinished } from "vitest";

/** Where systems put it. */
const browsers = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The browser; absent where there is none. */
export const executablePath =
  process.env["CONVOY_CHROMIUM"] ?? browsers.find((path) => existsSync(path));

/** Opens a browser that is closed when the test ends. */
export async function openBrowser(): Promise<Browser> {
  // A camera that shows a pattern, which nobody is asked about.
  const camera = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", ...camera] });
  onTestFinished(() => browser.close());
  return browser;
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What of WCAG 2.1 AA a page does not meet, as far as axe can tell: rules, and the elements. */
export async function accessFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => {
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
    return axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] });
  });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}
