// `convoy studio`: who is answered, and its page in real Chromium beside a run that goes on.

import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runFiles } from "../../src/runs/index.js";
import { accessFaults, executablePath } from "../support/browser.js";
import { digitsFile } from "../support/digitsFile.js";
import { convoy, scratch } from "./convoy.js";
import { openPage, openStudio, start } from "./openStudio.js";

const settings = ["--model", "lenet5", "--batch", "16", "--threads", "1", "--quiet"];

/** Whether the first canvas of a page has pixels in a colour of its style sheet; runs in the page. */
const hasColour = `(name) => {
  const wanted = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const canvas = document.querySelector("canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  for (let at = 0; at < data.length; at += 4) {
    const [r, g, b] = data.subarray(at, at + 3);
    const number = (r << 16) | (g << 8) | b;
    if (data[at + 3] === 255 && "#" + number.toString(16).padStart(6, "0") === wanted) return true;
  }
  return false;
}`;

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** Asks with a path exactly as it is written. */
function ask(
  { hostname, port }: URL,
  path: string,
  headers: Record<string, string> = {},
  method = "GET",
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, headers, method }, (response) => {
      let text = "";
      response.on("data", (part) => {
        text += part;
      });
      response.on("end", () =>
        resolve({ status: response.statusCode!, headers: response.headers, text }),
      );
    })
      .on("error", reject)
      .end();
  });
}

describe("requests", () => {
  test("are answered with the token alone, from this machine alone, within the folder", async () => {
    const cwd = scratch();
    const data = await digitsFile(cwd, 100);
    await convoy(["train", data, ...settings, "--epochs", "1", "--out", "runs/a"], { cwd });
    await convoy(["train", data, ...settings, "--epochs", "1", "--out", "outside"], { cwd });
    cpSync(join(cwd, "outside"), join(cwd, "runs/linked"), { recursive: true });
    symlinkSync(join(cwd, "outside"), join(cwd, "runs/away"));
    writeFileSync(join(cwd, "secret.csv"), "epoch,secret\n1,4711\n");
    const table = join(cwd, "runs/linked", runFiles.results);
    rmSync(table);
    symlinkSync(join(cwd, "secret.csv"), table);
    const studio = await openStudio(cwd);
    const token = studio.searchParams.get("token")!;
    const known = { authorization: `Bearer ${token}` };

    expect((await ask(studio, "/")).status).toBe(401);
    expect((await ask(studio, "/api/runs")).status).toBe(401);
    expect((await ask(studio, `/api/runs?token=${token}`)).status).toBe(401);
    expect((await ask(studio, "/?token=wrong")).status).toBe(401);
    expect((await ask(studio, "/api/runs", { authorization: "Bearer wrong" })).status).toBe(401);
    const opened = await ask(studio, `/?token=${token}`);
    expect(opened).toMatchObject({ status: 303, headers: { location: "/" } });
    const [cookie] = opened.headers["set-cookie"] as string[];
    expect(cookie).toMatch(/; HttpOnly; SameSite=Strict; Path=\/$/);
    const page = await ask(studio, "/", { cookie: cookie.split(";")[0] });
    expect(page.status).toBe(200);
    expect(page.headers["content-security-policy"]).toMatch(/^default-src 'self';/);
    expect(page.headers["referrer-policy"]).toBe("no-referrer");

    for (const host of ["evil.example", "192.168.0.1:80", "127.0.0.1.evil.example"]) {
      expect((await ask(studio, "/api/runs", { ...known, host })).status, host).toBe(403);
    }
    const foreign = { ...known, origin: "http://evil.example" };
    expect((await ask(studio, "/api/stop?id=1", foreign, "POST")).status).toBe(403);

    const paths = ["/../package.json", "/%2e%2e/secret.csv", "/..%2fsecret.csv", "//etc/passwd"];
    for (const path of [...paths, "/runs/a/config.json", "/assets/../index.html", "/%00"]) {
      expect((await ask(studio, path, known)).status, path).toBe(404);
    }
    const { text } = await ask(studio, "/api/runs", known);
    const runs = JSON.parse(text) as { id: string; path: string }[];
    expect(runs.map(({ path }) => path)).toEqual(["a", "linked"]);
    const linked = await ask(studio, `/api/run?id=${runs[1].id}`, known);
    expect(linked.status).toBe(200);
    expect(linked.text).not.toContain("4711");
    for (const id of ["..", "%2e%2e%2foutside", "away", ""]) {
      expect((await ask(studio, `/api/run?id=${id}`, known)).status, id).toBe(404);
    }
    const stop = await ask(studio, `/api/stop?id=${runs[0].id}`, known, "POST");
    expect(stop.status).toBe(409);
    expect(JSON.parse(stop.text).error).toBe("nobody works on a; there is nothing to stop");
    expect(existsSync(join(cwd, "runs/a/stop"))).toBe(false);
    const again = await ask(studio, `/api/resume?id=${runs[0].id}`, known, "POST");
    expect([again.status, JSON.parse(again.text).error]).toEqual([
      409,
      "a was not stopped; there is nothing to go on with",
    ]);
    // Nothing is run that a folder brings: neither to go on with it nor to ask its net.
    const own = join(cwd, "runs/own");
    cpSync(join(cwd, "runs/a"), own, { recursive: true });
    rmSync(join(own, runFiles.summary));
    const config = join(own, runFiles.config);
    const module = { path: join(own, "evil.mjs"), sha256: "0".repeat(64) };
    writeFileSync(config, JSON.stringify({ ...JSON.parse(readFileSync(config, "utf8")), module }));
    const listed = JSON.parse((await ask(studio, "/api/runs", known)).text) as typeof runs;
    const { id } = listed.find(({ path }) => path === "own")!;
    for (const path of ["resume", "predict"]) {
      const refused = await ask(studio, `/api/${path}?id=${id}`, known, "POST");
      expect(refused.status, path).toBeGreaterThanOrEqual(400);
      expect(JSON.parse(refused.text).error).toContain("which the studio does not run");
    }
    expect((await ask(studio, `/api/events?id=${runs[0].id}`, known, "HEAD")).status).toBe(200);
    // Weights that a link leads to are not opened.
    const best = join(cwd, "runs/linked", runFiles.best);
    rmSync(best);
    symlinkSync(join(cwd, "outside", runFiles.best), best);
    const said = await ask(studio, `/api/predict?id=${runs[1].id}`, known, "POST");
    expect([said.status, JSON.parse(said.text).error]).toEqual([
      400,
      "linked has no weights of its own in weights/best.safetensors",
    ]);
    const sheet = join(cwd, "runs/linked", runFiles.confused);
    rmSync(sheet);
    symlinkSync(join(cwd, "outside", runFiles.confused), sheet);
    expect((await ask(studio, `/api/confused.svg?id=${runs[1].id}`, known)).status).toBe(404);
    const layers = await ask(studio, `/api/model?id=${runs[0].id}`, known);
    expect(JSON.parse(layers.text).params).toBe(61706);
  });

  test("of a folder that is not there are not waited for", async () => {
    const { code, err } = await convoy(["studio", "none"], { cwd: scratch() });
    expect([code, err]).toEqual([2, "convoy: none is no folder; name one that holds runs\n"]);
  });
});

