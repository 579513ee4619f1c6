// Convolutions of few channels to fewer than a block of them, and their weight gradients: lanes are columns of the
// result, and every channel is a plane of its own. A first layer of six channels would leave 10 of 16 lanes idle
// if they were channels; of a row of 28 pixels it leaves four of 32.
#include "lanes.h"
#include "padded.h"
#include "parallel.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

constexpr int N = PLANAR_LANES;

/** Copies an image into the middle of zeros, channel by channel. */
CONVOY_INLINE void pad(const Images& in, const Images& out, const Window& w, const float* x, float* to) {
  const int64_t pitch = directPitch(in, out, w) / in.channels, size = directImage(in, out, w);
  const int64_t rows = size / in.channels / pitch, block = in.block, left = w.padding[1];
  for (int64_t i = 0; i < size; i++) to[i] = 0;
  const int64_t begin = left < 0 ? -left : 0, end = in.width < pitch - left ? in.width : pitch - left;
  for (int64_t c = 0; c < in.channels; c++, to += rows * pitch) {
    const float* from = x + c / block * in.plane() + c % block;
    for (int64_t y = 0; y < in.height; y++) {
      const int64_t row = y + w.padding[0];
      if (row < 0 || row >= rows) continue;
      for (int64_t i = begin; i < end; i++) to[row * pitch + left + i] = from[(y * in.width + i) * block];
    }
  }
}

/** Sizes of a padded image, and the columns at which lanes begin: the last ones may overlap those before. */
struct Plane {
  int64_t pitch, size, steps, last;

  CONVOY_INLINE Plane(const Images& in, const Images& out, const Window& w)
      : pitch(directPitch(in, out, w) / in.channels), size(directImage(in, out, w) / in.channels),
        steps((out.width + N - 1) / N), last(out.width - N) {}
  CONVOY_INLINE int64_t column(int64_t step) const { return step + 1 < steps ? step * N : last; }
};

/** N columns of a row, at S places, of all O channels of the result. */
template <int O, int S>
CONVOY_INLINE void columns(const DirectArgs& a, const Plane& plane, const KernelRows& rows, const float* x,
                           int64_t step, float* y) {
  const int64_t inputs = a.in.channels, width = a.window.kernel[1];
  const float* bias = a.weights + a.window.kernel[0] * width * inputs * PLANAR_BLOCK;
  Lanes<N> sums[O][S];
#pragma GCC unroll 8
  for (int o = 0; o < O; o++) {
#pragma GCC unroll 2
    for (int s = 0; s < S; s++) sums[o][s] = Lanes<N>{} + bias[o];
  }
  for (int64_t k = rows.begin; k < rows.end; k++) {
    for (int64_t c = 0; c < inputs; c++) {
      const float* from = x + c * plane.size + k * plane.pitch;
      for (int64_t i = 0; i < width; i++) {
        const float* w = a.weights + ((k * width + i) * inputs + c) * PLANAR_BLOCK;
        Lanes<N> pixels[S];
#pragma GCC unroll 2
        for (int s = 0; s < S; s++) pixels[s] = load<N>(from + i + plane.column(step + s));
#pragma GCC unroll 8
        for (int o = 0; o < O; o++) {
#pragma GCC unroll 2
          for (int s = 0; s < S; s++) sums[o][s] += pixels[s] * w[o];
        }
      }
    }
  }
#pragma GCC unroll 8
  for (int o = 0; o < O; o++) {
#pragma GCC unroll 2
    for (int s = 0; s < S; s++) {
      store<N>(y + o * a.out.pixels() + plane.column(step + s), activate<N>(a.activation, sums[o][s]));
    }
  }
}

template <int O>
void convolveAll(const DirectArgs& a) {
  const Plane plane(a.in, a.out, a.window);
  const int64_t height = a.out.height;
  share(a.in.count * height, a.out.size() > DIRECT_SERIAL, [&](int64_t begin, int64_t end) {
    float* padded = PADDED(a);
    eachPlane(begin, end, height, [&](int64_t n, int64_t first, int64_t last) {
      pad(a.in, a.out, a.window, a.x + n * a.in.blocks() * a.in.plane(), padded);
      for (int64_t oy = first; oy < last; oy++) {
        const KernelRows rows(a.in, a.window, oy);
        const float* x = padded + oy * a.window.strides[0] * plane.pitch;
        float* y = a.y + n * O * a.out.pixels() + oy * a.out.width;
        int64_t step = 0;
        for (; step + 2 <= plane.steps; step += 2) columns<O, 2>(a, plane, rows, x, step, y);
        if (step < plane.steps) columns<O, 1>(a, plane, rows, x, step, y);
      }
    });
  });
}

/** The sums of a row, TAPS wide, of the kernels of O channels. */
template <int O, int TAPS>
struct RowSums {
  Lanes<N> lanes[O][TAPS] = {};

