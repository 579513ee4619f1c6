export type * from "./api.js";
export { openStudio, type Studio, type StudioOptions } from "./studio.js";
