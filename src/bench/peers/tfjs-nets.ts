// The nets of `convoy bench` in TensorFlow.js: the same layers, widths and parameters as src/models/.

import type { LayersModel, SymbolicTensor, Tensor, Tensor4D } from "@tensorflow/tfjs";
import type { Workload } from "../workload.js";

type Library = typeof import("@tensorflow/tfjs");

const relu = "relu" as const;

/** LeCun et al. 1998 in its modern form: ReLU, max pooling, linear output. */
function lenet5({ layers, sequential }: Library, workload: Workload): LayersModel {
  const {
    image: [channels, height, width],
    classes,
  } = workload;
  const padding = height < 32 ? "same" : "valid";
  return sequential({
    layers: [
      layers.conv2d({
        inputShape: [height, width, channels],
        filters: 6,
        kernelSize: 5,
        padding,
        activation: relu,
      }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.conv2d({ filters: 16, kernelSize: 5, activation: relu }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.flatten(),
      layers.dense({ units: 120, activation: relu }),
      layers.dense({ units: 84, activation: relu }),
      layers.dense({ units: classes }),
    ],
  });
}

/** A layer that appends as many channels of zeros as there are. */
function widening({ layers, pad }: Library) {
  return new (class Widen extends layers.Layer {
    static readonly className = "Widen";

    override computeOutputShape([n, h, w, c]: number[]): number[] {
      return [n, h, w, 2 * c];
    }

    override call(inputs: Tensor | Tensor[]): Tensor {
      const x = (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor4D;
      return pad(x, [
        [0, 0],
        [0, 0],
        [0, 0],
        [0, x.shape[3]],
      ]);
    }
  })();
}

/** He et al. 2015 (arXiv 1512.03385), section 4.2: 6n + 2 layers, shortcuts of option A. */
function resnet20(
  tf: Library,
  { image: [channels, height, width], classes }: Workload,
): LayersModel {
  const { layers } = tf;
  const convBn = (x: SymbolicTensor, filters: number, strides: number) => {
    const options = { kernelSize: 3, padding: "same", useBias: false } as const;
    const y = layers.conv2d({ filters, strides, ...options }).apply(x);
    return layers.batchNormalization().apply(y) as SymbolicTensor;
  };
  const activate = (x: SymbolicTensor) => layers.reLU().apply(x) as SymbolicTensor;
  const shrink = (x: SymbolicTensor) => {
    const sampled = layers.averagePooling2d({ poolSize: 1, strides: 2 }).apply(x);
    return widening(tf).apply(sampled) as SymbolicTensor;
  };
  const input = tf.input({ shape: [height, width, channels] });
  let x = activate(convBn(input, 16, 1));
  for (const [stage, filters] of [16, 32, 64].entries()) {
    for (let block = 0; block < 3; block++) {
      const strides = stage > 0 && block === 0 ? 2 : 1;
      const body = convBn(activate(convBn(x, filters, strides)), filters, 1);
      const shortcut = strides === 1 ? x : shrink(x);
      x = activate(layers.add().apply([shortcut, body]) as SymbolicTensor);
    }
  }
  const pooled = layers.globalAveragePooling2d({}).apply(x);
  const outputs = layers.dense({ units: classes }).apply(pooled) as SymbolicTensor;
  return tf.model({ inputs: input, outputs });
}

export const nets = { lenet5, resnet20 };
