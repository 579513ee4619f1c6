// A recogniser of single signs that reads the candidate pieces of a line, with the same weights for each (the recognition
// transformer of LeCun, Bottou, Bengio and Haffner 1998, doi 10.1109/5.726791). Its name is that of the recogniser behind
// `pieces:`; parameters are called as in the recogniser alone.

import { add, concat, neg, reduceMax, reshape, transpose, type Value } from "../graph/index.js";
import { InputError } from "../inputError.js";
import type { Layer } from "../nn/index.js";
import type { Model, ModelFamily, ModelInput } from "./model.js";

/** Outputs of a piece behind those of its tokens: that it is none of them, and how much its ink stands out. */
export const PIECE_OUTPUTS = 2;

/** What a piece is that is no sign, among a recogniser's outputs the last. */
export const RUBBISH = "rubbish";

const PREFIX = "pieces:";

/** The name of a model that reads pieces by a recogniser; of one that does already its own. */
export const piecesName = (name: string): string =>
  name.startsWith(PREFIX) ? name : PREFIX + name;

/** The recogniser in the name of a model that reads pieces; `undefined` for any other. */
export const recogniserOf = (name: string): string | undefined =>
  name.startsWith(PREFIX) ? name.slice(PREFIX.length) : undefined;

/** How many pieces a sheet has, [1, pieces * side, side]. */
export const sheetPieces = ({
  height,
  width,
}: {
  readonly height: number;
  readonly width: number;
}): number => height / width;

/** How much the ink of each piece of sheets stands out [n, 1, pieces]: 0 where there is no piece. */
export function spreadsOf(sheets: Value): Value {
  const [n, , height, side] = sheets.shape;
  const pieces = sheetPieces({ height, width: side });
  const flat = reshape(sheets, [n, 1, pieces, side * side]);
  return reshape(add(reduceMax(flat, [3], true), reduceMax(neg(flat), [3], true)), [n, 1, pieces]);
}

/** Sheets [n, 1, pieces * side, side] to what is said of each piece [n, outputs + 2, pieces]. */
const overPieces =
  (recogniser: Layer): Layer =>
  (x, scope) => {
    const [n, channels, height, side] = x.shape;
    const pieces = sheetPieces({ height, width: side });
    const each = reshape(x, [n * pieces, channels, side, side]);
    const said = recogniser(each, scope);
    const rows = reshape(said, [n, pieces, said.shape[1]]);
    return concat([transpose(rows, [0, 2, 1]), spreadsOf(x)], 1);
  };

/**
 * The family of a model that reads pieces.
 *
 * @param recogniser its family, and a model of it for pieces of a size
 */
export function pieceFamily(
  family: ModelFamily,
  create: (input: ModelInput) => Model,
): ModelFamily {
  const { name, source, smallest, published } = family;
  const side = Math.max(published.height, published.width);
  return {
    ...{ name: piecesName(name), source, smallest },
    published: { ...published, channels: 1, height: side, width: side },
    create({ channels, height, width, outputs }) {
      if (channels !== 1 || height % width !== 0) {
        throw new InputError(
          `model ${piecesName(name)}: sheets of ${channels} channels and ${height}x${width} pixels; expected grey ones, squares ` +
            "below each other, as segmenter overcut makes them",
        );
      }
      const { layer, defaults } = create({
        ...{ channels, height: width, width },
        outputs: outputs + 1,
      });
      return { layer: overPieces(layer), ...(defaults && { defaults }) };
    },
  };
}
