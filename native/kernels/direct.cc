// Convolutions of few input channels, and their weight gradients, by direct summation.
//
// An image is first copied with its padding, its channels side by side without gaps: then the pixels that one
// row of a kernel meets lie behind each other, and each of them is multiplied with the weights of N output
// channels at a time. Sums stay in registers.
#include "lanes.h"
#include "padded.h"
#include "parallel.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

/** How a kernel walks over a padded image. */
struct Walk {
  int64_t pitch;  // floats of a padded row
  int64_t step;   // floats from one output pixel's window to the next one's
  int64_t taps;   // floats that one row of the kernel meets

  CONVOY_INLINE Walk(const Images& in, const Images& out, const Window& w)
      : pitch(directPitch(in, out, w)), step(w.strides[1] * in.channels),
        taps(w.kernel[1] * in.channels) {}
};

/** Copies an image into the middle of zeros. */
CONVOY_INLINE void pad(const Images& in, const Images& out, const Window& w, const float* x, float* to) {
  const int64_t pitch = directPitch(in, out, w), channels = in.channels, block = in.block;
  const int64_t size = directImage(in, out, w), rows = size / pitch;
  for (int64_t i = 0; i < size; i++) to[i] = 0;
  const int64_t left = w.padding[1], width = pitch / channels;
  const int64_t begin = left < 0 ? -left : 0, end = in.width < width - left ? in.width : width - left;
  for (int64_t y = 0; y < in.height; y++) {
    const int64_t row = y + w.padding[0];
    if (row < 0 || row >= rows) continue;
    for (int64_t c = 0; c < channels; c++) {
      const float* from = x + c / block * in.plane() + y * in.width * block + c % block;
      float* target = to + row * pitch + left * channels + c;
      for (int64_t i = begin; i < end; i++) target[i * channels] = from[i * block];
    }
  }
}

/** T pixels of the result, whose windows begin STEP floats apart, or any number of floats where that is 0. */
template <int N, int STEP, int T>
CONVOY_INLINE void pixels(const DirectArgs& a, const Walk& walk, const KernelRows& rows, const float* x,
                          const float* weights, float* y) {
  const int64_t step = STEP ? STEP : walk.step;
  const Lanes<N> bias = load<N>(weights + a.window.kernel[0] * walk.taps * N);
  Lanes<N> sums[T];
#pragma GCC unroll 16
  for (int t = 0; t < T; t++) sums[t] = bias;
  for (int64_t k = rows.begin; k < rows.end; k++) {
    const float *from = x + k * walk.pitch, *w = weights + k * walk.taps * N;
    for (int64_t i = 0; i < walk.taps; i++) {
      const Lanes<N> factor = load<N>(w + i * N);
#pragma GCC unroll 16
      for (int t = 0; t < T; t++) sums[t] += factor * from[t * step + i];
    }
  }
#pragma GCC unroll 16
  for (int t = 0; t < T; t++) store<N>(y + t * N, activate<N>(a.activation, sums[t]));
}

/** A row of the result in steps of T pixels, the last of which may overlap the one before. */
template <int N, int STEP, int T>
CONVOY_INLINE void rowInSteps(const DirectArgs& a, const Walk& walk, const KernelRows& rows,
                              const float* x, const float* weights, float* y) {
  const int64_t width = a.out.width;
  for (int64_t ox = 0; ox < width; ox += T) {
    const int64_t at = ox + T <= width ? ox : width - T;
    pixels<N, STEP, T>(a, walk, rows, x + at * walk.step, weights, y + at * N);
  }
}

/** Pixels of a step: of those there are kernels for, the most that leave the fewest to be done twice. */
CONVOY_INLINE int64_t stepFor(int64_t width) {
  if (width < 4) return 1;
  int64_t best = 4;
  constexpr int64_t steps[] = {8, 10, 12, 14};
  for (const int64_t pixels : steps) {
    const auto all = [width](int64_t step) { return (width + step - 1) / step * step; };
    if (pixels <= width && all(pixels) <= all(best)) best = pixels;
  }
  return best;
}

template <int N, int STEP>
CONVOY_INLINE void row(const DirectArgs& a, const Walk& walk, const KernelRows& rows, const float* x,
                       const float* weights, float* y) {
  switch (stepFor(a.out.width)) {
    case 1: return rowInSteps<N, STEP, 1>(a, walk, rows, x, weights, y);
    case 4: return rowInSteps<N, STEP, 4>(a, walk, rows, x, weights, y);
    case 8: return rowInSteps<N, STEP, 8>(a, walk, rows, x, weights, y);
    case 10: return rowInSteps<N, STEP, 10>(a, walk, rows, x, weights, y);
    case 12: return rowInSteps<N, STEP, 12>(a, walk, rows, x, weights, y);
    case 14: return rowInSteps<N, STEP, 14>(a, walk, rows, x, weights, y);
  }
}

template <int N, int STEP>
void convolveAll(const DirectArgs& a) {
  const Walk walk(a.in, a.out, a.window);
  const int64_t numbers = directNumbers(a.window, a.in.channels);
  const int64_t height = a.out.height;
  share(a.in.count * height, a.out.size() > DIRECT_SERIAL, [&](int64_t begin, int64_t end) {
    float* padded = PADDED(a);
    eachPlane(begin, end, height, [&](int64_t n, int64_t first, int64_t last) {
      pad(a.in, a.out, a.window, a.x + n * a.in.blocks() * a.in.plane(), padded);
      for (int64_t block = 0; block < a.out.blocks(); block++) {
        float* y = a.y + (n * a.out.blocks() + block) * a.out.plane();
        for (int64_t oy = first; oy < last; oy++) {
          row<N, STEP>(a, walk, KernelRows(a.in, a.window, oy),
                 padded + oy * a.window.strides[0] * walk.pitch, a.weights + block * numbers * N,
                 y + oy * a.out.width * N);
        }
      }
    });
  });
}

