// Batches from JavaScript.
#pragma once

#include <napi.h>

#include "environment.h"
#include "kernels/kernels.h"

namespace convoy {

/** The arguments of the `gather` kernel and what they point to. */
struct GatherWork {
  GatherArgs args = {};
  std::shared_ptr<char> images, out, room;
  std::vector<GatherSource> sources;
  std::vector<float> samples, mean, std;
  /** Operations on sources, and where those of each begin: none, or one number more than there are sources. */
  std::vector<PixelStep> steps;
  std::vector<int64_t> first;

  /** Does the operations, on threads as they are shared where it is called; the sources then are what they made. */
  void operate();
  /** With every pointer set, for a call on the same threads from wherever this has been moved to. */
  const GatherArgs& ready();
};

/** Takes (images, channels, sources, samples, [outHeight, outWidth], mean, std, out, operations), where images are an array or a
 * handle of `map`. Throws for what does not fit together; `out` must be memory that this addon allocated. */
GatherWork gatherFrom(const Environment& environment, const Napi::CallbackInfo& info);

}  // namespace convoy
