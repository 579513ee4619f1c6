// onnxruntime-node where it is installed. The package is large, and no part of Convoy.

/** The part of the package that is used. */
export interface OnnxRuntime {
  readonly env: { readonly versions: { readonly node?: string } };
  readonly Tensor: new (type: "float32", data: Float32Array, dims: readonly number[]) => object;
  readonly InferenceSession: { create(model: Uint8Array | string): Promise<OnnxSession> };
}

/** A net in use. */
export interface OnnxSession {
  run(
    feeds: Readonly<Record<string, object>>,
  ): Promise<Readonly<Record<string, { data: unknown }>>>;
  release(): Promise<void>;
}

/** A name that the compiler does not look for. */
export const RUNTIME: string = "onnxruntime-node";

/** The package; `undefined` where it is not installed. */
export async function loadRuntime(): Promise<OnnxRuntime | undefined> {
  try {
    return (await import(RUNTIME)) as OnnxRuntime;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}
