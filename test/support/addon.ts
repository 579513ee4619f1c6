// For tests of the native engine where it is built.

import { type Addon, loadAddon } from "../../src/engine/native/addon.js";
import { NativeUnavailable } from "../../src/engine/native/index.js";

/** The addon; `undefined` where it is not built. */
export function addonIfBuilt(): Addon | undefined {
  try {
    return loadAddon();
  } catch (error) {
    if (error instanceof NativeUnavailable) return undefined;
    throw error;
  }
}
