export { build, fuse, IMAGES, initialise, type Net } from "./build.js";
export * from "./initialisers.js";
export * from "./layers/index.js";
export * from "./losses.js";
export { type Block, type Layer, type ParamSpec, Scope, ScopeState, WEIGHTS } from "./scope.js";
