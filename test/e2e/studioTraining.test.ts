// Training without a command: images dropped into the page of the studio, in real Chromium.

import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { unzipSync } from "fflate";
import sharp from "sharp";
import { expect, test } from "vitest";
import { accessFaults, executablePath } from "../support/browser.js";
import { saidInPage } from "./bundlePage.js";
import { scratch } from "./convoy.js";
import { openPage, openStudio } from "./openStudio.js";

type Colour = { r: number; g: number; b: number };

/** A square of about a colour, as a PNG file; each `shade` is another one. */
const square = ({ r, g, b }: Colour, shade: number): Promise<Buffer> =>
  sharp({
    create: {
      ...{ width: 40, height: 40, channels: 3 as const },
      background: { r: r + 3 * shade, g: g + 2 * shade, b: b + 3 * shade },
    },
  })
    .png()
    .toBuffer();

const red = { r: 190, g: 20, b: 20 };
const blue = { r: 20, g: 20, b: 190 };

/** Files for a dialog. */
const filesOf = (colour: Colour, count: number) =>
  Promise.all(
    Array.from({ length: count }, async (_, at) => ({
      ...{ name: `${at}.png`, mimeType: "image/png" },
      buffer: await square(colour, at),
    })),
  );

test("nothing but images is kept, and nothing elsewhere", async () => {
  const cwd = scratch();
  const studio = await openStudio(cwd, ".");
  const headers = { authorization: `Bearer ${studio.searchParams.get("token")}` };
  const send = async (path: string, body: Uint8Array | string) => {
    const address = new URL(path, studio);
    const answer = await fetch(address, { method: "POST", headers, body: body as string });
    return [answer.status, ((await answer.json()) as { error: string }).error] as const;
  };
  const image = await square(red, 0);
  expect(await send("/api/image?set=a&class=b", "<svg/>")).toEqual([
    400,
    "the file is no PNG, JPEG or WebP image",
  ]);
  for (const name of ["..", "../c", "%2Fetc", ".hidden", "c%00", "", "x".repeat(61)]) {
    expect((await send(`/api/image?set=a&class=${name}`, image))[0], name).toBe(400);
    expect((await send(`/api/image?set=${name}&class=b`, image))[0], name).toBe(400);
  }
  expect(readdirSync(cwd)).toEqual([]);
  const large = new Uint8Array(21e6);
  expect(await send("/api/image?set=a&class=b", large).catch(() => [413])).toContain(413);
  expect((await send("/api/image?set=a&class=b", image))[0]).toBe(201);
  expect((await send("/api/image?set=a&class=b", image))[0]).toBe(201);
  expect(readdirSync(join(cwd, "images/a/train/b"))).toHaveLength(1);
  const outside = scratch();
  symlinkSync(outside, join(cwd, "images/out"));
  const linked = await send("/api/image?set=out&class=b", image);
  expect(linked).toEqual([400, expect.stringContaining("images/out is no folder of its own")]);
  expect(readdirSync(outside)).toEqual([]);

  expect(await send("/api/train", '{"set":"none"}')).toEqual([400, 'there is no set "none"']);
  expect((await send("/api/train", '{"set":"a","out":"/tmp"}'))[1]).toContain("unknown setting");
  expect((await send("/api/train", "{"))[0]).toBe(400);
  const [status, error] = await send("/api/train", '{"set":"a"}');
  expect([status, error]).toEqual([400, expect.stringContaining("1 class")]);
});

test("two trainings that begin together are two runs", async () => {
  const cwd = scratch();
  const studio = await openStudio(cwd, ".");
  const headers = { authorization: `Bearer ${studio.searchParams.get("token")}` };
  const send = async (path: string, body: Uint8Array | string) =>
    await fetch(new URL(path, studio), { method: "POST", headers, body: body as string });
  for (const [name, colour] of Object.entries({ red, blue })) {
    for (let shade = 0; shade < 6; shade++) {
      await send(`/api/image?set=a&class=${name}`, await square(colour, shade));
    }
  }
  const asked = JSON.stringify({ set: "a", epochs: 1, size: 16 });
  const answers = await Promise.all([send("/api/train", asked), send("/api/train", asked)]);
  const ids = await Promise.all(
    answers.map(async (answer) => (await answer.json()) as { id: string }),
  );
  expect(new Set(ids.map(({ id }) => id)).size).toBe(2);
  const runs = readdirSync(cwd).filter((name) => /^a-/.test(name));
  expect(runs).toHaveLength(2);
  // They go on without the studio; the folder goes when they have ended.
  const isLive = (run: string) =>
    !existsSync(join(cwd, run, "summary.json")) || existsSync(join(cwd, run, "run.lock"));
  while (runs.some(isLive)) await new Promise((resolve) => setTimeout(resolve, 50));
});

