// Batches from JavaScript.
#pragma once

#include <napi.h>

#include "environment.h"
#include "kernels/kernels.h"

namespace convoy {

/** The arguments of the `gather` kernel and what they point to. */
struct GatherWork {
  GatherArgs args = {};
  std::shared_ptr<char> images, out;
  std::vector<GatherSource> sources;
  std::vector<float> samples, mean, std;

  /** With every pointer set, so that it may be called wherever this has been moved to. */
  const GatherArgs& ready();
};

/** Takes (images, channels, sources, samples, [outHeight, outWidth], mean, std, out), where images are an array or a
 * handle of `map`. Throws for what does not fit together; `out` must be memory that this addon allocated. */
GatherWork gatherFrom(const Environment& environment, const Napi::CallbackInfo& info);

}  // namespace convoy
