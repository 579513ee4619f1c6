export { type BuildOptions, type BuiltNet, build, IMAGES, initialise } from "./build.js";
export { type CompactNet, compact, compacted } from "./compact.js";
export { type Cut, cutOf } from "./cut.js";
export * from "./initialisers.js";
export { type LastLinear, lastLinear } from "./lastLinear.js";
export * from "./layers/index.js";
export * from "./losses.js";
export {
  type AppendOptions,
  again,
  append,
  extend,
  fuse,
  imagesOf,
  type Net,
  type NetOptions,
  type NetPass,
  netOf,
  streamsOf,
  withSpecs,
} from "./net.js";
export { ownNodes, paramsRead } from "./ownNodes.js";
export { type Block, type Layer, type ParamSpec, type Rates, Scope, ScopeState } from "./scope.js";
export * from "./structures/index.js";