test.skipIf(executablePath === undefined)(
  "images are dropped, a net is trained on them, tried on a new one, seen to err and taken to a page of its own",
  async () => {
    const cwd = scratch();
    const page = await openPage(await openStudio(cwd, "."));
    await page.getByRole("link", { name: "train on images of yours" }).click();
    const hostile = "<i>red";
    await page.getByRole("textbox", { name: "class" }).first().fill(hostile);
    await page.keyboard.press("Tab");
    const button = page.getByRole("button", { name: "Train", exact: true });
    expect(await button.isDisabled()).toBe(true);
    const card = (name: string) => page.getByRole("region", { name: `class ${name}` });
    const bring = async (name: string, colour: Colour) => {
      await card(name)
        .locator("input[type=file]")
        .setInputFiles(await filesOf(colour, 15));
      await card(name).getByText("15 images").waitFor();
    };
    await bring(hostile, red);
    await bring("class 2", blue);
    await page.getByLabel("epochs").fill("8");
    await page.getByLabel("size of an image").selectOption("32");
    expect(await accessFaults(page)).toEqual([]);
    await button.click();

    await page.getByRole("heading", { name: "mine-1" }).waitFor();
    await page.getByText("✓ finished").waitFor({ timeout: 60_000 });
    const newImage = await filesOf({ r: 200, g: 40, b: 30 }, 1);
    await page.locator(".drop input").setInputFiles(newImage);
    await page.locator(".said li").first().waitFor();
    expect(await page.locator(".said li").first().textContent()).toContain(hostile);
    await page.getByText("Where it errs").click();
    const worst = page.locator("details .card img").first();
    await worst.waitFor();
    await expect
      .poll(() => worst.evaluate((image) => (image as unknown as { width: number }).width))
      .toBeGreaterThan(200);
    expect(await page.locator("main i").count()).toBe(0);
    expect(await accessFaults(page)).toEqual([]);
    expect(existsSync(join(cwd, "mine-1/weights/best.safetensors"))).toBe(true);

    // A label that is wrong is corrected, and the next training has it.
    const inClass = (name: string) => readdirSync(join(cwd, "images/mine/train", name)).length;
    for (const choice of await page.locator("details .card select").all()) {
      await choice.selectOption("class 2");
    }
    await page.getByRole("button", { name: /^Train again/ }).waitFor();
    // A fifth of each class was there to choose by.
    await expect.poll(() => [inClass(hostile), inClass("class 2")]).toEqual([12, 18]);

    // Taken elsewhere, it says of a new image what it said in the studio.
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: /^a folder that predicts/ }).click(),
    ]);
    expect(download.suggestedFilename()).toBe("mine-1.zip");
    const files = unzipSync(readFileSync(await download.path()));
    const bundle = join(scratch(), "bundle");
    mkdirSync(bundle);
    for (const [path, bytes] of Object.entries(files)) {
      if (path === "mine-1/") continue;
      expect(dirname(path)).toBe("mine-1");
      writeFileSync(join(bundle, basename(path)), bytes);
    }
    const rgb = new Uint8Array(3 * 40 * 40).map((_, at) => [200, 40, 30][at % 3]);
    const { class: found } = await saidInPage(bundle, { width: 40, height: 40, rgb });
    expect(found).toBe(hostile);

    await page.getByRole("button", { name: /^Train again/ }).click();
    await page.getByRole("heading", { name: "mine-2" }).waitFor();
    await page.getByText("✓ finished").waitFor({ timeout: 60_000 });
    const { settings } = JSON.parse(readFileSync(join(cwd, "mine-2/config.json"), "utf8"));
    expect([settings.epochs, settings.size, settings.augment]).toEqual([8, 32, "shift,flip"]);
  },
);

test.skipIf(executablePath === undefined)("images are taken with a camera", async () => {
  const page = await openPage(await openStudio(scratch(), "."));
  await page.getByRole("link", { name: "train on images of yours" }).click();
  const card = page.getByRole("region", { name: "class class 1" });
  await card.getByRole("button", { name: "use the camera" }).click();
  const width = () =>
    card
      .locator("video")
      .evaluate((video) => (video as unknown as { videoWidth: number }).videoWidth);
  await expect.poll(width).toBeGreaterThan(0);
  for (const count of ["1 image", "2 images"]) {
    await card.getByRole("button", { name: "take an image of class 1" }).click();
    await card.getByText(count, { exact: true }).waitFor();
  }
  expect(await accessFaults(page)).toEqual([]);
  await card.getByRole("button", { name: "close the camera" }).click();
  expect(await card.locator("video").count()).toBe(0);
});
