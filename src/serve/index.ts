export { type JoinOptions, MicroBatches } from "./microBatches.js";
export { type Servable, servable } from "./net.js";
export { type ServeOptions, type Serving, serve } from "./server.js";
export {
  parseServeSettings,
  type ServeConfig,
  type ServeSettings,
  serveConfig,
} from "./settings.js";
