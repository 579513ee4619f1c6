// NumPy archives of images with classes, tags, values or masks, in parts or as a whole.

import { basename } from "node:path";
import { withFile } from "../../files/read.js";
import { InputError } from "../../inputError.js";
import { type HostTensor, widened } from "../../tensor/host.js";
import { type Npz, openNpz } from "../../tensor/npz.js";
import { type Dataset, type Grouping, type Part, type Splits, subset } from "../dataset.js";
import { type Labels, labelKinds } from "../labels.js";
import { type Arrays, type FoundArray, findArrays, listArrays, proposal } from "./npzArrays.js";
import { arrayLimits, readImageArray, type StoredImages } from "./npzImages.js";
import { kindOfArray, labelRoles, makeLabels, type StoredLabels } from "./npzLabels.js";
import { groupNumbers, type Reader, type ReadOptions } from "./reader.js";
import { PARTS, type Role, requireTrain } from "./roles.js";

/** A part as it is stored. */
interface StoredPart extends StoredImages, Partial<Grouping> {
  readonly labels: StoredLabels;
}

/** An open archive and what its arrays are. */
interface Opened {
  readonly archive: Npz;
  readonly arrays: Arrays;
  readonly path: string;
  readonly options: ReadOptions;
  /** Numbers of groups. */
  readonly numbers: ReturnType<typeof groupNumbers>;
}

const read = (archive: Npz, name: string) => widened(archive.read(name));

const arrayOf = ({ arrays }: Opened, role: Role, part?: Part): FoundArray | undefined =>
  arrays.found.find((one) => one.role === role && one.part === part);

/** Roles of arrays that hold labels of a kind, and of no other. */
const rolesOfKinds: Readonly<Record<string, Role | undefined>> = {
  ...{ tags: "tags", values: "values", mask: "masks", points: "points", boxes: "boxes" },
  tokens: "tokens",
};

/** Whether an image has any number of entries of a kind, so that there is a row for each. */
const areLists = (kind: Labels["kind"]) => labelKinds[kind].list === true;

/** The array of labels of a part: of the wanted kind, else the first. */
function labelArray(opened: Opened, part?: Part): FoundArray | undefined {
  const { kind } = opened.options;
  const wanted = rolesOfKinds[kind as string];
  const first = wanted && arrayOf(opened, wanted, part);
  if (kind === "mask" || (kind && areLists(kind))) return first;
  if (kind !== undefined) return first ?? arrayOf(opened, "label", part);
  return labelRoles.map((role) => arrayOf(opened, role, part)).find((found) => found);
}

const expectLength = (
  tensor: Pick<HostTensor, "shape">,
  images: StoredImages,
  name: string,
  path: string,
) => {
  const length = tensor.shape[0] ?? 1;
  if (length === images.length) return;
  throw new InputError(`${path}: ${name} has ${length} labels for the ${images.length} images`);
};

function expectMaskSize({ shape }: HostTensor, { height, width }: StoredImages, source: string) {
  if (shape[1] === height && shape[2] === width && shape.slice(3).every((size) => size === 1))
    return;
  throw new InputError(
    `${source} has masks of ${shape.slice(1).join("x")} for images of ${height}x${width}; expected one size`,
  );
}

/** What is stored for a part, or for all images; `undefined` when there is nothing. */
function readPart(opened: Opened, part?: Part): StoredPart | undefined {
  const { archive, path, options } = opened;
  const pixels = arrayOf(opened, "images", part);
  const labels = labelArray(opened, part);
  if (!pixels && !labels) return undefined;
  if (!pixels || !labels) {
    throw new InputError(
      `${path}: found ${(pixels ?? labels)!.name}, but no ${pixels ? "labels" : "images"} to it; it holds ` +
        `${listArrays(archive)}${proposal(archive)}`,
    );
  }
  const images = readImageArray(archive, pixels.name, path, options);
  const tensor = read(archive, labels.name);
  const source = `${path}: ${labels.name}`;
  const kind = kindOfArray(labels.role, tensor, options, source);
  if (!areLists(kind)) expectLength(tensor, images, labels.name, path);
  if (kind === "mask") expectMaskSize(tensor, images, source);
  const grouping = arrayOf(opened, "groups", part);
  const groups = grouping && archive.ids(grouping.name);
  if (groups) expectLength(groups, images, grouping.name, path);
  return {
    ...images,
    labels: { kind, tensor, source, images },
    ...(groups && opened.numbers(groups.data)),
  };
}

const sizeOf = ({ height, width, channels }: StoredImages) => `${height}x${width}x${channels}`;

function expectOneKind(parts: readonly StoredPart[], path: string): void {
  const [train, ...others] = parts;
  const odd = others.find((part) => sizeOf(part) !== sizeOf(train));
  if (odd) {
    throw new InputError(
      `${path}: training images are ${sizeOf(train)}, others ${sizeOf(odd)}; expected one size`,
    );
  }
  const other = others.find(({ labels }) => labels.kind !== train.labels.kind);
  if (!other) return;
  throw new InputError(`${other.labels.source} holds other labels than ${train.labels.source}`);
}

/** Names of the outputs: given, or an array of texts in the archive. */
function namesOf(opened: Opened): readonly string[] | undefined {
  const { options, archive } = opened;
  const array = arrayOf(opened, "classes");
  if (options.classes || !array) return options.classes ?? options.known;
  return archive.texts(array.name).data;
}

