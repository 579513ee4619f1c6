// The peers of `convoy bench`. A new one is its script and one line here.

import { fileURLToPath } from "node:url";
import type { Peer } from "../peer.js";

const script = (name: string) => fileURLToPath(new URL(`./${name}.js`, import.meta.url));

const pytorchScript = fileURLToPath(
  new URL("../../../bench/peers/pytorch_peer.py", import.meta.url),
);

const inNode = (name: string, npm: string): Peer => ({
  name,
  command: () => [process.execPath, script(name)],
  cure: `install it: npm install ${npm}`,
});

/**
 * All peers.
 *
 * @param python the Python that has PyTorch; default is the one named by CONVOY_PYTHON, then python3.
 */
export const peersWith = (python = process.env.CONVOY_PYTHON ?? "python3"): readonly Peer[] => [
  {
    name: "pytorch",
    command: () => [python, pytorchScript],
    cure: "name a Python that has torch by --python PATH or by the variable CONVOY_PYTHON",
  },
  inNode("tfjs", "@tensorflow/tfjs @tensorflow/tfjs-backend-wasm"),
  inNode("jax-js", "@jax-js/jax"),
];
