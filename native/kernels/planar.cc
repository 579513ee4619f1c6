// Convolutions from or to fewer channels than a block of them, and their gradients: lanes are columns of the result, and
// every channel is a plane of its own. A first layer of six channels would leave 10 of 16 lanes idle if they were
// channels; of a row of 28 pixels it leaves four of 32. Images are padded on the stack, some rows at a time.
#include "lanes.h"
#include "padded.h"
#include "parallel.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

constexpr int N = PLANAR_LANES;

/** Some rows of the result: the padded rows that they need lie one channel behind the other, and of the columns at
 * which lanes begin the last may overlap those before. */
struct Band {
  int64_t first, last;  // rows of the result
  int64_t pitch, rows, size, steps, column_;

  CONVOY_INLINE Band(const Images& in, const Images& out, const Window& w, int64_t begin, int64_t end)
      : first(begin), last(end), pitch(directPitch(in, out, w) / in.channels),
        rows((end - begin - 1) * w.strides[0] + w.kernel[0]), size(rows * pitch), steps((out.width + N - 1) / N),
        column_(out.width - N) {}
  CONVOY_INLINE int64_t column(int64_t step) const { return step + 1 < steps ? step * N : column_; }
};

CONVOY_INLINE void clear(float* from, float* to) {
  for (; from < to; from++) *from = 0;
}

/** Copies the rows of an image that a band needs, zeros around, channel by channel. */
CONVOY_INLINE void pad(const Images& in, const Window& w, const Band& band, const float* x, float* to) {
  const int64_t block = in.block, left = w.padding[1], top = band.first * w.strides[0] - w.padding[0];
  const int64_t begin = left < 0 ? -left : 0, end = in.width < band.pitch - left ? in.width : band.pitch - left;
  for (int64_t c = 0; c < in.channels; c++) {
    const float* from = x + c / block * in.plane() + c % block;
    for (int64_t row = top; row < top + band.rows; row++, to += band.pitch) {
      if (row < 0 || row >= in.height || end <= begin) {
        clear(to, to + band.pitch);
        continue;
      }
      clear(to, to + left + begin);
      const float* pixels = from + row * in.width * block;
      for (int64_t i = begin; i < end; i++) to[left + i] = pixels[i * block];
      clear(to + left + end, to + band.pitch);
    }
  }
}

/** Room for the padded rows of as many rows of the result as are made at a time, and a register's behind it that may be
 * read. */
#define BAND_ROOM(ARGS)                                                                     \
  static_cast<float*>(__builtin_alloca_with_align(                                          \
      static_cast<size_t>((ARGS).in.channels * Band((ARGS).in, (ARGS).out, (ARGS).window, 0, \
                                                    planarBand((ARGS).in, (ARGS).out, (ARGS).window)).size + \
                          DIRECT_LANES) * sizeof(float),                                    \
      512))

/** Calls turn(band) for rows [first, last) of an image of the result. */
template <class Args, class Turn>
CONVOY_INLINE void eachBand(const Args& a, int64_t first, int64_t last, const Turn& turn) {
  const int64_t most = planarBand(a.in, a.out, a.window);
  for (; first < last; first += most) {
    turn(Band(a.in, a.out, a.window, first, first + most < last ? first + most : last));
  }
}

