// Sums and maxima over axes and segments, softmax, one-hot rows, and the dot product of vectors.
#include "kernels.h"
#include "math.h"
#include "parallel.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

constexpr int64_t SERIAL = 16384;
constexpr int64_t LANES = 16;

struct Sum {
  static CONVOY_INLINE float start() { return 0.0f; }
  static CONVOY_INLINE float join(float a, float b) { return a + b; }
};

struct Largest {
  static CONVOY_INLINE float start() { return -__builtin_inff(); }
  static CONVOY_INLINE float join(float a, float b) { return b > a || b != b ? b : a; }
};

template <class Op>
float row(const float* x, int64_t count) {
  float lanes[LANES];
  for (int64_t l = 0; l < LANES; l++) lanes[l] = Op::start();
  int64_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    for (int64_t l = 0; l < LANES; l++) lanes[l] = Op::join(lanes[l], x[i + l]);
  }
  for (; i < count; i++) lanes[0] = Op::join(lanes[0], x[i]);
  for (int64_t width = LANES / 2; width > 0; width /= 2) {
    for (int64_t l = 0; l < width; l++) lanes[l] = Op::join(lanes[l], lanes[l + width]);
  }
  return lanes[0];
}

/** Fewer numbers than there are lanes, one after the other. */
template <class Op>
CONVOY_INLINE float shortRow(const float* x, int64_t count) {
  float result = Op::start();
  for (int64_t i = 0; i < count; i++) result = Op::join(result, x[i]);
  return result;
}

/** One strip of up to 64 adjacent columns, reduced over `count` rows. */
template <class Op>
void columns(const float* x, float* y, int64_t count, int64_t inner, int64_t width) {
  float sums[64];
  for (int64_t i = 0; i < width; i++) sums[i] = Op::start();
  for (int64_t c = 0; c < count; c++) {
    for (int64_t i = 0; i < width; i++) sums[i] = Op::join(sums[i], x[c * inner + i]);
  }
  for (int64_t i = 0; i < width; i++) y[i] = sums[i];
}

template <class Op>
void reduce(const float* x, float* y, int64_t outer, int64_t count, int64_t inner) {
  if (inner == 1 && count < LANES) {
    return shareEach(outer, outer * count > SERIAL, [&](int64_t o) { y[o] = shortRow<Op>(x + o * count, count); });
  }
  const int64_t strips = (inner + 63) / 64;
  shareEach(outer * strips, outer * count * inner > SERIAL, [&](int64_t at) {
    const int64_t o = at / strips;
    const int64_t first = at % strips * 64;
    if (inner == 1) {
      y[o] = row<Op>(x + o * count, count);
    } else {
      columns<Op>(x + o * count * inner + first, y + o * inner + first, count, inner,
                  inner - first < 64 ? inner - first : 64);
    }
  });
}

void logSoftmaxRow(const float* from, float* to, int64_t count) {
  const float largest = row<Largest>(from, count);
  for (int64_t i = 0; i < count; i++) to[i] = expOf(from[i] - largest);
  const float total = largest + logOf(row<Sum>(to, count));
  for (int64_t i = 0; i < count; i++) to[i] = from[i] - total;
}

/** Up to LANES rows of fewer than LANES numbers. */
void logSoftmaxRows(const float* from, float* to, int64_t rows, int64_t count) {
  float columns[LANES][LANES], largest[LANES], total[LANES];
  for (int64_t l = 0; l < LANES; l++) largest[l] = Largest::start();
  for (int64_t i = 0; i < count; i++) {
    // Lanes behind the last row repeat it.
    for (int64_t l = 0; l < LANES; l++) columns[i][l] = from[(l < rows ? l : rows - 1) * count + i];
    for (int64_t l = 0; l < LANES; l++) largest[l] = Largest::join(largest[l], columns[i][l]);
  }
  for (int64_t l = 0; l < LANES; l++) total[l] = 0.0f;
  for (int64_t i = 0; i < count; i++) {
    for (int64_t l = 0; l < LANES; l++) total[l] += expOf(columns[i][l] - largest[l]);
  }
  for (int64_t l = 0; l < LANES; l++) total[l] = largest[l] + logOf(total[l]);
  for (int64_t l = 0; l < rows; l++) {
    for (int64_t i = 0; i < count; i++) to[l * count + i] = columns[i][l] - total[l];
  }
}

