// Annotations of COCO: one JSON file a part, with lists of images, categories and boxes that name each other by numbers.
// Lin et al., Microsoft COCO: Common Objects in Context, 2014 (arXiv 1405.0312); cocodataset.org, "Data format".

import { eachElement } from "../../files/jsonLists.js";
import { withFile } from "../../files/read.js";
import { InputError } from "../../inputError.js";
import { formatBytes } from "../../text/bytes.js";
import type { Size } from "../images.js";
import { hasRegion, regionIn } from "./cocoRegion.js";
import type { Mark } from "./marks.js";
import { type ReadOptions, requireMemory } from "./reader.js";
import { boxRound, type Region } from "./regions.js";

/** Bytes of a file: COCO's own has 470 million. */
const MOST = 512 * 1024 * 1024;
/** Boxes of a file: COCO's own has 860,000, and each takes some hundred bytes of memory. */
const MOST_BOXES = 4_000_000;

const LISTS = ["images", "categories", "annotations"] as const;
type List = (typeof LISTS)[number];

/** Images, categories and annotations are told apart by a number or a text. */
type Id = number | string;
type Fields = Readonly<Record<string, unknown>>;

/** An image of a file, and what is marked in it. */
export interface CocoImage {
  /** Path or name of the image file, as it is written. */
  readonly file: string;
  /** For messages: `file: image 3`. */
  readonly source: string;
  readonly size?: Size;
  readonly marks: Mark[];
}

/** What an annotation file says. */
export interface CocoFile {
  readonly images: readonly CocoImage[];
  /** Names of the categories, by their numbers; those of one name are one class. */
  readonly classes: readonly string[];
  /** Annotations that tell of an outline. */
  readonly outlined: number;
}

/** An annotation before its image and class are known: the lists come in any order. */
interface Annotation {
  readonly image: Id;
  readonly category: Id;
  readonly at: readonly number[];
  readonly region?: Region;
  readonly fault?: string;
  readonly outlined: boolean;
  readonly crowd: boolean;
  readonly source: string;
}

/** What is kept of annotations. */
export interface CocoOptions {
  /** Whether the outlines are; default false. */
  readonly outlines?: boolean;
}

const isId = (value: unknown): value is Id =>
  Number.isSafeInteger(value) || (typeof value === "string" && value !== "");
const shown = (value: unknown) =>
  value === undefined ? "missing" : JSON.stringify(value)?.slice(0, 60);

function idIn(fields: Fields, key: string, source: string): Id {
  const found = fields[key];
  if (isId(found)) return found;
  throw new InputError(`${source}: ${key} is ${shown(found)}; expected a whole number`);
}

function textIn(fields: Fields, key: string, source: string): string {
  const found = fields[key];
  if (typeof found === "string" && found.trim() !== "") return found.trim();
  throw new InputError(`${source}: ${key} is ${shown(found)}; expected a text`);
}

/** Left, top, right and bottom of a `bbox`, which is left, top, width and height. */
function boxIn(bbox: unknown, source: string): number[] {
  if (!Array.isArray(bbox) || bbox.length !== 4 || !bbox.every(Number.isFinite)) {
    throw new InputError(`${source}: bbox is ${shown(bbox)}; expected [left, top, width, height]`);
  }
  const [left, top, width, height] = bbox as number[];
  return [left, top, left + width, top + height];
}

/** The outline of an annotation, or why it cannot be used. */
function outlineIn(segmentation: unknown): Pick<Annotation, "region" | "fault"> {
  try {
    const region = regionIn(segmentation);
    return region ? { region } : {};
  } catch (error) {
    return { fault: `its segmentation has ${(error as Error).message}` };
  }
}

/** Box and outline of an annotation, of which one is enough; of a box without a `bbox` it is that round its polygons. */
function placeIn(
  { bbox, segmentation }: Fields,
  { outlines = false }: CocoOptions,
  source: string,
): Pick<Annotation, "at" | "region" | "fault"> {
  if (!outlines && bbox !== undefined) return { at: boxIn(bbox, source) };
  const outline = outlineIn(segmentation);
  const { region, fault } = outline;
  if (outlines) return region || fault ? { at: [], ...outline } : { at: boxIn(bbox, source) };
  if (fault) throw new InputError(`${source}: ${fault}`);
  const box = region?.kind === "polygons" ? boxRound(region.of.data) : undefined;
  return { at: box ?? boxIn(bbox, source) };
}

function crowdIn({ iscrowd = 0 }: Fields, source: string): boolean {
  if (iscrowd === 0 || iscrowd === 1) return iscrowd === 1;
  throw new InputError(`${source}: iscrowd is ${shown(iscrowd)}; expected 0 or 1`);
}

/** Collects the lists of a file as they come. */
class Collector {
  readonly images = new Map<Id, CocoImage>();
  readonly categories = new Map<Id, string>();
  readonly annotations: Annotation[] = [];
  private readonly known = new Set<Id>();

