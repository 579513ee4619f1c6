// Changes of the channel block: numbers of channels side by side, in planes or as pixels of a block of channels.
#include "kernels.h"
#include "lanes.h"
#include "parallel.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

constexpr int64_t SERIAL = 16384;

/** The block that convolutions want; pixels of it and planes are turned into each other by squares. */
constexpr int64_t BLOCK = 16;
constexpr int SIDE = WIDE ? 16 : 8;

/** Up to SIDE planes, `pixels` apart, to as many neighbours of each pixel of a block; zeros for planes that are not. */
CONVOY_INLINE void toPixels(const float* planes, int64_t count, int64_t pixels, float* to) {
  const auto square = [&](int64_t p) {
    Lanes<SIDE> rows[SIDE];
#pragma GCC unroll 16
    for (int l = 0; l < SIDE; l++) rows[l] = l < count ? load<SIDE>(planes + l * pixels + p) : Lanes<SIDE>{};
    transpose<SIDE>(rows);
#pragma GCC unroll 16
    for (int i = 0; i < SIDE; i++) store<SIDE>(to + (p + i) * BLOCK, rows[i]);
  };
  int64_t p = 0;
  for (; p + SIDE <= pixels; p += SIDE) square(p);
  if (p == pixels) return;
  // The last square may begin in the one before it.
  if (pixels >= SIDE) return square(pixels - SIDE);
  for (; p < pixels; p++) {
    for (int l = 0; l < SIDE; l++) to[p * BLOCK + l] = l < count ? planes[l * pixels + p] : 0;
  }
}

/** Up to SIDE neighbours of each pixel of a block to as many planes. */
CONVOY_INLINE void toPlanes(const float* from, int64_t count, int64_t pixels, float* planes) {
  const auto square = [&](int64_t p) {
    Lanes<SIDE> rows[SIDE];
#pragma GCC unroll 16
    for (int i = 0; i < SIDE; i++) rows[i] = load<SIDE>(from + (p + i) * BLOCK);
    transpose<SIDE>(rows);
#pragma GCC unroll 16
    for (int l = 0; l < SIDE; l++) {
      if (l < count) store<SIDE>(planes + l * pixels + p, rows[l]);
    }
  };
  int64_t p = 0;
  for (; p + SIDE <= pixels; p += SIDE) square(p);
  if (p == pixels) return;
  if (pixels >= SIDE) return square(pixels - SIDE);
  for (; p < pixels; p++) {
    for (int64_t l = 0; l < count && l < SIDE; l++) planes[l * pixels + p] = from[p * BLOCK + l];
  }
}

/** Planes to blocks, or blocks to planes. */
template <bool TO_BLOCKS>
void relayoutBlocks(const Images& im, const float* x, float* y) {
  Images blocked = im;
  blocked.block = BLOCK;
  const int64_t pixels = im.pixels(), blocks = blocked.blocks();
  shareEach(im.count * blocks, im.size() > SERIAL, [&](int64_t at) {
    const int64_t first = at % blocks * BLOCK;
    const int64_t planes = (at / blocks * im.channels + first) * pixels;
    for (int64_t l = 0; l < BLOCK; l += SIDE) {
      const int64_t count = im.channels - first - l;
      const int64_t own = planes + l * pixels, block = at * blocked.plane() + l;
      if (TO_BLOCKS) {
        toPixels(x + (count > 0 ? own : 0), count, pixels, y + block);
      } else if (count > 0) {
        toPlanes(x + block, count, pixels, y + own);
      }
    }
  });
}

