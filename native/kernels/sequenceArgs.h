// What kernels on lines are told: of strings in frames, and of recurrent layers.
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

/** Long short-term memory of [images, steps]: gates [.., 4 units] before and behind (`acted`) their functions, i, f, g, o;
 * hidden states and cells [.., units]; recurrent weights [units, 4 units]. */
struct LstmArgs {
  int64_t images, steps, units;
  bool reverse;
  const float* gates;
  const float* recurrent;
  float* hidden;
  float* acted;
  float* cells;
};

/** The derivative by the gates before their functions, from that by the hidden states. */
struct LstmGradArgs {
  int64_t images, steps, units;
  bool reverse;
  const float* dy;
  const float* recurrent;
  const float* acted;
  const float* cells;
  float* slope;
  char* room;  // lstmRoom(units) bytes for each thread
};

}  // namespace convoy
