// Moving numbers: strided copies, random numbers.
#include <cstring>

#include "kernels.h"
#include "parallel.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

constexpr int64_t SERIAL = 16384;

template <class Element>
void copyRow(const CopyArgs& c, const Element* from, Element* to) {
  const int last = c.rank - 1;
  const int64_t n = c.sizes[last], a = c.from[last], b = c.to[last];
  if (a == 1 && b == 1) {
    std::memcpy(to, from, static_cast<size_t>(n) * sizeof(Element));
  } else if (b == 1) {
    for (int64_t i = 0; i < n; i++) to[i] = from[i * a];
  } else {
    for (int64_t i = 0; i < n; i++) to[i * b] = from[i * a];
  }
}

/** Word `index % 4` of the block of random numbers at index / 4. */
CONVOY_INLINE void philox(uint32_t c0, uint32_t c1, const uint32_t key[4], uint32_t out[4]) {
  uint32_t c2 = key[2], c3 = key[3], k0 = key[0], k1 = key[1];
  for (int round = 0; round < 10; round++) {
    const uint64_t p0 = static_cast<uint64_t>(c0) * 0xd2511f53u;
    const uint64_t p2 = static_cast<uint64_t>(c2) * 0xcd9e8d57u;
    c0 = static_cast<uint32_t>(p2 >> 32) ^ c1 ^ k0;
    c1 = static_cast<uint32_t>(p2);
    c2 = static_cast<uint32_t>(p0 >> 32) ^ c3 ^ k1;
    c3 = static_cast<uint32_t>(p0);
    k0 += 0x9e3779b9u;
    k1 += 0xbb67ae85u;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

template <class Element>
void copyRows(const CopyArgs& c) {
  const auto* source = static_cast<const Element*>(c.source);
  auto* target = static_cast<Element*>(c.target);
  int64_t rows = 1;
  for (int axis = 0; axis < c.rank - 1; axis++) rows *= c.sizes[axis];
  const int64_t size = rows * c.sizes[c.rank - 1];
  shareEach(rows, size > SERIAL, [&](int64_t r) {
    int64_t rest = r, from = 0, to = 0;
    for (int axis = c.rank - 2; axis >= 0; axis--) {
      const int64_t index = rest % c.sizes[axis];
      rest /= c.sizes[axis];
      from += index * c.from[axis];
      to += index * c.to[axis];
    }
    copyRow(c, source + from, target + to);
  });
}

}  // namespace

// Whatever its type, an element is only moved.
void copy(const CopyArgs& c) {
  if (c.bytes == 1) return copyRows<uint8_t>(c);
  c.bytes == 2 ? copyRows<uint16_t>(c) : copyRows<uint32_t>(c);
}

void clearPadding(const Images& im, float* x) {
  const int64_t filled = im.channels % im.block;
  if (filled == 0) return;
  shareEach(im.count, im.size() > SERIAL, [&](int64_t n) {
    float* plane = x + ((n + 1) * im.blocks() - 1) * im.plane();
    for (int64_t p = 0; p < im.pixels(); p++) {
      for (int64_t l = filled; l < im.block; l++) plane[p * im.block + l] = 0.0f;
    }
  });
}

void uniform(const UniformArgs& u) {
  const int64_t blocks = (u.size + 3) / 4;
  shareEach(blocks, u.size > SERIAL, [&](int64_t b) {
    uint32_t words[4];
    philox(static_cast<uint32_t>(b), u.stream, u.key, words);
    for (int64_t i = b * 4; i < u.size && i < b * 4 + 4; i++) {
      u.out[i] = static_cast<float>(words[i - b * 4] >> 8) * (1.0f / 16777216.0f);
    }
  });
}

}  // namespace CONVOY_ISA
}  // namespace convoy
