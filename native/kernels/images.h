// Images in memory, and what slides over them.
#pragma once

#include <cstddef>
#include <cstdint>

// Never a shared out-of-line copy, which could hold another instruction set's code.
#define CONVOY_INLINE __attribute__((always_inline)) inline

namespace convoy {

/** Sizes of a batch of images in memory. */
struct Images {
  int64_t count;
  int64_t channels;
  int64_t height;
  int64_t width;
  int64_t block;

  CONVOY_INLINE int64_t blocks() const { return (channels + block - 1) / block; }
  CONVOY_INLINE int64_t pixels() const { return height * width; }
  CONVOY_INLINE int64_t plane() const { return pixels() * block; }
  CONVOY_INLINE int64_t size() const { return count * blocks() * plane(); }
};

/** A sliding window, [height, width] each; padding is that of the top and the left. */
struct Window {
  int64_t kernel[2];
  int64_t strides[2];
  int64_t padding[2];
};

/** What is done to results: nothing, or ReLU up to a ceiling. */
struct Activation {
  bool relu;
  float ceiling;  // infinity, or 6 for ReLU6
};

}  // namespace convoy