  /** What N columns add; lanes that are not `counted` belong to the columns before. */
  CONVOY_INLINE void add(const float* x, const float* dy, int64_t channel, IntLanes<N> counted) {
    const Lanes<N> zero = {};
    Lanes<N> grads[O];
#pragma GCC unroll 3
    for (int o = 0; o < O; o++) grads[o] = counted ? load<N>(dy + o * channel) : zero;
    // Two loads and shifts between them: loads that straddle lines of the cache take twice as long.
    const Lanes<N> first = load<N>(x), second = load<N>(x + N);
#pragma GCC unroll 7
    for (int i = 0; i < TAPS; i++) {
      IntLanes<N> from;
#pragma GCC unroll 16
      for (int l = 0; l < N; l++) from[l] = l + i;
      const Lanes<N> pixels = __builtin_shuffle(first, second, from);
#pragma GCC unroll 3
      for (int o = 0; o < O; o++) lanes[o][i] += grads[o] * pixels;
    }
  }

  /** Adds them to sums that lie `gap` apart from tap to tap. */
  CONVOY_INLINE void addTo(float* sums, int64_t gap) const {
#pragma GCC unroll 3
    for (int o = 0; o < O; o++) {
#pragma GCC unroll 7
      for (int i = 0; i < TAPS; i++) sums[i * gap + o] += total(lanes[o][i]);
    }
  }
};

/** Adds what an image gives to the sums of O channels at row k of the kernel. */
template <int O, int TAPS>
CONVOY_INLINE void addKernelRow(const ConvSumsArgs& a, const Plane& plane, int64_t k, const float* x,
                                const float* dy, float* sums) {
  IntLanes<N> lane;
  for (int32_t l = 0; l < N; l++) lane[l] = l;
  const IntLanes<N> all = lane >= IntLanes<N>{};
  const int64_t before = (plane.steps - 1) * N;
  const IntLanes<N> counted = lane >= IntLanes<N>{} + static_cast<int32_t>(before - plane.last);
  RowSums<O, TAPS> row;
  for (int64_t oy = 0; oy < a.out.height; oy++) {
    const float* pixels = x + (oy * a.window.strides[0] + k) * plane.pitch;
    const float* grads = dy + oy * a.out.width;
    for (int64_t at = 0; at < before; at += N) row.add(pixels + at, grads + at, a.out.pixels(), all);
    row.add(pixels + plane.last, grads + plane.last, a.out.pixels(), counted);
  }
  row.addTo(sums, a.in.channels * PLANAR_BLOCK);
}

/** All rows of the kernels of O channels. */
template <int O, int TAPS>
void addKernels(const ConvSumsArgs& a, const Plane& plane, const float* padded, const float* dy, float* sums) {
  const int64_t inputs = a.in.channels;
  for (int64_t k = 0; k < a.window.kernel[0]; k++) {
    for (int64_t c = 0; c < inputs; c++) {
      addKernelRow<O, TAPS>(a, plane, k, padded + c * plane.size, dy,
                            sums + (k * TAPS * inputs + c) * PLANAR_BLOCK);
    }
  }
}

/** Behind all others the sums of dy. */
CONVOY_INLINE void addBias(const ConvSumsArgs& a, const float* dy, float* sums) {
  const int64_t pixels = a.out.pixels();
  for (int64_t o = 0; o < a.out.channels; o++, dy += pixels) {
    float total = 0;
#pragma omp simd reduction(+ : total)
    for (int64_t p = 0; p < pixels; p++) total += dy[p];
    sums[o] += total;
  }
}

template <int TAPS>
void sumAll(const ConvSumsArgs& a) {
  const Plane plane(a.in, a.out, a.window);
  const int64_t numbers = directNumbers(a.window, a.in.channels), pixels = a.out.pixels();
  float* padded = PADDED(a);
  if (a.opens) {
    for (int64_t i = 0; i < numbers * PLANAR_BLOCK; i++) a.sums[i] = 0;
  }
  for (int64_t n = 0; n < a.in.count; n++) {
    pad(a.in, a.out, a.window, a.x + n * a.in.blocks() * a.in.plane(), padded);
    const float* dy = a.dy + n * a.out.channels * pixels;
    int64_t o = 0;
    for (; o + 3 <= a.out.channels; o += 3) addKernels<3, TAPS>(a, plane, padded, dy + o * pixels, a.sums + o);
    if (o + 2 <= a.out.channels) {
      addKernels<2, TAPS>(a, plane, padded, dy + o * pixels, a.sums + o);
    } else if (o < a.out.channels) {
      addKernels<1, TAPS>(a, plane, padded, dy + o * pixels, a.sums + o);
    }
    if (a.bias) addBias(a, dy, a.sums + (numbers - 1) * PLANAR_BLOCK);
  }
}

}  // namespace

void planar(const DirectArgs& a) {
  switch (a.out.channels) {
    case 1: return convolveAll<1>(a);
    case 2: return convolveAll<2>(a);
    case 3: return convolveAll<3>(a);
    case 4: return convolveAll<4>(a);
    case 5: return convolveAll<5>(a);
    case 6: return convolveAll<6>(a);
    case 7: return convolveAll<7>(a);
    case 8: return convolveAll<8>(a);
  }
}

void planarSums(const ConvSumsArgs& a) {
  switch (a.window.kernel[1]) {
    case 3: return sumAll<3>(a);
    case 5: return sumAll<5>(a);
    case 7: return sumAll<7>(a);
  }
}

}  // namespace CONVOY_ISA
}  // namespace convoy
