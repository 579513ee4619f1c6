// What an ONNX node takes: numbers that are known when a file is read, or a value of our graph.

import type { Value } from "../graph/index.js";
import type { ElementType, OnnxTensor } from "../tensor/onnx/elements.js";
import type { Shape } from "../tensor/shape.js";

/** A value of our graph with the type that ONNX gives it: numbers are f32 there, of whatever type. */
export interface Typed {
  readonly value: Value;
  readonly type: ElementType;
}

/** An input of a node. */
export interface Operand {
  readonly type: ElementType;
  readonly shape: Shape;
  /** Its numbers, where they do not depend on the images. */
  readonly known?: OnnxTensor;
  /** Whether it is a parameter or a value made of images: then ops on it belong into the graph. */
  readonly flows: boolean;
  /** Name of the parameter that it is. */
  readonly param?: string;
  /** It as a value of the graph at work. */
  value(): Value;
}
