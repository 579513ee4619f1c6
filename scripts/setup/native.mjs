// The native engine: CMake builds native/ to build/native/convoy.node when a source has changed.
// Without it Convoy still works on its reference engine, so a build that fails is a warning.

import { existsSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, freemem } from "node:os";
import { dirname, join } from "node:path";
import { action, buildFolder, root, run, SetupError, warn } from "./report.mjs";
import { filesIn, whenChanged } from "./stamps.mjs";
import { NeedsPassword, provideSystemPackages } from "./system.mjs";

const require = createRequire(import.meta.url);
const target = join(buildFolder, "native");
const addon = join(target, "convoy.node");

/** Memory that one compiler may take. */
const BYTES_PER_JOB = 700e6;

const SLOW = "training will use the reference engine, which is thousands of times slower";

function compile() {
  const jobs = Math.max(1, Math.min(availableParallelism(), Math.floor(freemem() / BYTES_PER_JOB)));
  const configure = [
    ...["cmake", "-S", "native", "-B", target, "-DCMAKE_BUILD_TYPE=Release"],
    `-DNODE_HEADERS=${require("node-api-headers").include_dir}`,
    `-DNODE_ADDON_API=${dirname(require.resolve("node-addon-api/package.json"))}`,
  ];
  run("native", [configure, ["cmake", "--build", target, "-j", String(jobs)]]);
}

/** Builds the addon unless it was built on this kind of machine from the same sources. */
export function buildNative(stamps) {
  const sources = join(root, "native");
  if (!existsSync(join(sources, "CMakeLists.txt"))) return;
  if (process.env.CONVOY_NATIVE === "off") {
    warn(`CONVOY_NATIVE=off: the native engine is not built; ${SLOW}`);
    return;
  }
  const made = {
    product: addon,
    files: filesIn(sources),
    context: `${process.platform}-${process.arch}`,
  };
  try {
    whenChanged(stamps, "native", made, () => {
      provideSystemPackages();
      // CMake keeps absolute paths: a build folder that came from elsewhere is of no use.
      if (!stamps.native) rmSync(target, { recursive: true, force: true });
      action("building the native engine (cmake)", compile);
    });
  } catch (error) {
    if (!(error instanceof SetupError) || error instanceof NeedsPassword) throw error;
    rmSync(addon, { force: true });
    warn(`no native engine: ${error.message}`);
    warn(SLOW);
    warn(`to cure it: ${error.cure}`);
  }
}
