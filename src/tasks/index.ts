export * from "./classification.js";
export * from "./metrics.js";
