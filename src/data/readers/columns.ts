// Which column of a table holds what: as `--columns` says, else as the header is clear about.

import { InputError } from "../../inputError.js";
import type { CsvRow } from "../../text/csv.js";
import { suggestion } from "../../text/words.js";
import type { Labels } from "../labels.js";
import type { ReadOptions } from "./reader.js";
import { type Columns, type MarkRole, parseColumns, roleOf } from "./roles.js";

/** A column by name and position. */
export interface Column {
  readonly name: string;
  readonly at: number;
}

/** The columns by what they hold; of labels there is one kind. */
export interface TableColumns {
  readonly path: Column;
  readonly split?: Column;
  readonly groups?: Column;
  readonly labels: LabelColumns;
  /** Names of those that hold nothing of interest. */
  readonly unused: readonly string[];
}

/**
 * One column of classes; one of paths of masks; one of texts, by characters or by words; tags as words of one column or as
 * a column each; columns of numbers.
 */
export type LabelColumns =
  | { readonly kind: "class"; readonly column: Column }
  | { readonly kind: "mask"; readonly column: Column }
  | { readonly kind: "text"; readonly column: Column }
  | { readonly kind: "tokens"; readonly column: Column }
  | { readonly kind: "words"; readonly column: Column }
  | { readonly kind: "tags"; readonly columns: readonly Column[] }
  | { readonly kind: "values"; readonly columns: readonly Column[] }
  | MarkColumns;

/** Columns of x and y, or of the four sides of boxes or their left, top, width and height; perhaps of class and crowd. */
export interface MarkColumns {
  readonly kind: "points" | "boxes";
  readonly columns: readonly Column[];
  /** Whether the last two are width and height. */
  readonly extent?: boolean;
  readonly name?: Column;
  readonly crowd?: Column;
}

/** Whether labels are points or boxes, a row each. */
export const areMarks = (labels: LabelColumns): labels is MarkColumns =>
  labels.kind === "points" || labels.kind === "boxes";

/** What may mark an image, the fullest first. */
const markRoles: readonly (readonly [MarkColumns["kind"], extent: boolean, readonly MarkRole[]])[] =
  [
    ["boxes", false, ["left", "top", "right", "bottom"]],
    ["boxes", true, ["x", "y", "width", "height"]],
    ["boxes", true, ["left", "top", "width", "height"]],
    ["points", false, ["x", "y"]],
  ];

/** A table's header and rows. */
export interface Table {
  readonly path: string;
  readonly header: readonly string[];
  readonly rows: readonly CsvRow[];
}

/** What a column of tags may hold. */
const tagWords: ReadonlyMap<string, 0 | 1> = new Map([
  ...["0", "0.0", "false", "no", "absent"].map((word) => [word, 0] as const),
  ...["1", "1.0", "true", "yes", "present"].map((word) => [word, 1] as const),
]);

/** What a cell says of a tag; `undefined` for anything else. */
export const tagOf = (cell: string): 0 | 1 | undefined => tagWords.get(cell.trim().toLowerCase());

const decimal = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

/** Whether a cell holds a decimal number that is finite. */
export const isNumeric = (cell: string): boolean =>
  decimal.test(cell.trim()) && Number.isFinite(Number(cell));

const numberLike = /^[-+]?(\d+,\d+|inf(inity)?|nan|0x[0-9a-f]+)$/i;

/** Whether a cell is meant to be a number, be it one that cannot be used: with a comma, not finite, of base 16. */
const isMeantNumeric = (cell: string): boolean =>
  decimal.test(cell.trim()) || numberLike.test(cell.trim());

/** Whether a cell says nothing. */
export const isBlank = (cell: string): boolean => cell.trim() === "";

/** The column at a place, whose title must tell it from all others. */
function columnAt(at: number, { path, header }: Table): Column {
  const name = header[at];
  const twin = header.indexOf(name, at + 1);
  if (twin < 0) return { name, at };
  throw new InputError(
    `${path}: line 1 has the title "${name}" for columns ${at + 1} and ${twin + 1}; give one of them another title`,
  );
}

/** The column with a name. */
function columnNamed(name: string, role: string, table: Table): Column {
  const { path, header } = table;
  const exact = header.indexOf(name);
  const at =
    exact >= 0 ? exact : header.findIndex((title) => title.toLowerCase() === name.toLowerCase());
  if (at >= 0) return columnAt(at, table);
  throw new InputError(
    `${path}: line 1 has no column "${name}" for ${role}${suggestion(name, header)}; it has ` +
      `${header.join(", ")}`,
  );
}