const titles: Readonly<Record<Part, string>> = {
  train: "",
  selection: " (selection)",
  test: " (test)",
};

function toDatasets(
  parts: Readonly<Partial<Record<Part, StoredPart>>>,
  opened: Opened,
  name: string,
): Partial<Record<Part, Dataset>> {
  const present = PARTS.filter((part) => parts[part] !== undefined);
  const stored = present.map((part) => parts[part]!);
  expectOneKind(stored, opened.path);
  const labels = makeLabels(
    stored.map((part) => part.labels),
    namesOf(opened),
    opened.options,
  );
  return Object.fromEntries(
    present.map((part, at) => {
      const { length, channels, images, groups, groupNames } = stored[at];
      const own = { labels: labels[at], ...(groups && { groups, groupNames }) };
      return [part, { name: name + titles[part], length, channels, images, ...own }];
    }),
  );
}

/** Divides images by an array that holds 1 for those of the test part. */
function divide(whole: Dataset, opened: Opened): Partial<Record<Part, Dataset>> {
  const array = arrayOf(opened, "split");
  if (!array) return { train: whole };
  const { archive, path } = opened;
  const { data } = read(archive, array.name);
  const wrong = data.findIndex((value) => value !== 0 && value !== 1);
  if (wrong >= 0 || data.length !== whole.length) {
    throw new InputError(
      `${path}: ${array.name} has ${wrong >= 0 ? `${data[wrong]} at record ${wrong}` : `${data.length} numbers`}; ` +
        `expected ${whole.length} of 0 (training) and 1 (test)`,
    );
  }
  const where = (value: number) => Array.from(data.keys()).filter((at) => data[at] === value);
  const [train, test] = [where(0), where(1)];
  return {
    ...(train.length > 0 && { train: subset(whole, train) }),
    ...(test.length > 0 && { test: subset(whole, test, `${whole.name} (test)`) }),
  };
}

/** How an archive without parts was understood, and what of any was left out. */
function notesOf({ arrays, path }: Opened, whole: boolean, used: Role): string[] {
  const { found, unused } = arrays;
  const isUsed = ({ role }: FoundArray) =>
    role === used || !(labelRoles as readonly Role[]).includes(role);
  const left = [...unused, ...found.filter((one) => !isUsed(one)).map(({ name }) => name)];
  const notes: string[] = [];
  if (whole) {
    const pairs = found.filter(isUsed).map(({ role, name }) => `${role} = ${name}`);
    notes.push(`${path}: ${pairs.join(", ")}`);
  }
  if (left.length > 0) {
    notes.push(
      `${path}: not used: ${left.join(", ")}; --columns ROLE=NAME says what one is (label, tags, values, masks, points, boxes, ` +
        "groups, split)",
    );
  }
  return notes;
}

/** Which images of an undivided archive are of the test part: 1 for those, else 0; `undefined` where none are. */
function testFlags(opened: Opened) {
  const array = arrayOf(opened, "split");
  return array && read(opened.archive, array.name).data;
}

/** The archive with limits of 16-bit numbers that the training images say, where that is asked for. */
function withLimits(opened: Opened): Opened {
  const { archive, path, options } = opened;
  if (options.range !== "train") return opened;
  const own = arrayOf(opened, "images", "train");
  const pixels = own ?? arrayOf(opened, "images");
  if (!pixels) return opened;
  const flags = own ? undefined : testFlags(opened);
  const range = arrayLimits(archive, pixels.name, path, (image) => flags?.[image] !== 1);
  return { ...opened, options: { ...options, range } };
}

function readArchive(asked: Opened): Splits {
  const opened = withLimits(asked);
  const { archive, arrays, path, options } = opened;
  const name = options.name ?? basename(path, ".npz");
  const stored: Partial<Record<Part, StoredPart>> = Object.fromEntries(
    PARTS.map((part) => [part, readPart(opened, part)]),
  );
  const inParts = PARTS.some((part) => stored[part] !== undefined);
  const whole = inParts ? undefined : readPart(opened);
  if (!inParts && !whole) {
    throw new InputError(
      `${path}: found no train_images or x_train, and no images; it holds ${listArrays(archive)}${proposal(archive)}`,
    );
  }
  const evaluated = options.known !== undefined;
  const kept = inParts ? requireTrain(stored, evaluated, path) : { train: whole! };
  const parts = toDatasets(kept, opened, name);
  const divided = inParts ? parts : divide(parts.train!, opened);
  const used = labelArray(opened, arrays.found.find(({ role }) => role === "images")?.part)!.role;
  const notes = notesOf(opened, !inParts, used);
  return {
    ...requireTrain(divided, evaluated, path),
    ...(options.range !== asked.options.range && { range: options.range! }),
    ...(notes.length > 0 && { notes }),
  };
}

/** A NumPy archive. */
export const npz: Reader = {
  name: "npz",
  reads:
    "an .npz file with train_images and train_labels (or _tags, _values, _masks), x_train and y_train, or images and labels",
  heeds: ["range", "columns", "classes"],
  matches: ({ path, entries }) => entries === undefined && /\.npz$/i.test(path),
  async read({ path }, options): Promise<Splits> {
    return withFile(path, (bytes) => {
      const archive = openNpz(bytes, { source: path });
      const arrays = findArrays(archive, options, path);
      return readArchive({ archive, arrays, path, options, numbers: groupNumbers() });
    });
  },
};
