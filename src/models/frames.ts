// Where the outputs of a net that reads lines lie: models and the task of sequences know it from here.

/** Outputs of a frame behind those of its tokens: that it says nothing (CTC's blank). */
export const FRAME_OUTPUTS = 1;

/** Pixels from one frame to the next. */
export const FRAME_STRIDE = 4;

/** Frames of images of a width. */
export const countFrames = ({ width }: { readonly width: number }): number =>
  Math.floor(width / FRAME_STRIDE);
