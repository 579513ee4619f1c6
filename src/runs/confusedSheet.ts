// How the images behind a confusion lie on their sheet; for whoever draws it, and whoever shows it.

/** In pixels: room for words in front of a row; images of a row at most, the side of the square that each has, what is left between two. */
export const confusedSheet = { words: 200, each: 8, side: 64, gap: 4 } as const;
