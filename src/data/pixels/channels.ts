// Between grey, colour and transparency, by rules that are the same wherever images come from.

/** Weights of red, green and blue in grey (ITU-R BT.601, as in JPEG and in Pillow's mode L). */
const LUMA = [0.299, 0.587, 0.114] as const;
const OPAQUE = 255;
const WHITE = 255;

/** How channels are read: 1 grey, 2 grey and opacity, 3 colour, 4 colour and opacity. */
const layouts: Readonly<Record<number, { readonly colours: number; readonly alpha: boolean }>> = {
  1: { colours: 1, alpha: false },
  2: { colours: 1, alpha: true },
  3: { colours: 3, alpha: false },
  4: { colours: 3, alpha: true },
};

/** Turns the pixels of an image, u8 [pixels, channels], into others. */
export type ChannelRule = (image: Uint8Array) => Uint8Array;

/**
 * The rule from one number of channels to another; `undefined` where there is none. Grey becomes three equal channels,
 * colour grey by its luma. Opacity that is not wanted is laid on white; where it is wanted and missing, all is opaque.
 *
 * @example
 * channelRule(1, 3)?.(Uint8Array.of(7)); // Uint8Array.of(7, 7, 7)
 * channelRule(4, 3)?.(Uint8Array.of(0, 0, 0, 0)); // Uint8Array.of(255, 255, 255)
 */
export function channelRule(from: number, to: number): ChannelRule | undefined {
  const [source, target] = [layouts[from], layouts[to]];
  if (from === to) return (image) => image;
  if (!source || !target) return undefined;
  const flattened = source.alpha && !target.alpha;
  return (image) => {
    const pixels = image.length / from;
    const made = new Uint8Array(pixels * to);
    for (let pixel = 0; pixel < pixels; pixel++) {
      const [at, into] = [pixel * from, pixel * to];
      const opacity = source.alpha ? image[at + source.colours] : OPAQUE;
      const shown = (channel: number): number => {
        const value = image[at + channel];
        return flattened ? (value * opacity + WHITE * (OPAQUE - opacity)) / OPAQUE : value;
      };
      for (let channel = 0; channel < target.colours; channel++) {
        made[into + channel] = Math.round(
          source.colours === 1
            ? shown(0)
            : target.colours === 3
              ? shown(channel)
              : LUMA[0] * shown(0) + LUMA[1] * shown(1) + LUMA[2] * shown(2),
        );
      }
      if (target.alpha) made[into + target.colours] = opacity;
    }
    return made;
  };
}
