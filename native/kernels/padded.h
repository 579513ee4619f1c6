// Images of direct convolutions, padded on the stack.
#pragma once

#include "kernels.h"

namespace convoy {
namespace CONVOY_ISA {

/** A padded image on the stack: at most DIRECT_IMAGE floats, and a register's behind it that may be read. */
#define PADDED(ARGS)                                                                                     \
  static_cast<float*>(__builtin_alloca_with_align(                                                       \
      static_cast<size_t>(directImage((ARGS).in, (ARGS).out, (ARGS).window) + DIRECT_LANES) * sizeof(float), \
      512))

/** Rows [begin, end) of the kernel that meet the image, for a row of the result. */
struct KernelRows {
  int64_t begin, end;

  CONVOY_INLINE KernelRows(const Images& in, const Window& w, int64_t oy) {
    const int64_t top = oy * w.strides[0] - w.padding[0];
    begin = top < 0 ? -top : 0;
    end = in.height - top < w.kernel[0] ? in.height - top : w.kernel[0];
  }
};

}  // namespace CONVOY_ISA
}  // namespace convoy
