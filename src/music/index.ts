export { agnosticOf, melodyOf, type Sign, signOf } from "./agnostic.js";
export { midiFile, type Played, playedOf } from "./midi.js";
export { musicXml } from "./musicXml.js";
export {
  alterIn,
  type Clef,
  clefs,
  midiOf,
  type Pitch,
  pitchName,
  pitchNamed,
  placeName,
  placeNamed,
  placeOf,
  signaturePlaces,
  stepAt,
} from "./pitch.js";
export {
  barLength,
  lengthOf,
  type Melody,
  type Metre,
  type Sound,
  unevenBars,
  type Value,
  values,
} from "./score.js";
export { semanticOf } from "./semantic.js";
