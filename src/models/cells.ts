// Where the outputs of a net of cells lie: models that find boxes and the task that learns them know it from here.

/** Numbers of a cell behind those of its classes: the distances to the four sides of its box, and how central it is. */
export const CELL_OUTPUTS = 5;

/** Pixels between two cells of a level, from fine to coarse. */
export const STRIDES = [8, 16, 32] as const;

/** A grid of cells, each `stride` pixels from the next; its corner ones may reach beyond the image. */
export interface CellLevel {
  readonly stride: number;
  readonly height: number;
  readonly width: number;
  /** Number of its first cell among those of all levels; they go on row by row. */
  readonly first: number;
}

/**
 * The levels of images of a size, behind each other.
 *
 * @example
 * import { cellLevels } from "convoynet/models";
 * cellLevels({ height: 240, width: 320 })[1]; // { stride: 16, height: 15, width: 20, first: 1200 }
 */
export function cellLevels(size: { readonly height: number; readonly width: number }): CellLevel[] {
  let first = 0;
  return STRIDES.map((stride) => {
    const [height, width] = [Math.ceil(size.height / stride), Math.ceil(size.width / stride)];
    const level = { stride, height, width, first };
    first += height * width;
    return level;
  });
}

/** Cells of all levels together. */
export const countCells = (size: Parameters<typeof cellLevels>[0]): number =>
  cellLevels(size).reduce((sum, { height, width }) => sum + height * width, 0);
