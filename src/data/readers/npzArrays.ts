// Which array of an archive holds what: as `--columns` says, else as its name is clear about. MedMNIST writes
// `train_images`, `val_labels`; Keras writes `x_train`, `y_test`; many archives hold one unsplit `images` and `labels`.

import { InputError } from "../../inputError.js";
import type { Npz } from "../../tensor/npz.js";
import { formatShape } from "../../tensor/shape.js";
import { suggestion } from "../../text/words.js";
import type { Part } from "../dataset.js";
import type { ReadOptions } from "./reader.js";
import { parseColumns, partOf, type Role, roleOf } from "./roles.js";

/** Roles by the short names that only archives use. */
const shortNames: Readonly<Record<string, Role>> = { x: "images", data: "images", y: "label" };

/** An array's name with what it holds, for a part or for all images together. */
export interface FoundArray {
  readonly name: string;
  readonly role: Role;
  readonly part?: Part;
}

/** What the arrays of an archive hold. */
export interface Arrays {
  readonly found: readonly FoundArray[];
  /** Names of those that hold nothing of interest. */
  readonly unused: readonly string[];
}

const roleOfArray = (name: string): Role | undefined =>
  Object.hasOwn(shortNames, name) ? shortNames[name] : roleOf(name);

/** What a name says: a role alone, or a role and a part in either order. */
function readName(name: string): FoundArray | undefined {
  const words = name.toLowerCase().split("_");
  const whole = roleOfArray(words.join("_"));
  if (whole) return { name, role: whole };
  const ends = [
    [words[0], words.slice(1)],
    [words[words.length - 1], words.slice(0, -1)],
  ] as const;
  for (const [end, rest] of ends) {
    const part = partOf(end);
    const role = roleOfArray(rest.join("_"));
    if (part && role) return { name, role, part };
  }
  // `test` [n] says of each image whether it is for testing.
  return partOf(name) === "test" ? { name, role: "split" } : undefined;
}

/**
 * The arrays of an archive by what they hold.
 *
 * @throws InputError for an array that `columns` names and that is not there, or two that hold the same.
 */
export function findArrays({ names }: Npz, { columns }: ReadOptions, source: string): Arrays {
  const given = Object.entries(parseColumns(columns)) as [Role, string][];
  for (const [role, name] of given) {
    if (names.includes(name)) continue;
    throw new InputError(
      `${source}: there is no array "${name}" for ${role}${suggestion(name, names)}; it holds ${names.join(", ")}`,
    );
  }
  const told: FoundArray[] = given.map(([role, name]) => ({ name, role }));
  const isTold = (name: string) => told.some((one) => one.name === name);
  const guessed = names
    .filter((name) => !isTold(name))
    .map(readName)
    .filter((array) => array !== undefined)
    .filter(({ role }) => !told.some((one) => one.role === role));
  const found = [...told, ...guessed];
  for (const [at, { role, part, name }] of found.entries()) {
    const twin = found.slice(0, at).find((one) => one.role === role && one.part === part);
    if (!twin) continue;
    throw new InputError(
      `${source}: ${twin.name} and ${name} both hold ${role}; say which one to take, as --columns ${role}=${name}`,
    );
  }
  return { found, unused: names.filter((name) => !found.some((one) => one.name === name)) };
}

/** The arrays of an archive with their types and shapes, for messages. */
export const listArrays = (archive: Npz): string =>
  archive.names
    .map((name) => {
      const { type, shape } = archive.describe(name);
      return `${name} ${type} ${formatShape(shape)}`;
    })
    .join(", ");

/** A setting that could bring an archive to open, from shapes alone. */
export function proposal(archive: Npz): string {
  const shapes = archive.names.map((name) => ({ name, ...archive.describe(name) }));
  const images = shapes
    .filter(({ shape }) => shape.length === 3 || shape.length === 4)
    .sort(
      (a, b) => Number(roleOfArray(b.name) === "images") - Number(roleOfArray(a.name) === "images"),
    )[0];
  if (!images) return "";
  const rest = shapes.filter(
    ({ name, shape }) => name !== images.name && shape[0] === images.shape[0],
  );
  const mask = rest.find(
    ({ shape }) => shape.length === 3 && shape.every((size, at) => size === images.shape[at]),
  );
  const label = rest.find(
    ({ shape }) => shape.length === 1 || (shape.length === 2 && shape[1] === 1),
  );
  const values = rest.find(({ shape }) => shape.length === 2);
  const labels = label
    ? `label=${label.name}`
    : mask
      ? `masks=${mask.name}`
      : values
        ? `values=${values.name}`
        : undefined;
  return labels ? `; perhaps --columns images=${images.name},${labels}` : "";
}