describe.skipIf(executablePath === undefined)("the page", () => {
  test("shows a swarm while it trains, and stops it so that it can be resumed", async () => {
    const cwd = scratch();
    const data = await digitsFile(cwd, 400);
    mkdirSync(join(cwd, "runs"));
    const swarm = ["--swarm", "pso", "--particles", "2", "--epochs", "2000", "--out", "runs/live"];
    const run = start(["train", data, ...settings, ...swarm], cwd);
    const page = await openPage(await openStudio(cwd));
    const ended = new Promise((resolve) => run.once("close", resolve));

    await page.getByText("● running").waitFor();
    await page.getByRole("link", { name: "live" }).click();
    await page.getByRole("heading", { name: "live" }).waitFor();
    await page.getByRole("row", { name: /net 1 ✓ well/ }).waitFor();
    await page.getByRole("img", { name: /^training loss of each net by epoch/ }).waitFor();
    await page.getByRole("img", { name: /^2 nets in the plane/ }).waitFor();
    const epoch = () =>
      page.locator(".tile", { hasText: "epoch" }).first().locator("dd").textContent();
    const first = await epoch();
    await expect.poll(epoch).not.toBe(first);
    expect(await accessFaults(page)).toEqual([]);

    await page.getByRole("button", { name: "stop" }).click();
    expect(await ended).toBe(130);
    await page.getByText("■ stopped").waitFor();
    const folder = join(cwd, "runs/live");
    expect(existsSync(join(folder, runFiles.live))).toBe(false);
    expect(existsSync(join(folder, runFiles.stop))).toBe(false);
    const before = readFileSync(join(folder, runFiles.results), "utf8").split("\n").length;
    await page.getByRole("button", { name: "go on" }).click();
    await page.getByText("● running").waitFor();
    const rows = () => readFileSync(join(folder, runFiles.results), "utf8").split("\n").length;
    await expect.poll(rows).toBeGreaterThan(before);
    // It goes on without the studio, but not without its folder.
    await page.getByRole("button", { name: "stop" }).click();
    await page.getByText("■ stopped").waitFor();
  });

  test("shows the images behind a cell of the confusion", async () => {
    const cwd = scratch();
    const data = await digitsFile(cwd, 200);
    await convoy(["train", data, ...settings, "--epochs", "1", "--out", "runs/a"], { cwd });
    const studio = await openStudio(cwd);
    const page = await openPage(studio);
    await page.getByRole("link", { name: "a", exact: true }).click();
    const cell = page.getByRole("button", { name: /^\d said to be \d: \d+ images$/ }).first();
    const [, known, said, count] = /^(\d) said to be (\d): (\d+)/.exec(
      (await cell.getAttribute("aria-label"))!,
    )!;
    await cell.press("Enter");
    const drawn = Math.min(8, Number(count));
    const name = `${drawn} images of ${known} said to be ${said}`;
    const box = await page.getByRole("img", { name }).boundingBox();
    expect([box!.width, box!.height]).toEqual([68 * drawn - 4, 64]);
    // The first image stands where the page shows it: a digit, white on black, and no words.
    const [width, corner] = (await page.evaluate(`(async () => {
      const { background } = document.querySelector(".pictures").style;
      const [, address, left, top] = /url\\("([^"]+)"\\) (-?\\d+)px (-?\\d+)px/.exec(background);
      const image = new Image();
      image.src = address;
      await image.decode();
      const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
      context.drawImage(image, 0, 0);
      return [image.width, ...context.getImageData(2 - left, 2 - top, 1, 1).data];
    })()`)) as number[];
    expect([width, corner]).toEqual([200 + 8 * 68, 0]);
    expect(await accessFaults(page)).toEqual([]);
    await cell.press("Enter");
    await page.getByRole("img", { name }).waitFor({ state: "detached" });
  });

  test("shows names as text, runs beside each other, and both themes to everybody", async () => {
    const cwd = scratch();
    const data = await digitsFile(cwd, 200);
    await convoy(["train", data, ...settings, "--epochs", "2", "--out", "runs/a"], { cwd });
    const hostile = '<img src=x onerror="document.title=1">';
    const path = join(cwd, "runs", hostile);
    cpSync(join(cwd, "runs/a"), path, { recursive: true });
    const confusion = join(path, runFiles.confusionTable);
    writeFileSync(confusion, `true class,<script>,b\n<script>,1,2\nb,0,3\n`);
    const page = await openPage(await openStudio(cwd), "dark");

    await page.getByRole("link", { name: hostile }).waitFor();
    expect(await accessFaults(page)).toEqual([]);
    await page.getByRole("searchbox").fill("img");
    await page.getByText("1 of 2 runs").waitFor();
    await page.getByRole("link", { name: hostile }).press("Enter");
    await page.getByRole("heading", { name: hostile }).waitFor();
    await page.getByText("<script> taken for b: 2").waitFor();
    await page.getByText("Model, layer by layer").click();
    await page.getByText("61,706 parameters").waitFor();
    await page.getByText("Settings").click();
    expect(await page.locator("main img:not(.filters), main script").count()).toBe(0);
    // Six filters of 5x5, a pixel of them six of the image, beside each other.
    const filters = page.getByRole("img", { name: /^each filter of the first layer/ });
    const sizeOf = (image: unknown) => {
      const { naturalWidth, naturalHeight } = image as Record<string, number>;
      return [naturalWidth, naturalHeight];
    };
    await expect.poll(() => filters.evaluate(sizeOf)).toEqual([6 * 33 - 3, 30]);
    expect(await page.title()).toBe("Convoy studio");
    expect(await accessFaults(page)).toEqual([]);

    const chart = page.getByRole("img", { name: /^accuracy by epoch/ });
    await chart.focus();
    await page.keyboard.press("ArrowLeft");
    await page.locator("figcaption", { hasText: "accuracy epoch 2" }).first().waitFor();
    await page.keyboard.press("ArrowLeft");
    await page.locator("figcaption", { hasText: "accuracy epoch 1" }).first().waitFor();

    await page.getByRole("link", { name: "Runs" }).click();
    await page.getByText("2 of 2 runs").waitFor();
    for (const box of await page.getByRole("checkbox").all()) await box.check();
    await page.getByRole("link", { name: "compare 2" }).click();
    await page.getByRole("img", { name: /^selection accuracy by epoch/ }).waitFor();
    await page.getByLabel("curves over").selectOption("seconds");
    await page.getByRole("img", { name: /^selection accuracy by seconds/ }).waitFor();
    // Of two runs that are the same, the second curve is seen.
    const drawn = () => page.evaluate(`(${hasColour})("--s1")`);
    await expect.poll(drawn).toBe(true);
    await page.getByRole("button", { name: "light" }).click();
    await page.locator(":root[data-theme=light]").waitFor();
    await page.getByRole("button", { name: "dark" }).waitFor();
    await expect.poll(drawn).toBe(true);
    expect(await accessFaults(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 800 });
    const width = () => page.evaluate("document.documentElement.scrollWidth");
    await expect.poll(width).toBeLessThanOrEqual(390);
  });
});
