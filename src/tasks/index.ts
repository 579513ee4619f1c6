export * from "./classification/confusion.js";
export * from "./graphs.js";
