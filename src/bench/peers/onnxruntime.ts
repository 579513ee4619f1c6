// onnxruntime-node as a peer of inference. PyTorch makes its file of the net; called with the Python that
// has it, and the exporter's script, in front of the workload. The package is large and not installed with
// Convoy.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Random } from "../../tensor/philox.js";
import { sizeOf } from "../../tensor/shape.js";
import { quantile, settle } from "../measure.js";
import type { Workload } from "../workload.js";
import { AbsentError, type PeerNet, serve } from "./serve.js";

/** The part of the package that is used here. */
interface Runtime {
  readonly env: { readonly versions: { readonly node?: string } };
  readonly Tensor: new (type: "float32", data: Float32Array, dims: readonly number[]) => object;
  readonly InferenceSession: {
    create(path: string, options: SessionOptions): Promise<Session>;
  };
}

interface SessionOptions {
  readonly intraOpNumThreads: number;
  readonly graphOptimizationLevel: "all";
}

interface Session {
  run(feeds: Readonly<Record<string, object>>): Promise<unknown>;
  release(): Promise<void>;
}

/** A name that the compiler does not look for. */
const PACKAGE: string = "onnxruntime-node";

const WARM_UP = 3;
const RACE_STEPS = 15;

interface Exported {
  readonly parameters: number;
  readonly absent?: string;
  readonly cannot?: string;
}

/** Makes the ONNX file. */
function exportNet(workload: Workload, path: string): number {
  const [interpreter, script] = process.argv.slice(2);
  const args = [script, JSON.stringify(workload), path];
  const said = execFileSync(interpreter, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { parameters, absent, cannot } = JSON.parse(said) as Exported;
  if (absent !== undefined) throw new AbsentError(absent);
  if (cannot !== undefined) throw new Error(cannot);
  return parameters;
}

async function medianSeconds(session: Session, feeds: Readonly<Record<string, object>>) {
  const seconds: number[] = [];
  await settle();
  for (let at = 0; at < WARM_UP + RACE_STEPS; at++) {
    const start = performance.now();
    await session.run(feeds);
    seconds.push(performance.now() - start);
  }
  return quantile(seconds.slice(WARM_UP), 0.5);
}

async function open(workload: Workload): Promise<PeerNet> {
  const { env, InferenceSession, Tensor } = (await import(PACKAGE)) as Runtime;
  const folder = mkdtempSync(join(tmpdir(), "convoy-onnx-"));
  const path = join(folder, "net.onnx");
  try {
    const parameters = exportNet(workload, path);
    const random = new Random({ seed: 1, purpose: "augment" });
    const shape = [workload.batch, ...workload.image];
    const data = Float32Array.from({ length: sizeOf(shape) }, () => random.uniform());
    const feeds = { x: new Tensor("float32", data, shape) };
    const sessions = await Promise.all(
      workload.threads.map(async (threads) => {
        const options = { intraOpNumThreads: threads, graphOptimizationLevel: "all" } as const;
        return { threads, session: await InferenceSession.create(path, options) };
      }),
    );
    const times: number[] = [];
    for (const { session } of sessions) times.push(await medianSeconds(session, feeds));
    const best = sessions[times.indexOf(Math.min(...times))];
    for (const { session } of sessions) if (session !== best.session) await session.release();
    return {
      version: env.versions.node ?? "",
      setting: `${best.threads} thread${best.threads > 1 ? "s" : ""}, all optimisations`,
      parameters,
      step: async () => void (await best.session.run(feeds)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await serve(open);
