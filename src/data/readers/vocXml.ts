// Annotations of Pascal VOC: an XML file for each image, with an <object> for each box.
// Everingham et al., The Pascal Visual Object Classes (VOC) Challenge, 2010 (development kit, section 3).

import { SaxesParser } from "saxes";
import { InputError } from "../../inputError.js";
import { brief } from "../../text/words.js";
import type { Size } from "../images.js";
import { isBlank, isNumeric } from "./columns.js";
import type { Mark } from "./marks.js";

/** Elements within each other: VOC has five. */
const DEEPEST = 100;
/** Letters of a class: a longer text is no name. */
const LONGEST_NAME = 1000;

/** Texts of elements that count, by their path below <annotation>; the file and line where each begins. */
type Fields = Map<string, { readonly text: string; readonly source: string }>;

/** An <object>, and where it begins. */
interface VocObject {
  readonly fields: Fields;
  readonly source: string;
}

const CORNERS = ["xmin", "ymin", "xmax", "ymax"];
const ofObject = ["name", "difficult", ...CORNERS.map((corner) => `bndbox/${corner}`)];
const ofImage = ["size/width", "size/height"];

/** What an annotation says. */
export interface VocAnnotation {
  readonly marks: readonly Mark[];
  /** Size of the image, where it is told. */
  readonly size?: Size;
}

/** The objects of an annotation and the fields of its image. Entities that the file defines itself are refused. */
function elementsOf(text: string, path: string) {
  const parser = new SaxesParser();
  const open: { readonly name: string; readonly source: string; text: string }[] = [];
  const image: Fields = new Map();
  const objects: VocObject[] = [];
  parser.on("error", (error) => {
    const [, line, reason] = /^(\d+):\d+: (.*)$/s.exec(error.message) ?? ["", "1", error.message];
    throw new InputError(`${path}: line ${line} is no XML: ${reason}`);
  });
  parser.on("opentag", ({ name }) => {
    const source = `${path}: line ${parser.line}`;
    if (open.length === 0 && name !== "annotation") {
      throw new InputError(`${source} begins with <${name}>; expected <annotation> of Pascal VOC`);
    }
    if (open.length === DEEPEST) {
      throw new InputError(`${source}: elements lie deeper within each other than ${DEEPEST}`);
    }
    open.push({ name, source, text: "" });
    if (open.length === 2 && name === "object") objects.push({ fields: new Map(), source });
  });
  const addText = (piece: string) => {
    if (open.length > 0) open[open.length - 1].text += piece;
  };
  parser.on("text", addText);
  parser.on("cdata", addText);
  parser.on("closetag", () => {
    const names = open.map(({ name }) => name);
    const { source, text: own } = open.pop()!;
    const isObject = names[1] === "object";
    const key = names.slice(isObject ? 2 : 1).join("/");
    if (!(isObject ? ofObject : ofImage).includes(key)) return;
    const fields = isObject ? objects[objects.length - 1].fields : image;
    if (fields.has(key)) throw new InputError(`${source} has <${names.at(-1)}> a second time`);
    fields.set(key, { text: own.trim(), source });
  });
  parser.write(text).close();
  return { image, objects };
}

function numberOf(fields: Fields, key: string, owner: string): number {
  const found = fields.get(key);
  if (!found) throw new InputError(`${owner}: an object without <${key.split("/").join("><")}>`);
  if (isNumeric(found.text)) return Number(found.text);
  const name = key.split("/").at(-1);
  throw new InputError(
    `${found.source} has <${name}> "${brief(found.text)}"; expected a number of pixels`,
  );
}

/** A side that VOC counts from 1, as a place from 0. Some programs count from 0: what begins there begins at the edge. */
const fromOne = (value: number) => (value < 1 ? Math.min(value, 0) : value - 1);

function crowdOf(fields: Fields): boolean {
  const found = fields.get("difficult");
  if (!found || isBlank(found.text) || found.text === "0") return false;
  if (found.text === "1") return true;
  throw new InputError(`${found.source} has <difficult> "${brief(found.text)}"; expected 1 or 0`);
}

function markOf({ fields, source }: VocObject): Mark {
  const name = fields.get("name")?.text ?? "";
  if (name === "") throw new InputError(`${source}: an object without <name>`);
  if (name.length > LONGEST_NAME) {
    throw new InputError(
      `${source} has <name> "${brief(name)}" of ${name.length} letters; expected at most ${LONGEST_NAME}`,
    );
  }
  const [left, top, right, bottom] = CORNERS.map((corner) =>
    numberOf(fields, `bndbox/${corner}`, source),
  );
  return { at: [fromOne(left), fromOne(top), right, bottom], name, source, crowd: crowdOf(fields) };
}

/** The size that an annotation tells; programs that do not know it write 0, or nothing. */
function sizeOf(image: Fields): Size | undefined {
  const [height, width] = ["size/height", "size/width"].map((key) => Number(image.get(key)?.text));
  return height > 0 && width > 0 ? { height, width } : undefined;
}

/**
 * The boxes of an annotation. VOC counts pixels from 1, and a box holds those of its four sides: the box 1, 1, 8, 4 is
 * the whole of an image of 4x8, from 0, 0 to 8, 4. `difficult` makes a crowd.
 *
 * @throws InputError by line for what is no XML or no annotation, and for an object without name or box.
 * @example
 * const box = "<xmin>1</xmin><ymin>3</ymin><xmax>8</xmax><ymax>4</ymax>";
 * const text = `<annotation><object><name>cat</name><bndbox>${box}</bndbox></object></annotation>`;
 * parseVoc(text, "a.xml").marks;
 * // [{ at: [0, 2, 8, 4], name: "cat", source: "a.xml: line 1", crowd: false }]
 */
export function parseVoc(text: string, path: string): VocAnnotation {
  const { image, objects } = elementsOf(text, path);
  const size = sizeOf(image);
  return { marks: objects.map(markOf), ...(size && { size }) };
}