/** One column, or several joined by `+`. */
function columnsNamed(text: string, role: string, table: Table): Column[] {
  if (table.header.includes(text)) return [columnNamed(text, role, table)];
  return text.split("+").map((name) => columnNamed(name.trim(), role, table));
}

/** The first column whose title says its role. */
function guessed(role: ReturnType<typeof roleOf>, table: Table): Column | undefined {
  const at = table.header.findIndex((title) => roleOf(title) === role);
  return at < 0 ? undefined : columnAt(at, table);
}

const cellsOf = ({ rows }: Table, { at }: Column) => rows.map(({ cells }) => cells[at] ?? "");

const isTagColumn = (table: Table, column: Column) => {
  const cells = cellsOf(table, column).filter((cell) => !isBlank(cell));
  return cells.length > 0 && cells.every((cell) => tagOf(cell) !== undefined);
};

/** Of a column of numbers one that cannot be used is refused by its line when it is read: it does not drop the column. */
const isValueColumn = (table: Table, column: Column) => {
  const cells = cellsOf(table, column).filter((cell) => !isBlank(cell));
  return cells.length > 0 && cells.every(isMeantNumeric);
};

/** Columns of tags: one of words, or one each. */
const tagColumns = (columns: readonly Column[], table: Table): LabelColumns =>
  columns.length === 1 && !isTagColumn(table, columns[0])
    ? { kind: "words", column: columns[0] }
    : { kind: "tags", columns };

const textColumn = (kind: "text" | "tokens", name: string, table: Table): LabelColumns => ({
  kind,
  column: columnNamed(name, kind, table),
});

/** Labels as the setting names them. */
function namedLabels(
  { label, tags, values, masks, text, tokens }: Columns,
  kind: Labels["kind"] | undefined,
  table: Table,
) {
  if (kind === undefined || kind === "tokens") {
    if (text !== undefined) return textColumn("text", text, table);
    if (tokens !== undefined) return textColumn("tokens", tokens, table);
    if (kind === "tokens" && label !== undefined) return textColumn("text", label, table);
  }
  if (masks !== undefined && (kind === undefined || kind === "mask")) {
    return { kind: "mask", column: columnNamed(masks, "masks", table) } as const;
  }
  if (values !== undefined && (kind === undefined || kind === "values")) {
    return { kind: "values", columns: columnsNamed(values, "values", table) } as const;
  }
  if (tags !== undefined && (kind === undefined || kind === "tags")) {
    return tagColumns(columnsNamed(tags, "tags", table), table);
  }
  if (label === undefined || kind === "mask" || kind === "tokens") return undefined;
  if (kind === "values") {
    return { kind: "values", columns: columnsNamed(label, "values", table) } as const;
  }
  if (kind === "tags") return tagColumns(columnsNamed(label, "tags", table), table);
  return { kind: "class", column: columnNamed(label, "label", table) } as const;
}

/** Points or boxes, as the setting or the titles say; the numbers of one are all there, or none. */
function markColumns(given: Columns, kind: Labels["kind"] | undefined, table: Table) {
  if (kind !== undefined && kind !== "points" && kind !== "boxes") return undefined;
  const find = (role: MarkRole | "label") => {
    const name = given[role];
    return name === undefined ? guessed(role, table) : columnNamed(name, role, table);
  };
  for (const [own, extent, roles] of markRoles) {
    const columns = roles.map(find).filter((column) => column !== undefined);
    if (columns.length < roles.length || (kind ?? own) !== own) continue;
    const [name, crowd] = [find("label"), find("crowd")];
    return { kind: own, columns, extent, ...(name && { name }), ...(crowd && { crowd }) };
  }
  return undefined;
}

/** What points and boxes are in a table, and who learns them. */
const marks = {
  points: { columns: "x, y", cure: "points are learnt by --task count or points" },
  boxes: { columns: "left, top, right, bottom", cure: "boxes are learnt by --task detect" },
} as const;

/** Refuses a table of points where boxes are wanted, and the other way round. */
function refuseOtherMarks(given: Columns, kind: Labels["kind"] | undefined, table: Table): void {
  if (kind !== "points" && kind !== "boxes") return;
  const other = markColumns(given, undefined, table);
  if (other === undefined || other.kind === kind) return;
  throw new InputError(
    `${table.path}: line 1 has the columns of ${other.kind} (${other.columns.map(({ name }) => name).join(", ")}); ` +
      `wanted: ${kind} (${marks[kind].columns}); ${marks[other.kind].cure}`,
  );
}

