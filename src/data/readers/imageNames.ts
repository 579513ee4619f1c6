// Images by the names that tables and lists give them: the path from the folder, or as much of its end as is given, with
// or without the ending of the file.

import { basename, extname, relative, resolve, sep } from "node:path";
import { InputError } from "../../inputError.js";
import { suggestion } from "../../text/words.js";
import { filesBelow } from "./folders.js";
import { isImage } from "./imageFiles.js";

/** How many images a message names. */
const NAMED = 3;

/** The images of a folder by name. */
export class ImageNames {
  /** Images by every end of their paths, the whole path included. */
  private readonly byEnd = new Map<string, string[]>();

  /** @param files whole paths of images in the folder */
  constructor(
    private readonly folder: string,
    readonly files: readonly string[],
  ) {
    for (const file of files) {
      const parts = this.within(file).split("/");
      for (let at = 0; at < parts.length; at++) {
        const end = parts.slice(at).join("/");
        for (const key of [end, end.slice(0, -extname(end).length)]) {
          const twins = this.byEnd.get(key);
          if (twins) twins.push(file);
          else this.byEnd.set(key, [file]);
        }
      }
    }
  }

  /**
   * The image that a name means; `undefined` when none has it. The whole path from the folder goes before an end of it.
   *
   * @param source where the name stands, for messages
   * @throws InputError for a name that several images have.
   */
  find(name: string, source: string): string | undefined {
    const key = this.within(resolve(this.folder, name));
    const found = this.byEnd.get(key) ?? [];
    if (found.length < 2) return found[0];
    const whole = found.filter((file) => this.within(file) === key || this.stem(file) === key);
    if (whole.length === 1) return whole[0];
    const some = found.slice(0, NAMED).map((file) => this.within(file));
    throw new InputError(
      `${source} has the image "${name}", which may be ${some.join(", ")}` +
        `${found.length > NAMED ? ` and ${found.length - NAMED} more` : ""}; give its path from ${this.folder}`,
    );
  }

  /** As {@link find}, but throws an InputError also for a name that no image has. */
  get(name: string, source: string): string {
    const found = this.find(name, source);
    if (found !== undefined) return found;
    throw new InputError(
      `${source} has the image "${name}", which is not there` +
        suggestion(name, [...this.byEnd.keys()]),
    );
  }

  private within(file: string): string {
    return relative(this.folder, file).split(sep).join("/");
  }

  private stem(file: string): string {
    return this.within(file).slice(0, -extname(file).length);
  }
}

/** The images at any depth of a folder, by name. */
export async function imageNames(folder: string): Promise<ImageNames> {
  const files = (await filesBelow(folder)).filter((file) => isImage(basename(file)));
  return new ImageNames(
    folder,
    files.map((file) => resolve(file)),
  );
}