/** Bits that order as the number does; NaN above all. */
CONVOY_INLINE uint32_t orderOf(float x) {
  uint32_t bits;
  __builtin_memcpy(&bits, &x, sizeof bits);
  if (x != x) return 0xffffffffu;
  return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

CONVOY_INLINE float inOrder(uint32_t order) {
  const uint32_t bits = order & 0x80000000u ? order & 0x7fffffffu : ~order;
  float x;
  __builtin_memcpy(&x, &bits, sizeof x);
  return x;
}

/** Digit by digit from the highest: how many numbers of the row begin as the wanted one does, by their next digit. */
float kthOfRow(const float* x, int64_t count, int64_t k) {
  constexpr int DIGIT = 8;
  int64_t left = k;
  uint32_t found = 0, known = 0;
  for (int shift = 32 - DIGIT; shift >= 0; shift -= DIGIT) {
    int64_t counts[1 << DIGIT] = {};
    for (int64_t i = 0; i < count; i++) {
      const uint32_t order = orderOf(x[i]);
      if ((order & known) == found) counts[order >> shift & ((1u << DIGIT) - 1)]++;
    }
    uint32_t digit = (1u << DIGIT) - 1;
    while (left > counts[digit]) left -= counts[digit--];
    found |= digit << shift;
    known |= ((1u << DIGIT) - 1) << shift;
  }
  return inOrder(found);
}

}  // namespace

void kthLargest(const float* x, float* y, int64_t rows, int64_t count, int64_t k) {
  shareEach(rows, rows * count > SERIAL, [&](int64_t r) { y[r] = kthOfRow(x + r * count, count, k); });
}

void reduceSum(const float* x, float* y, int64_t outer, int64_t count, int64_t inner) {
  reduce<Sum>(x, y, outer, count, inner);
}

void reduceMax(const float* x, float* y, int64_t outer, int64_t count, int64_t inner) {
  reduce<Largest>(x, y, outer, count, inner);
}

void sumPixels(const Images& im, const float* x, float* y) {
  const int64_t planes = im.count * im.blocks();
  shareEach(planes, im.size() > SERIAL, [&](int64_t p) {
    const int64_t first = p % im.blocks() * im.block;
    float* to = y + p / im.blocks() * im.channels + first;
    const int64_t lanes = im.channels - first < im.block ? im.channels - first : im.block;
    const float* plane = x + p * im.plane();
    if (im.block == 1) {
      *to = row<Sum>(plane, im.pixels());
      return;
    }
    for (int64_t l = 0; l < lanes; l += 64) {
      columns<Sum>(plane + l, to + l, im.pixels(), im.block, lanes - l < 64 ? lanes - l : 64);
    }
  });
}

// Double precision: a segment may be a layer of millions of numbers.
void segmentSum(const float* x, float* y, const int64_t* offsets, int64_t count) {
#pragma omp parallel for schedule(dynamic) if (offsets[count] > SERIAL)
  for (int64_t s = 0; s < count; s++) {
    double lanes[8] = {0};
    int64_t i = offsets[s];
    for (; i + 8 <= offsets[s + 1]; i += 8) {
      for (int64_t l = 0; l < 8; l++) lanes[l] += static_cast<double>(x[i + l]);
    }
    for (; i < offsets[s + 1]; i++) lanes[0] += static_cast<double>(x[i]);
    double total = 0;
    for (int64_t l = 0; l < 8; l++) total += lanes[l];
    y[s] = static_cast<float>(total);
  }
}

void segmentExpand(const float* x, float* y, const int64_t* offsets, int64_t count) {
#pragma omp parallel for schedule(dynamic) if (offsets[count] > SERIAL)
  for (int64_t s = 0; s < count; s++) {
    for (int64_t i = offsets[s]; i < offsets[s + 1]; i++) y[i] = x[s];
  }
}