/** Labels as the titles say, of the wanted kind if there is one. */
function guessedLabels(
  kind: Labels["kind"] | undefined,
  taken: ReadonlySet<number>,
  table: Table,
): LabelColumns | undefined {
  const [label, tags, values, masks, text, tokens] = (
    ["label", "tags", "values", "masks", "text", "tokens"] as const
  ).map((role) => guessed(role, table));
  const line = text ?? tokens ?? (kind === "tokens" ? label : undefined);
  const read = line && ({ kind: line === tokens ? "tokens" : "text", column: line } as const);
  if (kind === "tokens") return read;
  if (kind === "mask") return masks && { kind, column: masks };
  const rest = table.header
    .map((name, at) => ({ name, at }))
    .filter(({ at, name }) => !taken.has(at) && roleOf(name) === undefined);
  const numbers = rest.filter((column) => isValueColumn(table, column));
  const flags = rest.filter((column) => isTagColumn(table, column));
  if (kind === "values") {
    const columns = values
      ? [values]
      : numbers.length > 0 && !label
        ? numbers
        : label
          ? [label]
          : [];
    return columns.length > 0 ? { kind: "values", columns } : undefined;
  }
  if (kind === "tags") {
    if (tags ?? label) return tagColumns([(tags ?? label)!], table);
    return flags.length > 0 ? { kind: "tags", columns: flags } : undefined;
  }
  if (label) return { kind: "class", column: label };
  if (kind === "class") return rest.length === 1 ? { kind: "class", column: rest[0] } : undefined;
  if (masks) return { kind: "mask", column: masks };
  if (read) return read;
  if (tags) return tagColumns([tags], table);
  if (values) return { kind: "values", columns: [values] };
  if (rest.length > 1 && flags.length === rest.length) return { kind: "tags", columns: flags };
  return numbers.length > 0 ? { kind: "values", columns: numbers } : undefined;
}

const positions = (labels: LabelColumns): readonly Column[] => {
  if (!("columns" in labels)) return [labels.column];
  const { name, crowd } = labels as Partial<MarkColumns>;
  return [...labels.columns, ...(name ? [name] : []), ...(crowd ? [crowd] : [])];
};

/**
 * The columns of a table by what they hold.
 *
 * @throws InputError for a column that is not there, or when it is not clear which one holds the paths or labels.
 */
export function tableColumns(table: Table, { columns, kind }: ReadOptions): TableColumns {
  const given = parseColumns(columns);
  const one = (role: "images" | "split" | "groups") => {
    const name = given[role];
    return name === undefined ? guessed(role, table) : columnNamed(name, role, table);
  };
  const [path, split, groups] = [one("images"), one("split"), one("groups")];
  const fixed = [path, split, groups].flatMap((column) => (column ? [column.at] : []));
  const named = namedLabels(given, kind, table);
  const marked =
    named === undefined || named.kind === "class" ? markColumns(given, kind, table) : undefined;
  if (!marked) refuseOtherMarks(given, kind, table);
  const labels = marked ?? named ?? guessedLabels(kind, new Set(fixed), table);
  if (!path || !labels) {
    throw new InputError(
      `${table.path}: line 1 has the columns ${table.header.join(", ") || "(none)"}; it is not clear which one ` +
        `holds the ${path ? "labels" : "path of the image"}; say so, as --columns ` +
        "path=COLUMN,label=COLUMN (or tags=COLUMN, values=COLUMN+COLUMN, masks=COLUMN, text=COLUMN, x=COLUMN,y=COLUMN)",
    );
  }
  const taken = new Set([...fixed, ...positions(labels).map(({ at }) => at)]);
  const unused = table.header.filter((_, at) => !taken.has(at));
  return { path, split, groups, labels, unused };
}

/** What labels are called in words. */
const titles: Readonly<Record<LabelColumns["kind"], string>> = {
  ...{ class: "label", words: "tags (words)", tags: "tags", values: "values", mask: "masks" },
  ...{ points: "points", boxes: "boxes", text: "text", tokens: "tokens" },
};

/** How a table was understood, in words. */
export function describeColumns({ path, split, groups, labels, unused }: TableColumns): string {
  const title = titles[labels.kind];
  const pairs = [
    ["path", [path]],
    [title, positions(labels)],
    ...(split ? [["split", [split]] as const] : []),
    ...(groups ? [["group", [groups]] as const] : []),
  ] as const;
  const words = pairs.map(
    ([role, columns]) => `${role} = ${columns.map(({ name }) => name).join("+")}`,
  );
  return words.join(", ") + (unused.length > 0 ? `; not used: ${unused.join(", ")}` : "");
}
