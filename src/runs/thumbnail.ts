// Small copies of images that lie in the page or chart that shows them.

import { type Image, loadSharp } from "../data/index.js";

/** Longer side of a thumbnail in pixels, at most. */
const SIDE = 48;

/** Colour bytes [height, width, 3]: of grey images the grey, of those with bands the first three. */
function coloursOf({ data, channels, height, width }: Image): Uint8Array {
  const bytes = new Uint8Array(3 * height * width);
  for (let at = 0; at < bytes.length; at++) {
    const channel = channels < 3 ? 0 : at % 3;
    bytes[at] = data[Math.floor(at / 3) * channels + channel];
  }
  return bytes;
}

/**
 * An image as a `data:` URL of a PNG file with 48 pixels a side at most.
 *
 * @throws InputError where the package sharp does not load.
 * @example
 * const red = { height: 1, width: 1, channels: 3, data: Uint8Array.of(255, 0, 0) };
 * (await thumbnailOf(red)).slice(0, 22); // "data:image/png;base64,"
 */
export async function thumbnailOf(image: Image): Promise<string> {
  const sharp = await loadSharp();
  const { width, height } = image;
  const png = await sharp(coloursOf(image), { raw: { width, height, channels: 3 } })
    .resize(SIDE, SIDE, { fit: "inside", withoutEnlargement: true })
    .png({ compressionLevel: 9 })
    .toBuffer();
  return `data:image/png;base64,${png.toString("base64")}`;
}
