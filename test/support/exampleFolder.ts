// Where an example runs: an empty folder of its own, with the run in it that the example speaks of.

import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { train } from "../../src/runs/index.js";

const temporary = () => mkdtempSync(join(tmpdir(), "convoy-example-"));

/** What every example may open as `runs/a`: LeNet-5 after ten steps on MNIST. */
const RUN = join("runs", "a");

/** Makes the folders of examples. Remove it when done. */
export class ExampleFolders {
  private readonly home = temporary();
  private trained?: Promise<unknown>;

  /** Runs an example with its code's folder as the working directory. */
  async within(code: string, run: () => Promise<void>): Promise<void> {
    const [before, folder] = [process.cwd(), temporary()];
    if (code.includes(`"${RUN}`)) await this.copyRun(folder);
    process.chdir(folder);
    try {
      await run();
    } finally {
      process.chdir(before);
      rmSync(folder, { recursive: true, force: true });
    }
  }

  private async copyRun(folder: string): Promise<void> {
    const out = join(this.home, RUN);
    this.trained ??= train({ data: "mnist", model: "lenet5", steps: 10, out });
    await this.trained;
    cpSync(out, join(folder, RUN), { recursive: true });
  }

  remove(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}