/** N columns of a row, at S places, of O channels of the result. */
template <int O, int S>
CONVOY_INLINE void columns(const DirectArgs& a, const Band& band, const KernelRows& rows, const float* x,
                           const float* weights, int64_t step, float* y) {
  const int64_t inputs = a.in.channels, width = a.window.kernel[1];
  const float* bias = weights + a.window.kernel[0] * width * inputs * PLANAR_BLOCK;
  Lanes<N> sums[O][S];
#pragma GCC unroll 8
  for (int o = 0; o < O; o++) {
#pragma GCC unroll 2
    for (int s = 0; s < S; s++) sums[o][s] = Lanes<N>{} + bias[o];
  }
  for (int64_t k = rows.begin; k < rows.end; k++) {
    for (int64_t c = 0; c < inputs; c++) {
      const float* from = x + c * band.size + k * band.pitch;
      for (int64_t i = 0; i < width; i++) {
        const float* w = weights + ((k * width + i) * inputs + c) * PLANAR_BLOCK;
        Lanes<N> pixels[S];
#pragma GCC unroll 2
        for (int s = 0; s < S; s++) pixels[s] = load<N>(from + i + band.column(step + s));
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
      store<N>(y + o * a.out.pixels() + band.column(step + s), activate<N>(a.activation, sums[o][s]));
    }
  }
}

/** The rows of a band, of O channels of the result. */
template <int O>
void makeRows(const DirectArgs& a, const Band& band, const float* padded, const float* weights, float* y) {
  for (int64_t oy = band.first; oy < band.last; oy++) {
    const KernelRows rows(a.in, a.window, oy);
    const float* x = padded + (oy - band.first) * a.window.strides[0] * band.pitch;
    float* to = y + oy * a.out.width;
    int64_t step = 0;
    for (; step + 2 <= band.steps; step += 2) columns<O, 2>(a, band, rows, x, weights, step, to);
    if (step < band.steps) columns<O, 1>(a, band, rows, x, weights, step, to);
  }
}

/** The same of up to PLANAR_BLOCK channels. */
void makeChannels(const DirectArgs& a, const Band& band, const float* padded, const float* weights, int64_t channels,
                  float* y) {
  switch (channels) {
    case 1: return makeRows<1>(a, band, padded, weights, y);
    case 2: return makeRows<2>(a, band, padded, weights, y);
    case 3: return makeRows<3>(a, band, padded, weights, y);
    case 4: return makeRows<4>(a, band, padded, weights, y);
    case 5: return makeRows<5>(a, band, padded, weights, y);
    case 6: return makeRows<6>(a, band, padded, weights, y);
    case 7: return makeRows<7>(a, band, padded, weights, y);
    default: return makeRows<8>(a, band, padded, weights, y);
  }
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

/** Adds what a band gives to the sums of O channels at row k of the kernel. */
template <int O, int TAPS>
CONVOY_INLINE void addKernelRow(const ConvSumsArgs& a, const Band& band, int64_t k, const float* x,
                                const float* dy, float* sums) {
  IntLanes<N> lane;
  for (int32_t l = 0; l < N; l++) lane[l] = l;
  const IntLanes<N> all = lane >= IntLanes<N>{};
  const int64_t before = (band.steps - 1) * N, last = band.column(band.steps - 1);
  const IntLanes<N> counted = lane >= IntLanes<N>{} + static_cast<int32_t>(before - last);
  RowSums<O, TAPS> row;
  for (int64_t oy = band.first; oy < band.last; oy++) {
    const float* pixels = x + ((oy - band.first) * a.window.strides[0] + k) * band.pitch;
    const float* grads = dy + oy * a.out.width;
    for (int64_t at = 0; at < before; at += N) row.add(pixels + at, grads + at, a.out.pixels(), all);
    row.add(pixels + last, grads + last, a.out.pixels(), counted);
  }
  row.addTo(sums, a.in.channels * PLANAR_BLOCK);
}

/** All rows of the kernels of O channels. */
template <int O, int TAPS>
void addKernels(const ConvSumsArgs& a, const Band& band, const float* padded, const float* dy, float* sums) {
  const int64_t inputs = a.in.channels;
  for (int64_t k = 0; k < a.window.kernel[0]; k++) {
    for (int64_t c = 0; c < inputs; c++) {
      addKernelRow<O, TAPS>(a, band, k, padded + c * band.size, dy,
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

/** Adds what a band gives to the sums of all channels. */
template <int TAPS>
CONVOY_INLINE void addBand(const ConvSumsArgs& a, const Band& band, const float* padded, const float* dy) {
  const int64_t pixels = a.out.pixels();
  int64_t o = 0;
  for (; o + 3 <= a.out.channels; o += 3) addKernels<3, TAPS>(a, band, padded, dy + o * pixels, a.sums + o);
  if (o + 2 <= a.out.channels) {
    addKernels<2, TAPS>(a, band, padded, dy + o * pixels, a.sums + o);
  } else if (o < a.out.channels) {
    addKernels<1, TAPS>(a, band, padded, dy + o * pixels, a.sums + o);
  }
}

template <int TAPS>
void sumAll(const ConvSumsArgs& a) {
  const int64_t numbers = directNumbers(a.window, a.in.channels);
  float* padded = BAND_ROOM(a);
  if (a.opens) clear(a.sums, a.sums + numbers * PLANAR_BLOCK);
  for (int64_t n = 0; n < a.in.count; n++) {
    const float* dy = a.dy + n * a.out.channels * a.out.pixels();
    eachBand(a, 0, a.out.height, [&](const Band& band) {
      pad(a.in, a.window, band, a.x + n * a.in.blocks() * a.in.plane(), padded);
      addBand<TAPS>(a, band, padded, dy);
    });
    if (a.bias) addBias(a, dy, a.sums + (numbers - 1) * PLANAR_BLOCK);
  }
}

}  // namespace

void planar(const DirectArgs& a) {
  const int64_t height = a.out.height, pixels = a.out.pixels();
  const int64_t numbers = directNumbers(a.window, a.in.channels);
  share(a.in.count * height, a.out.size() > DIRECT_SERIAL, [&](int64_t begin, int64_t end) {
    float* padded = BAND_ROOM(a);
    eachPlane(begin, end, height, [&](int64_t n, int64_t first, int64_t last) {
      eachBand(a, first, last, [&](const Band& band) {
        pad(a.in, a.window, band, a.x + n * a.in.blocks() * a.in.plane(), padded);
        for (int64_t o = 0; o < a.out.channels; o += PLANAR_BLOCK) {
          makeChannels(a, band, padded, a.weights + o * numbers, a.out.channels - o,
                       a.y + (n * a.out.channels + o) * pixels);
        }
      });
    });
  });
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
