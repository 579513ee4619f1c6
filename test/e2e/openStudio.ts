// A studio as a process of its own, and its page in real Chromium.

import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect, onTestFinished } from "vitest";
import { openBrowser } from "../support/browser.js";
import { root } from "./convoy.js";

/** Starts `convoy`, and ends it when the test does. */
export function start(args: readonly string[], cwd: string): ChildProcess {
  const child = spawn(process.execPath, [join(root, "bin", "convoy.mjs"), ...args], { cwd });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

/** Opens a studio and gives the address that it prints. */
export function openStudio(cwd: string, folder = "runs"): Promise<URL> {
  const child = start(["studio", folder], cwd);
  return new Promise((resolve, reject) => {
    let out = "";
    child.stdout!.on("data", (text) => {
      out += text;
      const [address] = /http:\/\/\S+/.exec(out) ?? [];
      if (address) resolve(new URL(address));
    });
    child.stderr!.on("data", (text) => reject(new Error(`${text}`)));
  });
}

/** Opens the page, and fails the test at any error in it. */
export async function openPage(
  address: URL,
  colorScheme: "light" | "dark" = "light",
): Promise<Page> {
  const browser = await openBrowser();
  const page = await browser.newPage({ colorScheme });
  const faults: string[] = [];
  page.on("pageerror", ({ message }) => faults.push(message));
  page.on("console", (said) => said.type() === "error" && faults.push(said.text()));
  onTestFinished(() => expect(faults).toEqual([]));
  await page.goto(address.href);
  expect(page.url()).not.toContain("token");
  return page;
}
