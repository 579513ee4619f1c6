// How the images behind a confusion lie on their sheet; for whoever draws it, and whoever shows it.

/** Images of a row at most, the side of the square that each has, and what is left between two, in pixels. */
export const confusedSheet = { each: 8, side: 64, gap: 4 } as const;
