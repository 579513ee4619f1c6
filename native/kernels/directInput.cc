// Input gradients of convolutions of few input channels, by direct summation.
//
// With channels side by side, all that a pixel of dy gives to one row of dx, a row of the kernel times all
// channels, lies in one piece. Those are the lanes here: 30 of 32 for a 5x5 kernel of six channels, where
// lanes of channels would be idle but for six of 16. Pieces are summed over the rows of the kernel and all
// output channels in registers; only then are they, which overlap, put together to a row of dx.
#include "kernels.h"
#include "lanes.h"
#include "parallel.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

constexpr int N = DIRECT_LANES, PIXEL = DIRECT_PIXEL;

/** The rows of the kernel, `step` apart, that bring rows of dy to a row of dx, and the first such row of dy;
 * the others lie one before the other. */
struct Meetings {
  int64_t begin, end, step, row;

  CONVOY_INLINE Meetings(const DirectInputGradArgs& a, int64_t target) : step(a.window.strides[0]) {
    const int64_t top = target + a.window.padding[0], height = a.window.kernel[0];
    const int64_t least = top - (a.out.height - 1) * step;
    begin = least > 0 ? least : (top % step + step) % step;
    end = top < height ? top + 1 : height;
    row = (top - begin) / step;
  }
};

/** What T pixels of dy, side by side, give to a row of dx: V registers each; B channels to a block of dy. */
template <int V, int B, int T>
CONVOY_INLINE void sumPieces(const DirectInputGradArgs& a, const Meetings& m, const float* dy, float* to) {
  Lanes<N> sums[T][V] = {};
  const int64_t channels = a.out.channels, pitch = a.out.width * B;
  const float* row = dy + m.row * pitch;
  for (int64_t k = m.begin; k < m.end; k += m.step, row -= pitch) {
    const float *from = row, *w = a.weights + k * channels * V * N;
    for (int64_t begin = 0; begin < channels; begin += B, from += a.out.plane()) {
      const int64_t count = channels - begin < B ? channels - begin : B;
      for (int64_t c = 0; c < count; c++, w += V * N) {
#pragma GCC unroll 8
        for (int t = 0; t < T; t++) {
#pragma GCC unroll 3
          for (int v = 0; v < V; v++) sums[t][v] += load<N>(w + v * N) * from[t * B + c];
        }
      }
    }
  }
#pragma GCC unroll 8
  for (int t = 0; t < T; t++) {
#pragma GCC unroll 3
    for (int v = 0; v < V; v++) store<N>(to + (t * V + v) * N, sums[t][v]);
  }
}

/** A row of pieces in steps of T pixels, the last of which may overlap the one before. */
template <int V, int B, int T>
void sumRow(const DirectInputGradArgs& a, const Meetings& m, const float* dy, float* pieces) {
  const int64_t width = a.out.width;
  for (int64_t x = 0; x < width; x += T) {
    const int64_t at = x + T <= width ? x : width - T;
    sumPieces<V, B, T>(a, m, dy + at * B, pieces + at * V * N);
  }
}

/** As few steps as there can be of up to eight pixels. */
template <int V, int B>
CONVOY_INLINE void sumRowInSteps(const DirectInputGradArgs& a, const Meetings& m, const float* dy,
                                 float* pieces) {
  const int64_t width = a.out.width, steps = (width + 7) / 8;
  switch ((width + steps - 1) / steps) {
    case 1: return sumRow<V, B, 1>(a, m, dy, pieces);
    case 2: return sumRow<V, B, 2>(a, m, dy, pieces);
    case 3: return sumRow<V, B, 3>(a, m, dy, pieces);
    case 4: return sumRow<V, B, 4>(a, m, dy, pieces);
    case 5: return sumRow<V, B, 5>(a, m, dy, pieces);
    case 6: return sumRow<V, B, 6>(a, m, dy, pieces);
    case 7: return sumRow<V, B, 7>(a, m, dy, pieces);
    default: return sumRow<V, B, 8>(a, m, dy, pieces);
  }
}

/** Adds pieces of `length` floats up where they belong. */
CONVOY_INLINE void putTogether(const DirectInputGradArgs& a, const float* pieces, int64_t length, float* dx) {
  const int64_t channels = a.in.channels, width = a.in.width, kernel = a.window.kernel[1];
  Lanes<PIXEL> zero = {};
  IntLanes<PIXEL> lane;
  for (int32_t l = 0; l < PIXEL; l++) lane[l] = l;
  const IntLanes<PIXEL> used = lane < IntLanes<PIXEL>{} + static_cast<int32_t>(channels);
  for (int64_t x = 0; x < width; x++) store<PIXEL>(dx + x * PIXEL, zero);
  for (int64_t x = 0; x < a.out.width; x++) {
    const int64_t left = x * a.window.strides[1] - a.window.padding[1];
    const int64_t begin = left < 0 ? -left : 0, end = width - left < kernel ? width - left : kernel;
    for (int64_t k = begin; k < end; k++) {
      const Lanes<PIXEL> piece = load<PIXEL>(pieces + x * length + k * channels);
      float* to = dx + (left + k) * PIXEL;
      store<PIXEL>(to, load<PIXEL>(to) + (used ? piece : zero));
    }
  }
}

template <int V, int B>
void inputGradAll(const DirectInputGradArgs& a) {
  const int64_t rows = a.in.count * a.in.height, size = a.out.width * V * N + PIXEL;
  share(rows, a.in.size() > DIRECT_SERIAL, [&](int64_t begin, int64_t end) {
    float* pieces = static_cast<float*>(
        __builtin_alloca_with_align(static_cast<size_t>(size) * sizeof(float), 512));
    for (int64_t l = 0; l < PIXEL; l++) pieces[size - PIXEL + l] = 0;
    for (int64_t r = begin; r < end; r++) {
      const float* dy = a.dy + r / a.in.height * a.out.blocks() * a.out.plane();
      sumRowInSteps<V, B>(a, Meetings(a, r % a.in.height), dy, pieces);
      putTogether(a, pieces, V * N, a.dx + r * a.in.width * PIXEL);
    }
  });
}

template <int B>
CONVOY_INLINE void inputGrad(const DirectInputGradArgs& a) {
  switch (directVectors(a.window, a.in.channels)) {
    case 1: return inputGradAll<1, B>(a);
    case 2: return inputGradAll<2, B>(a);
    case 3: return inputGradAll<3, B>(a);
  }
}

}  // namespace

void directInputWeights(const DirectWeightsArgs& a) {
  const int64_t row = a.width * a.inputs, lanes = (row + N - 1) / N * N;
  for (int64_t o = 0; o < a.outputs; o++) {
    for (int64_t y = 0; y < a.height; y++) {
      float* to = a.to + (y * a.outputs + o) * lanes;
      for (int64_t i = 0; i < a.inputs; i++) {
        const float* w = a.w + ((o * a.inputs + i) * a.height + y) * a.width;
        for (int64_t x = 0; x < a.width; x++) to[x * a.inputs + i] = w[x];
      }
      for (int64_t l = row; l < lanes; l++) to[l] = 0.0f;
    }
  }
}

void directInputGrad(const DirectInputGradArgs& a) { a.out.block == 8 ? inputGrad<8>(a) : inputGrad<16>(a); }

}  // namespace CONVOY_ISA
}  // namespace convoy