  constructor(
    private readonly path: string,
    private readonly options: CocoOptions,
  ) {}

  readonly add: Readonly<Record<List, (fields: Fields, at: number) => void>> = {
    images: (fields, at) => {
      const [id, source] = this.idOf("image", "images", this.images, fields, at);
      const { width, height } = fields as Partial<Size>;
      const known = Number(width) > 0 && Number(height) > 0;
      const size = known ? { height: Number(height), width: Number(width) } : undefined;
      const file = textIn(fields, "file_name", source);
      this.images.set(id, { file, source, marks: [], ...(size && { size }) });
    },
    categories: (fields, at) => {
      const [id, source] = this.idOf("category", "categories", this.categories, fields, at);
      this.categories.set(id, textIn(fields, "name", source));
    },
    annotations: (fields, at) => {
      const [id, source] = this.idOf("annotation", "annotations", this.known, fields, at);
      this.known.add(id);
      if (this.known.size > MOST_BOXES) {
        throw new InputError(`${source} is one of more than ${MOST_BOXES}; divide the file`);
      }
      this.annotations.push({
        image: idIn(fields, "image_id", source),
        category: idIn(fields, "category_id", source),
        ...placeIn(fields, this.options, source),
        outlined: hasRegion(fields.segmentation),
        crowd: crowdIn(fields, source),
        source,
      });
    },
  };

  /** The number of an element, and how messages call it. */
  private idOf(
    what: string,
    list: List,
    others: { has(id: Id): boolean },
    fields: Fields,
    at: number,
  ): [id: Id, source: string] {
    const place = `${this.path}: ${list}[${at}]`;
    if (typeof fields !== "object" || fields === null || Array.isArray(fields)) {
      throw new InputError(`${place} is ${shown(fields)}; expected an object`);
    }
    const id = idIn(fields, "id", place);
    if (others.has(id)) throw new InputError(`${place}: there are two of ${what} ${shown(id)}`);
    return [id, `${this.path}: ${what} ${id}`];
  }

  /** Gives each annotation to its image. */
  finish(): CocoFile {
    for (const { image, category, outlined: _, ...mark } of this.annotations) {
      const { source } = mark;
      const owner = this.images.get(image);
      if (!owner)
        throw new InputError(`${source}: its image ${shown(image)} is not among the images`);
      const name = this.categories.get(category);
      if (name === undefined) {
        throw new InputError(
          `${source}: its category ${shown(category)} is not among the categories`,
        );
      }
      owner.marks.push({ ...mark, name });
    }
    const byNumber = [...this.categories].sort(([a], [b]) => Number(a) - Number(b));
    return {
      images: [...this.images.values()],
      classes: [...new Set(byNumber.map(([, name]) => name))],
      outlined: this.annotations.filter(({ outlined }) => outlined).length,
    };
  }
}

/**
 * Images, boxes and classes of an annotation file, or with `outlines` these instead of the boxes that have some.
 *
 * Outlines that cannot be used are kept as such.
 *
 * @throws InputError by list and place or by number, for what is no JSON, no list of the format, a number that is there
 *   twice, and an annotation of an image or a category that there is not.
 * @example
 * const box = { id: 1, image_id: 7, category_id: 3, bbox: [2, 1, 4, 2] };
 * const all = { images: [{ id: 7, file_name: "a.jpg" }], categories: [{ id: 3, name: "cat" }], annotations: [box] };
 * const { images, classes } = parseCoco(new TextEncoder().encode(JSON.stringify(all)), "a.json");
 * classes; // ["cat"]
 * images[0].marks; // [{ at: [2, 1, 6, 3], crowd: false, source: "a.json: annotation 1", name: "cat" }]
 */
export function parseCoco(bytes: Uint8Array, path: string, options: CocoOptions = {}): CocoFile {
  const collector = new Collector(path, options);
  const found = eachElement(bytes, path, LISTS, (list, value, at) =>
    collector.add[list](value as Fields, at),
  );
  const missing = LISTS.find((list) => !found.has(list));
  if (missing === undefined) return collector.finish();
  throw new InputError(
    `${path}: there is no list "${missing}"; expected COCO's images, categories and annotations`,
  );
}

/** Reads an annotation file. @throws InputError as {@link parseCoco} does, and for one of more than 512 MB. */
export function readCoco(path: string, options: ReadOptions): CocoFile {
  return withFile(path, (source) => {
    if (source.length > MOST) {
      throw new InputError(
        `${path} has ${formatBytes(source.length)}; expected at most ${formatBytes(MOST)}: divide it`,
      );
    }
    requireMemory(path, source.length, options, "divide it");
    return parseCoco(source.take(0, source.length), path, { outlines: options.kind === "mask" });
  });
}
