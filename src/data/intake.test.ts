import { expect, test } from "vitest";
import { bytesOf, tinyDataset } from "../../test/fixtures/data.js";
import { joinImages } from "./images.js";
import { intakeInWords, plainIntake, withChannels } from "./intake.js";
import { normalisationOf } from "./normalise.js";

const intake = { input: [1, 4, 4], mean: [0], std: [1], fit: "crop" } as const;
const sized = (height: number, width: number) =>
  tinyDataset({ length: 1, height, width, channels: 1 });

test("says what happens to images of other shapes, and nothing where they have the net's", () => {
  expect(intakeInWords(sized(4, 4), intake)).toBeUndefined();
  expect(intakeInWords(sized(8, 8), intake)).toBe("8x8 pixels, scaled to 4x4");
  expect(intakeInWords(sized(8, 12), intake)).toBe(
    "8x12 pixels, scaled to cover the net's size, cut round the centre: 4x4 (fit crop)",
  );
  expect(intakeInWords(sized(8, 12), { ...intake, fit: "pad" })).toMatch(
    /black beside it.*fit pad/,
  );
});

test("images of sizes of their own need a size, and have statistics of all their pixels", () => {
  const images = joinImages([
    { height: 1, width: 2, channels: 1, data: Uint8Array.of(0, 10) },
    { height: 1, width: 1, channels: 1, data: Uint8Array.of(20) },
  ]);
  const mixed = { ...tinyDataset({ length: 2, channels: 1 }), images };
  expect(() => plainIntake(mixed)).toThrow(/sizes of their own/);
  expect(normalisationOf(mixed).mean).toEqual([10]);
  expect(intakeInWords(mixed, intake)).toMatch(/^1x1 to 1x2 pixels/);
});

test("a grey set serves a net of colours, and one of too many channels does not", () => {
  const grey = tinyDataset({
    length: 2,
    channels: 1,
    height: 1,
    width: 1,
    images: Uint8Array.of(3, 9),
  });
  const colour = withChannels(grey, 3);
  expect([...bytesOf(colour)]).toEqual([3, 3, 3, 9, 9, 9]);
  expect(withChannels(grey, 3)).toBe(colour);
  expect(() => withChannels(tinyDataset({ channels: 5 }), 3)).toThrow(
    "tiny has images of 5 channels; the net takes 3",
  );
});
