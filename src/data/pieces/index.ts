// Lines cut into candidate pieces, among which a reader finds the signs. A new segmenter is its file and one line here.

export { type Cuts, overcut } from "./overcut.js";
export {
  atomsIn,
  cutColumns,
  inkNormalisation,
  MOST_ATOMS,
  mostPieces,
  PIECE_SIDE,
  type Piece,
  type PieceImage,
  pieceImages,
  piecesOf,
  Sheets,
  SPAN,
} from "./sheet.js";

/** Ways to cut lines into pieces, and what they do. */
export const segmenters = {
  overcut: "cuts from top to bottom through the least ink, more than there are signs",
} as const;
export type Segmenter = keyof typeof segmenters;
