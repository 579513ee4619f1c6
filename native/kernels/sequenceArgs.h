// What kernels on strings in frames are told.
#pragma once

#include <cstdint>

namespace convoy {

/** Logits [images, classes, frames], of which the last class is the blank, and the tokens of each image [images, length], up
 * to the first number that is no class before the blank. The gradient [images, classes, frames] is that of each loss. */
struct CtcArgs {
  int64_t images, classes, frames, length;
  const float* logits;
  const int32_t* tokens;
  const int32_t* until;  // frames of each image that may say tokens; all where it is no number from 1 to them
  float* losses;
  float* gradient;
  char* room;  // ctcRoom(frames, length) bytes for each thread
};

}  // namespace convoy
