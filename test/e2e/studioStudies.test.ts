// Searches of settings in the page of the studio, in real Chromium.

import { expect, test } from "vitest";
import { accessFaults, executablePath } from "../support/browser.js";
import { digitsFile } from "../support/digitsFile.js";
import { convoy, scratch } from "./convoy.js";
import { openPage, openStudio } from "./openStudio.js";

test.skipIf(executablePath === undefined)(
  "a study is shown with its trials, and leads to their runs",
  async () => {
    const cwd = scratch();
    const data = await digitsFile(cwd, 120);
    const search = ["--search", "model=lenet5|convnet-gn,lr=log:0.001:0.1", "--sampler", "random"];
    const length = ["--trials", "4", "--epochs", "1", "--threads", "1", "--quiet"];
    const out = ["--metric", "accuracy,macs", "--out", "runs/studies/s"];
    const { code, err } = await convoy(["tune", data, ...search, ...length, ...out], { cwd });
    expect(code, err).toBe(0);
    const page = await openPage(await openStudio(cwd));
    await page.getByRole("link", { name: "studies", exact: true }).click();
    await page.getByRole("row", { name: /studies\/s ✓ finished .* random 4\/4/ }).waitFor();
    expect(await accessFaults(page)).toEqual([]);
    await page.getByRole("link", { name: "studies/s" }).click();
    await page
      .getByRole("img", { name: /^accuracy by macs of 4 trials; not beaten: trial / })
      .waitFor();
    const chart = page.getByRole("img", { name: /^a line for each trial/ });
    await expect
      .poll(() =>
        chart.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth),
      )
      .toBeGreaterThan(100);
    const first = () => page.locator("tbody tr").first().textContent();
    const best = await first();
    expect(best).toContain("★ best");
    await page.getByRole("button", { name: /^accuracy/ }).click();
    await page.getByRole("columnheader", { name: "accuracy ▲" }).waitFor();
    expect(
      await page.getByRole("columnheader", { name: "accuracy ▲" }).getAttribute("aria-sort"),
    ).toBe("ascending");
    expect(await accessFaults(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 800 });
    const width = () => page.evaluate("document.documentElement.scrollWidth");
    await expect.poll(width).toBeLessThanOrEqual(390);
    await page.locator("tbody th a").first().click();
    await page.getByRole("heading", { name: /^studies\/s\/trials\// }).waitFor();
  },
);
