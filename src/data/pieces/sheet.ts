// The pieces of a line as images: each run of up to a few neighbouring atoms is one, a square as high as the line, so that
// where a piece stands and how large it is stay visible; a comma and a one are told apart by nothing else. A *sheet* has the
// pieces of a line below each other.

import type { Image, Images } from "../images.js";
import { readerOf, sizeAt } from "../images.js";
import type { Normalisation } from "../normalise.js";
import { type Cuts, overcut } from "./overcut.js";

/** Most neighbouring atoms that make one piece. */
export const SPAN = 4;

/** Most atoms of a line; what would be more is cut less. */
export const MOST_ATOMS = 32;

/** Side of a piece where none is said, in pixels. */
export const PIECE_SIDE = 28;

/** Mean and spread that bytes of ink are normalised by. */
export const inkNormalisation: Normalisation = { mean: [32], std: [80] };

/** A piece: all ink between two cuts. */
export interface Piece {
  readonly from: number;
  readonly to: number;
}

/**
 * The pieces of a line of so many atoms, in the order in which a sheet has them.
 *
 * @example
 * piecesOf(2); // [{ from: 0, to: 1 }, { from: 0, to: 2 }, { from: 1, to: 2 }]
 */
export const piecesOf = (atoms: number): Piece[] =>
  Array.from({ length: atoms }, (_, from) =>
    Array.from({ length: Math.min(SPAN, atoms - from) }, (_, more) => ({
      from,
      to: from + more + 1,
    })),
  ).flat();

/** Most atoms of which a sheet of so many pieces has room for all. */
export function atomsIn(pieces: number): number {
  let atoms = 0;
  while (piecesOf(atoms + 1).length <= pieces) atoms++;
  return atoms;
}

const atomsOf = (cuts: Cuts | undefined): number => (cuts ? cuts.paths.length - 1 : 0);

/** Of each cut the mean over its rows, in columns of the image. */
const columnsOf = ({ ink: { scale, height }, paths }: Cuts): number[] =>
  paths.map((path) => (path.reduce((sum, x) => sum + x, 0) / height) * scale);

/** Ink that is not the piece's own is left out; so is what is too faint for any. */
const FAINT = 48;

/** Draws a piece into a square, in the middle; one that is too wide is squeezed. */
function drawPiece({ ink, paths }: Cuts, { from, to }: Piece, into: Float32Array): void {
  const { data, width, height: side } = ink;
  const [first, end] = [paths[from], paths[to]];
  let [left, right] = [width, 0];
  for (let y = 0; y < side; y++) {
    for (let x = first[y]; x < end[y]; x++) {
      if (data[y * width + x] < FAINT) continue;
      if (x < left) left = x;
      if (x >= right) right = x + 1;
    }
  }
  const wide = Math.max(0, right - left);
  const step = Math.max(1, wide / side);
  const begin = left - Math.floor((side - wide / step) / 2) * step;
  for (let y = 0; y < side; y++) {
    for (let at = 0; at < side; at++) {
      const x = Math.floor(begin + (at + 0.5) * step);
      const own = x >= Math.max(left, first[y]) && x < Math.min(right, end[y]);
      const byte = own ? data[y * width + x] : 0;
      into[y * side + at] = byte < FAINT ? 0 : byte;
    }
  }
}

/** Sheets of stored grey images. Where an image is cut is worked out once. */
export class Sheets {
  private readonly known = new Map<number, Cuts | undefined>();

  /**
   * @param side of a piece in pixels
   * @param pieces of a sheet; a line with more is cut less
   */
  constructor(
    private readonly images: Images,
    private readonly side: number,
    private readonly pieces: number,
  ) {}

  private cuts(at: number): Cuts | undefined {
    if (!this.known.has(at)) {
      const reader = readerOf(this.images, 1);
      const image = { ...sizeAt(this.images, at), channels: 1, data: reader.read(at) };
      this.known.set(at, overcut(image, this.side, atomsIn(this.pieces)));
      reader.close();
    }
    return this.known.get(at);
  }

  /** Writes the sheet of an image, f32 [pieces, side, side], normalised. Behind the last piece all is paper. */
  write(at: number, { mean, std }: Normalisation, into: Float32Array): void {
    into.fill(0);
    const cuts = this.cuts(at);
    const size = this.side * this.side;
    if (cuts) {
      for (const [k, piece] of piecesOf(atomsOf(cuts)).entries()) {
        drawPiece(cuts, piece, into.subarray(k * size, (k + 1) * size));
      }
    }
    for (let k = 0; k < into.length; k++) into[k] = (into[k] - mean[0]) / std[0];
  }
}

/** A piece of a line as an image of its own. */
export interface PieceImage {
  /** Where it lies, in columns of the line's image. */
  readonly left: number;
  readonly right: number;
  readonly image: Image;
}

/**
 * All candidate pieces of a grey image of a line as images u8 [side, side], as a net sees them: what a recogniser learns single
 * signs from.
 */
export function pieceImages(image: Image, side = PIECE_SIDE): PieceImage[] {
  const cuts = overcut(image, side, MOST_ATOMS);
  if (!cuts) return [];
  const columns = columnsOf(cuts);
  return piecesOf(atomsOf(cuts)).map((piece) => {
    const drawn = new Float32Array(side * side);
    drawPiece(cuts, piece, drawn);
    return {
      ...{ left: columns[piece.from], right: columns[piece.to] },
      image: { height: side, width: side, channels: 1, data: Uint8Array.from(drawn) },
    };
  });
}

/** Most pieces that any of some grey images has. */
export function mostPieces(images: Images, side: number): number {
  const reader = readerOf(images, 1);
  let most = 1;
  for (let at = 0; at < images.offsets.length; at++) {
    const image = { ...sizeAt(images, at), channels: 1, data: reader.read(at) };
    most = Math.max(most, piecesOf(atomsOf(overcut(image, side, MOST_ATOMS))).length);
  }
  reader.close();
  return most;
}

/**
 * Where the atoms of a grey image begin and end, in columns of the image: of each cut the mean over its rows.
 *
 * @param pieces that a sheet has room for
 */
export function cutColumns(image: Image, side: number, pieces: number): number[] {
  const cuts = overcut(image, side, atomsIn(pieces));
  return cuts ? columnsOf(cuts) : [];
}
