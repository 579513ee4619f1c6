// Files that somebody brings, with the folders that they lie in.

/** A file, and its path from what was brought: `cats/1.png`. */
export interface Brought {
  readonly path: string;
  readonly file: File;
}

const isImage = ({ name }: File) => /\.(png|jpe?g|webp)$/i.test(name);

const fileOf = (entry: FileSystemFileEntry) =>
  new Promise<File>((resolve, reject) => entry.file(resolve, reject));

/** What a folder holds; the browser tells it in pieces. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}

async function filesBelow(entry: FileSystemEntry): Promise<Brought[]> {
  const path = entry.fullPath.replace(/^\//, "");
  if (entry.isFile) return [{ path, file: await fileOf(entry as FileSystemFileEntry) }];
  const inner = await entriesOf(entry as FileSystemDirectoryEntry);
  return (await Promise.all(inner.map(filesBelow))).flat();
}

/** All files of what was dropped, those in folders too. */
export async function broughtBy(dropped: DataTransfer | null): Promise<Brought[]> {
  const entries = [...(dropped?.items ?? [])].flatMap((item) => item.webkitGetAsEntry() ?? []);
  return (await Promise.all(entries.map(filesBelow))).flat();
}

/** A class with its images. */
export interface ClassImages {
  readonly name: string;
  readonly files: readonly File[];
}

/**
 * Classes with what was brought added: a file belongs to the class that its folder is named after, one that lies in none to
 * `otherwise`.
 *
 * @param otherwise name of a class; default such files are left out
 */
export function withFiles(
  classes: readonly ClassImages[],
  brought: readonly Brought[],
  otherwise?: string,
): ClassImages[] {
  const all = new Map(classes.map(({ name, files }) => [name, [...files]]));
  for (const { path, file } of brought) {
    const name = otherwise ?? path.split("/").at(-2);
    if (name === undefined || !isImage(file)) continue;
    all.set(name, [...(all.get(name) ?? []), file]);
  }
  return [...all].map(([name, files]) => ({ name, files }));
}
