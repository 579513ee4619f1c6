export { kMeans, nearestOf } from "./kMeans.js";
export { type SharedWeights, sharedWeights } from "./shared.js";
export { centroidsName, MOST_CENTROIDS, shareWeights } from "./shareWeights.js";
