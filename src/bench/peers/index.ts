// The peers of `convoy bench`. A new one is its script and one line here.

import { fileURLToPath } from "node:url";
import type { Peer } from "../peer.js";

const script = (name: string) => fileURLToPath(new URL(`./${name}.js`, import.meta.url));

const python = (name: string) =>
  fileURLToPath(new URL(`../../../bench/peers/${name}.py`, import.meta.url));

const cureOf = (what: string) =>
  `name a Python that has ${what} by --python PATH or by the variable CONVOY_PYTHON`;

const inNode = (name: string, npm: string): Peer => ({
  name,
  works: ["step"],
  command: () => [process.execPath, script(name)],
  cure: `install it: npm install ${npm}`,
});

/**
 * All peers.
 *
 * @param interpreter the Python that has PyTorch; default is the one named by CONVOY_PYTHON, then python3.
 */
export const peersWith = (
  interpreter = process.env.CONVOY_PYTHON ?? "python3",
): readonly Peer[] => [
  {
    name: "pytorch",
    works: ["step", "infer", "swarm"],
    command: () => [interpreter, python("pytorch_peer")],
    cure: cureOf("torch"),
  },
  {
    name: "onnxruntime",
    works: ["infer"],
    int8: true,
    command: () => [
      ...[process.execPath, script("onnxruntime")],
      ...[interpreter, python("pytorch_onnx")],
    ],
    cure:
      "install it: npm install --no-save --ignore-scripts onnxruntime-node; " +
      `its file of the net is made by PyTorch: ${cureOf("torch, onnx, onnxscript and, for int8, onnxruntime")}`,
  },
  {
    name: "openvino",
    works: ["infer"],
    int8: true,
    command: () => [interpreter, python("openvino_peer")],
    cure: cureOf("openvino, torch, onnx, onnxscript and, for int8, onnxruntime"),
  },
  inNode("tfjs", "@tensorflow/tfjs @tensorflow/tfjs-backend-wasm"),
  inNode("jax-js", "@jax-js/jax"),
];
