export {
  createSearch,
  type Evaluated,
  type Proposer,
  runSearch,
  type Search,
  type SearchPlan,
  type SearchRun,
} from "./create.js";
export { fromCube, toCube } from "./cube.js";
export { type TestFunction, testFunctions } from "./functions.js";
export { hypervolume } from "./hypervolume.js";
export { importanceOf } from "./importance.js";
export { type Excess, nearestWithin } from "./limits.js";
export { bestOf, dominates, paretoFront } from "./ranking.js";
export { levelsOf } from "./rungs.js";
export { samplers } from "./samplers/index.js";
export {
  type Asked,
  type Next,
  type Resource,
  type Sampler,
  sampler,
  type Told,
  type Trial,
} from "./search.js";
export {
  type Condition,
  checkSettings,
  checkSpace,
  type Domain,
  type Parameter,
  type Setting,
  type Settings,
  type Space,
} from "./space.js";
export { parseSpace, spaceText } from "./spaceText.js";
