// Rows of images of bytes with their padding around them, as a convolution sees them, in memory of a thread's own.
#pragma once

#include <cstdlib>

#include "integerLanes.h"
#include "parallel.h"

namespace convoy {
namespace CONVOY_ISA {

/** Memory for as long as a call lasts. */
class IntegerRoom {
 public:
  explicit IntegerRoom(int64_t bytes)
      : memory_(static_cast<uint8_t*>(std::malloc(static_cast<size_t>(bytes) + INTEGER_TILE))) {
    if (!memory_) std::abort();
  }
  ~IntegerRoom() { std::free(memory_); }
  IntegerRoom(const IntegerRoom&) = delete;
  IntegerRoom& operator=(const IntegerRoom&) = delete;
  uint8_t* at() const {
    const auto place = reinterpret_cast<uintptr_t>(memory_);
    return memory_ + (INTEGER_TILE - place % INTEGER_TILE) % INTEGER_TILE;
  }

 private:
  uint8_t* memory_;
};

/** How the rows of some results lie among those of the images. */
struct IntegerField {
  int64_t columns, pitch;  // that a row of results sees, and their bytes
  int64_t extent;          // rows that the kernel spans
  bool padded;             // whether any window reaches beyond its image

  CONVOY_INLINE explicit IntegerField(const IntegerConvArgs& a) {
    const IntegerWeights& w = a.weights;
    columns = (a.out.width - 1) * a.strides[1] + (w.kernel[1] - 1) * w.dilation[1] + 1;
    pitch = columns * a.in.channels;
    extent = (w.kernel[0] - 1) * w.dilation[0] + 1;
    const int64_t rows = (a.out.height - 1) * a.strides[0] + extent;
    padded = a.padding[0] > 0 || a.padding[1] > 0 || rows > a.in.height || columns > a.in.width;
  }

  /** Copies rows of an image, of which the first `top` and whatever lies beyond it hold its zero. */
  CONVOY_INLINE void copy(const IntegerConvArgs& a, const uint8_t* image, int64_t top, int64_t rows, uint8_t* to) const {
    const int64_t left = a.padding[1] < columns ? a.padding[1] : columns;
    const int64_t inside = a.in.width < columns - left ? a.in.width : columns - left;
    const int64_t channels = a.in.channels, before = left * channels, bytes = inside * channels;
    for (int64_t r = 0; r < rows; r++, to += pitch) {
      const int64_t from = r + top;
      if (from < 0 || from >= a.in.height) {
        fill(to, a.zero, pitch);
        continue;
      }
      fill(to, a.zero, before);
      __builtin_memcpy(to + before, image + from * a.in.width * channels, static_cast<size_t>(bytes));
      fill(to + before + bytes, a.zero, pitch - before - bytes);
    }
  }

 private:
  static CONVOY_INLINE void fill(uint8_t* to, int32_t value, int64_t count) {
    __builtin_memset(to, value, static_cast<size_t>(count));
  }
};

}  // namespace CONVOY_ISA
}  // namespace convoy