/** Distances that the compiler knows need no registers. */
template <int N>
void convolve(const DirectArgs& a) {
  switch (a.window.strides[1] * a.in.channels) {
    case 1: return convolveAll<N, 1>(a);
    case 3: return convolveAll<N, 3>(a);
    default: return convolveAll<N, 0>(a);
  }
}

/** Adds what an image gives to the sums of R rows of a kernel, each of TAPS numbers. */
template <int N, int R, int TAPS>
CONVOY_INLINE void addImage(const ConvSumsArgs& a, const Walk& walk, const float* x, const float* dy,
                            float* sums) {
  Lanes<N> totals[R][TAPS];
#pragma GCC unroll 32
  for (int k = 0; k < R; k++) {
#pragma GCC unroll 32
    for (int i = 0; i < TAPS; i++) totals[k][i] = load<N>(sums + (k * TAPS + i) * N);
  }
  for (int64_t oy = 0; oy < a.out.height; oy++) {
    const float* from = x + oy * a.window.strides[0] * walk.pitch;
    for (int64_t ox = 0; ox < a.out.width; ox++, dy += N, from += walk.step) {
      const Lanes<N> d = load<N>(dy);
#pragma GCC unroll 32
      for (int k = 0; k < R; k++) {
#pragma GCC unroll 32
        for (int i = 0; i < TAPS; i++) totals[k][i] += d * from[k * walk.pitch + i];
      }
    }
  }
#pragma GCC unroll 32
  for (int k = 0; k < R; k++) {
#pragma GCC unroll 32
    for (int i = 0; i < TAPS; i++) store<N>(sums + (k * TAPS + i) * N, totals[k][i]);
  }
}

/** All rows of the kernel, R at a time, and the sum of dy behind them. */
template <int N, int R, int TAPS>
CONVOY_INLINE void addKernel(const ConvSumsArgs& a, const Walk& walk, const float* padded,
                             const float* dy, float* sums) {
  const int64_t height = a.window.kernel[0], pixels = a.out.pixels();
  int64_t k = 0;
  for (; k + R <= height; k += R) {
    addImage<N, R, TAPS>(a, walk, padded + k * walk.pitch, dy, sums + k * TAPS * N);
  }
  for (; k < height; k++) {
    addImage<N, 1, TAPS>(a, walk, padded + k * walk.pitch, dy, sums + k * TAPS * N);
  }
  if (!a.bias) return;
  float* last = sums + height * TAPS * N;
  Lanes<N> total = load<N>(last);
  for (int64_t p = 0; p < pixels; p++) total += load<N>(dy + p * N);
  store<N>(last, total);
}

template <int N, int R, int TAPS>
void sumAll(const ConvSumsArgs& a) {
  const Walk walk(a.in, a.out, a.window);
  const int64_t numbers = directNumbers(a.window, a.in.channels), blocks = a.out.blocks();
  float* padded = PADDED(a);
  if (a.opens) {
    for (int64_t i = 0; i < blocks * numbers * N; i++) a.sums[i] = 0;
  }
  for (int64_t n = 0; n < a.in.count; n++) {
    pad(a.in, a.out, a.window, a.x + n * a.in.blocks() * a.in.plane(), padded);
    for (int64_t block = 0; block < blocks; block++) {
      addKernel<N, R, TAPS>(a, walk, padded, a.dy + (n * blocks + block) * a.out.plane(),
                            a.sums + block * numbers * N);
    }
  }
}

/** As many rows of a kernel at a time as leave their sums in 32 registers. */
template <int N>
void sumOf(const ConvSumsArgs& a) {
  switch (a.window.kernel[1] * a.in.channels) {
    case 3: return sumAll<N, 3, 3>(a);
    case 5: return sumAll<N, 5, 5>(a);
    case 7: return sumAll<N, 4, 7>(a);
    case 9: return sumAll<N, 3, 9>(a);
    case 15: return sumAll<N, 1, 15>(a);
    case 21: return sumAll<N, 1, 21>(a);
    case 30: return sumAll<N, 1, 30>(a);
  }
}

}  // namespace

void directWeights(const DirectWeightsArgs& a) {
  const int64_t area = a.height * a.width, block = a.block, numbers = area * a.inputs + 1;
  for (int64_t o = 0; o < (a.outputs + block - 1) / block * block; o++) {
    float* lane = a.to + o / block * numbers * block + o % block;
    const bool used = o < a.outputs;
    for (int64_t i = 0; i < a.inputs; i++) {
      const float* w = a.w + (a.turned ? i * a.outputs + o : o * a.inputs + i) * area;
      for (int64_t k = 0; k < area; k++) {
        lane[(k * a.inputs + i) * block] = used ? w[a.turned ? area - 1 - k : k] : 0.0f;
      }
    }
    lane[(numbers - 1) * block] = a.bias && used ? a.bias[o] : 0.0f;
  }
}

void direct(const DirectArgs& a) { a.out.block == 8 ? convolve<8>(a) : convolve<16>(a); }

void directSums(const ConvSumsArgs& a) { a.out.block == 8 ? sumOf<8>(a) : sumOf<16>(a); }

}  // namespace CONVOY_ISA
}  // namespace convoy