/** Any block to any other, element by element within a plane of the wider one. */
template <class Element>
void relayoutPlanes(const Images& from, const Element* x, int64_t block, Element* y) {
  Images to = from;
  to.block = block;
  const int64_t pixels = from.pixels();
  shareEach(to.count * to.blocks(), from.size() > SERIAL, [&](int64_t at) {
    const int64_t n = at / to.blocks();
    const int64_t first = at % to.blocks() * block;
    Element* target = y + at * to.plane();
    for (int64_t l = 0; l < block; l++) {
      const int64_t c = first + l;
      if (c >= from.channels) {
        for (int64_t p = 0; p < pixels; p++) target[p * block + l] = 0;
        continue;
      }
      const Element* source = x + (n * from.blocks() + c / from.block) * from.plane() + c % from.block;
      for (int64_t p = 0; p < pixels; p++) target[p * block + l] = source[p * from.block];
    }
  });
}

/** Runs of bytes, one for each pixel. */
template <size_t BYTES>
CONVOY_INLINE void copyRuns(const char* from, int64_t pitch, char* to, int64_t toPitch, int64_t pixels) {
  for (int64_t p = 0; p < pixels; p++) __builtin_memcpy(to + p * toPitch, from + p * pitch, BYTES);
}

void copyRuns(size_t bytes, const char* from, int64_t pitch, char* to, int64_t toPitch, int64_t pixels) {
  if (bytes == 64) return copyRuns<64>(from, pitch, to, toPitch, pixels);
  if (bytes == 32) return copyRuns<32>(from, pitch, to, toPitch, pixels);
  if (bytes == 16) return copyRuns<16>(from, pitch, to, toPitch, pixels);
  for (int64_t p = 0; p < pixels; p++) __builtin_memcpy(to + p * toPitch, from + p * pitch, bytes);
}

/** Any block to any other where both hold several channels: those that lie side by side in both go together. */
void relayoutRuns(const Images& from, const char* x, int64_t block, char* y, int64_t bytes) {
  Images to = from;
  to.block = block;
  const int64_t pixels = from.pixels(), pitch = from.block * bytes, toPitch = block * bytes;
  shareEach(to.count * to.blocks(), from.size() > SERIAL, [&](int64_t at) {
    const int64_t n = at / to.blocks(), first = at % to.blocks() * block;
    const int64_t end = first + block < from.channels ? first + block : from.channels;
    char* target = y + at * to.plane() * bytes;
    for (int64_t c = first; c < end;) {
      const int64_t left = from.block - c % from.block, run = left < end - c ? left : end - c;
      const int64_t plane = (n * from.blocks() + c / from.block) * from.plane() + c % from.block;
      copyRuns(static_cast<size_t>(run * bytes), x + plane * bytes, pitch, target + (c - first) * bytes, toPitch, pixels);
      c += run;
    }
    const int64_t none = first + block - end;
    for (int64_t p = 0; none > 0 && p < pixels; p++) {
      __builtin_memset(target + p * toPitch + (end - first) * bytes, 0, static_cast<size_t>(none * bytes));
    }
  });
}

}  // namespace

// Whatever its type, an element is only moved.
void relayout(const Images& from, const void* x, int64_t block, void* y, size_t bytes) {
  const auto* floats = static_cast<const float*>(x);
  if (bytes == 4 && from.block == 1 && block == BLOCK) {
    relayoutBlocks<true>(from, floats, static_cast<float*>(y));
  } else if (bytes == 4 && from.block == BLOCK && block == 1) {
    relayoutBlocks<false>(from, floats, static_cast<float*>(y));
  } else if (from.block > 1 && block > 1) {
    relayoutRuns(from, static_cast<const char*>(x), block, static_cast<char*>(y), static_cast<int64_t>(bytes));
  } else if (bytes == 1) {
    relayoutPlanes(from, static_cast<const uint8_t*>(x), block, static_cast<uint8_t*>(y));
  } else if (bytes == 2) {
    relayoutPlanes(from, static_cast<const uint16_t*>(x), block, static_cast<uint16_t*>(y));
  } else {
    relayoutPlanes(from, static_cast<const uint32_t*>(x), block, static_cast<uint32_t*>(y));
  }
}

}  // namespace CONVOY_ISA
}  // namespace convoy
