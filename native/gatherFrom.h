// Batches from JavaScript.
#pragma once

#include <napi.h>

#include "arrays.h"
#include "kernels/kernels.h"

namespace convoy {

/** The arguments of the `gather` kernel and what they point to. */
struct GatherWork {
  GatherArgs args = {};
  Elements<char> images;
  std::vector<int32_t> indices;
  std::vector<float> samples, mean, std;
  std::shared_ptr<char> out;

  /** With every pointer set, so that it may be called wherever this has been moved to. */
  const GatherArgs& ready();
};

/** Takes (images, [height, width, channels], indices, samples, [outHeight, outWidth], mean, std, out). Throws
 * for what does not fit together; `out` must be memory that this addon allocated. */
GatherWork gatherFrom(const OwnMemories& own, const Napi::CallbackInfo& info);

}  // namespace convoy