void logSoftmax(const float* x, float* y, int64_t rows, int64_t count) {
  const bool enough = rows * count > SERIAL;
  if (count >= LANES) {
    return shareEach(rows, enough, [&](int64_t r) { logSoftmaxRow(x + r * count, y + r * count, count); });
  }
  // Rows are lanes where there are fewer columns than lanes: of classes of pixels there are few, of pixels many.
  const int64_t groups = (rows + LANES - 1) / LANES;
  shareEach(groups, enough, [&](int64_t g) {
    const int64_t first = g * LANES, left = rows - first < LANES ? rows - first : LANES;
    logSoftmaxRows(x + first * count, y + first * count, left, count);
  });
}

void oneHot(const int32_t* labels, float* y, int64_t rows, int64_t classes) {
  for (int64_t r = 0; r < rows; r++) {
    for (int64_t c = 0; c < classes; c++) y[r * classes + c] = labels[r] == c ? 1.0f : 0.0f;
  }
}

// Parts of a fixed length are summed in lanes of double precision and added in order, so that the
// result does not depend on the number of threads.
double dot(const float* a, const float* b, int64_t size) {
  constexpr int64_t PART = 8192;
  constexpr int64_t AT_ONCE = 64;
  double total = 0;
  for (int64_t start = 0; start < size; start += PART * AT_ONCE) {
    double sums[AT_ONCE] = {0};
    const int64_t left = size - start;
    const int64_t parts = left < PART * AT_ONCE ? (left + PART - 1) / PART : AT_ONCE;
    shareEach(parts, left > SERIAL, [&](int64_t p) {
      const int64_t begin = start + p * PART;
      const int64_t end = begin + PART < size ? begin + PART : size;
      double lanes[8] = {0};
      int64_t i = begin;
      for (; i + 8 <= end; i += 8) {
        for (int64_t l = 0; l < 8; l++) lanes[l] += static_cast<double>(a[i + l]) * b[i + l];
      }
      for (; i < end; i++) lanes[0] += static_cast<double>(a[i]) * b[i];
      for (int64_t l = 0; l < 8; l++) sums[p] += lanes[l];
    });
    for (int64_t p = 0; p < parts; p++) total += sums[p];
  }
  return total;
}

// As `dot`: parts of a fixed length, in lanes, added in order.
void norms(const float* x, int64_t size, float* y) {
  constexpr int64_t PART = 8192;
  constexpr int64_t AT_ONCE = 64;
  double totals[2] = {0, 0};
  for (int64_t start = 0; start < size; start += PART * AT_ONCE) {
    double sums[AT_ONCE][2] = {};
    const int64_t left = size - start;
    const int64_t parts = left < PART * AT_ONCE ? (left + PART - 1) / PART : AT_ONCE;
    shareEach(parts, left > SERIAL, [&](int64_t p) {
      const int64_t begin = start + p * PART;
      const int64_t end = begin + PART < size ? begin + PART : size;
      double magnitudes[8] = {0}, squares[8] = {0};
      const auto add = [&](int64_t i, int64_t l) {
        const double value = x[i + l];
        magnitudes[l] += __builtin_fabs(value);
        squares[l] += value * value;
      };
      int64_t i = begin;
      for (; i + 8 <= end; i += 8) {
        for (int64_t l = 0; l < 8; l++) add(i, l);
      }
      for (; i < end; i++) add(i, 0);
      for (int64_t l = 0; l < 8; l++) {
        sums[p][0] += magnitudes[l];
        sums[p][1] += squares[l];
      }
    });
    for (int64_t p = 0; p < parts; p++) {
      totals[0] += sums[p][0];
      totals[1] += sums[p][1];
    }
  }
  y[0] = static_cast<float>(totals[0]);
  y[1] = static_cast<float>(totals[1]);
}

}  // namespace CONVOY_ISA
}  // namespace convoy
