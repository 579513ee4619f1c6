// Words under an image: in a strip of their own, in letters of one size, on as many lines as they need.

import { escapeText, ink } from "../charts/svg.js";
import type { Size } from "../data/index.js";

/** Narrowest strip, in pixels: words are not broken letter by letter under a thin image. */
const NARROWEST = 224;
/** Between the words and the strip's border. */
const MARGIN = 4;

/** Height of letters in pixels: never too small to be read, and larger on large images, which are looked at from afar. */
export const letterHeight = ({ height, width }: Size): number =>
  Math.min(32, Math.max(13, Math.round(Math.min(height, width) / 24)));

/** Words as a picture that is at most so wide. */
async function picture(words: string, width: number, high: number) {
  const { default: sharp } = await import("sharp");
  const text = `<span foreground="${ink}">${escapeText(words)}</span>`;
  const look = { font: `sans ${high}`, dpi: 72, wrap: "word-char", rgba: true } as const;
  return sharp({ text: { ...look, text, width } })
    .png()
    .toBuffer({ resolveWithObject: true });
}

/**
 * A drawing with words in a white strip under it; as it is without words. Where the drawing is narrow, the strip is wider.
 *
 * @param size of the drawing
 * @returns a PNG file
 */
export async function captioned(
  drawing: Uint8Array,
  size: Size,
  words: string,
): Promise<Uint8Array> {
  if (words.trim() === "") return drawing;
  const { default: sharp } = await import("sharp");
  const width = Math.max(size.width, NARROWEST);
  const { data, info } = await picture(words, width - 2 * MARGIN, letterHeight(size));
  const height = size.height + info.height + 2 * MARGIN;
  return sharp({ create: { width, height, channels: 3, background: "white" } })
    .composite([
      { input: Buffer.from(drawing), left: 0, top: 0 },
      { input: data, left: MARGIN, top: size.height + MARGIN },
    ])
    .png()
    .toBuffer();
}
