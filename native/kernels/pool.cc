// Max and average pooling in any channel-block layout. The lane loop is innermost.
#include <type_traits>

#include "kernels.h"
#include "lanes.h"
#include "parallel.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

constexpr int64_t SERIAL = 8192;

/** Rows or columns of the input that a window covers: [begin, end) of the kernel. */
struct Span {
  int64_t start, begin, end;
};

CONVOY_INLINE Span spanOf(int64_t out, int64_t size, const Window& w, int axis) {
  const int64_t start = out * w.strides[axis] - w.padding[axis];
  const int64_t begin = start < 0 ? -start : 0;
  const int64_t end = start + w.kernel[axis] > size ? size - start : w.kernel[axis];
  return {start, begin, end};
}

CONVOY_INLINE float shareOf(const PoolArgs& a, const Span& rows, const Span& columns) {
  const int64_t count = a.countPadding ? a.window.kernel[0] * a.window.kernel[1]
                                       : (rows.end - rows.begin) * (columns.end - columns.begin);
  return 1.0f / static_cast<float>(count);  // every window meets a pixel
}

/** Calls visit(out, in, kernel element) of one plane's windows; offsets are in pixels. */
template <class Start, class Visit, class Finish>
CONVOY_INLINE void windows(const PoolArgs& a, Start start, Visit visit, Finish finish) {
  for (int64_t oy = 0; oy < a.out.height; oy++) {
    const Span rows = spanOf(oy, a.in.height, a.window, 0);
    for (int64_t ox = 0; ox < a.out.width; ox++) {
      const Span columns = spanOf(ox, a.in.width, a.window, 1);
      const int64_t out = oy * a.out.width + ox;
      start(out);
      for (int64_t ky = rows.begin; ky < rows.end; ky++) {
        for (int64_t kx = columns.begin; kx < columns.end; kx++) {
          const int64_t in = (rows.start + ky) * a.in.width + columns.start + kx;
          visit(out, in, static_cast<uint8_t>(ky * a.window.kernel[1] + kx));
        }
      }
      finish(out, shareOf(a, rows, columns));
    }
  }
}

/** Whether every pixel lies in exactly one window. */
CONVOY_INLINE bool tiles(const PoolArgs& a) {
  const Window& w = a.window;
  return w.kernel[0] == w.strides[0] && w.kernel[1] == w.strides[1] &&
         w.padding[0] == 0 && w.padding[1] == 0 &&
         a.out.height * w.strides[0] == a.in.height && a.out.width * w.strides[1] == a.in.width;
}

/** Whether pixels of the plain layout are halved: then lanes run over columns. */
CONVOY_INLINE bool halves(const PoolArgs& a) {
  return a.in.block == 1 && a.window.kernel[0] == 2 && a.window.kernel[1] == 2 && tiles(a);
}

/** Every second one of 2N numbers, from the first or the second on. */
template <int N>
CONVOY_INLINE Lanes<N> everySecond(const float* x, int first) {
  const Lanes<N> low = load<N>(x), high = load<N>(x + N);
  IntLanes<N> from;
  for (int l = 0; l < N; l++) from[l] = 2 * l + first;
  return __builtin_shuffle(low, high, from);
}

/** N windows side by side, from pixels 2 apart in two rows. */
template <int N>
CONVOY_INLINE void maxPoolPairs(const float* top, const float* bottom, float* y, uint8_t* winners) {
  Lanes<N> best = Lanes<N>{} - __builtin_inff();
  IntLanes<N> winner = {};
#pragma GCC unroll 4
  for (int32_t k = 0; k < 4; k++) {
    const Lanes<N> v = everySecond<N>(k < 2 ? top : bottom, k % 2);
    const IntLanes<N> better = (v > best) | (v != v);
    best = better ? v : best;
    winner = better ? IntLanes<N>{} + k : winner;
  }
  store<N>(y, best);
  if (winners) storeBytes<N>(winners, winner);
}

template <int N>
CONVOY_INLINE void maxPoolGradPairs(const float* dy, const uint8_t* winners, float* top,
                                    float* bottom) {
  const Lanes<N> grad = load<N>(dy), zero = {};
  const IntLanes<N> winner = loadBytes<N>(winners);
  IntLanes<N> low, high;
  for (int l = 0; l < N; l++) {
    low[l] = l / 2 + l % 2 * N;
    high[l] = (l + N) / 2 + (l + N) % 2 * N;
  }
#pragma GCC unroll 2
  for (int32_t row = 0; row < 2; row++) {
    const Lanes<N> even = winner == IntLanes<N>{} + 2 * row ? grad : zero;
    const Lanes<N> odd = winner == IntLanes<N>{} + (2 * row + 1) ? grad : zero;
    float* to = row == 0 ? top : bottom;
    store<N>(to, __builtin_shuffle(even, odd, low));
    store<N>(to + N, __builtin_shuffle(even, odd, high));
  }
}

/** Calls `steps(first column, N)` for all windows of a row, the last of which may be taken twice. */
template <class Steps>
CONVOY_INLINE void halvedRow(int64_t width, Steps steps) {
  const auto by = [&](auto lanes) {
    for (int64_t ox = 0; ox < width; ox += lanes()) steps(ox + lanes() <= width ? ox : width - lanes(), lanes);
  };
  if (width >= 8) return by(std::integral_constant<int, 8>{});
  by(std::integral_constant<int, 1>{});
}

void maxPoolHalves(const PoolArgs& a, const float* x, float* y, uint8_t* winners) {
  const int64_t width = a.out.width;
  for (int64_t oy = 0; oy < a.out.height; oy++) {
    const float *top = x + oy * 4 * width, *bottom = top + 2 * width;
    uint8_t* won = winners ? winners + oy * width : nullptr;
    halvedRow(width, [&](int64_t ox, auto lanes) {
      maxPoolPairs<lanes()>(top + 2 * ox, bottom + 2 * ox, y + oy * width + ox, won ? won + ox : won);
    });
  }
}

void maxPoolGradHalves(const PoolArgs& a, const float* dy, float* dx, const uint8_t* winners) {
  const int64_t width = a.out.width;
  for (int64_t oy = 0; oy < a.out.height; oy++) {
    float *top = dx + oy * 4 * width, *bottom = top + 2 * width;
    const float* from = dy + oy * width;
    const uint8_t* won = winners + oy * width;
    halvedRow(width, [&](int64_t ox, auto lanes) {
      maxPoolGradPairs<lanes()>(from + ox, won + ox, top + 2 * ox, bottom + 2 * ox);
    });
  }
}

/** N channels side by side, `block` numbers from one pixel to the next. */
template <int N>
CONVOY_INLINE void maxPoolLanes(const PoolArgs& a, int64_t block, const float* x, float* y,
                                uint8_t* winners) {
  Lanes<N> best;
  IntLanes<N> winner;
  windows(
      a,
      [&](int64_t) {
        best = Lanes<N>{} - __builtin_inff();
        winner = IntLanes<N>{};
      },
      [&](int64_t, int64_t in, uint8_t k) {
        const Lanes<N> v = load<N>(x + in * block);
        const IntLanes<N> better = (v > best) | (v != v);
        best = better ? v : best;
        winner = better ? IntLanes<N>{} + k : winner;
      },
      [&](int64_t out, float) {
        store<N>(y + out * block, best);
        if (winners) storeBytes<N>(winners + out * block, winner);
      });
}

template <int N, bool ONCE>
CONVOY_INLINE void maxPoolGradLanes(const PoolArgs& a, int64_t block, const float* dy, float* dx,
                                    const uint8_t* winners) {
  const Lanes<N> zero = {};
  Lanes<N> grad;
  IntLanes<N> winner;
  windows(
      a,
      [&](int64_t out) {
        grad = load<N>(dy + out * block);
        winner = loadBytes<N>(winners + out * block);
      },
      [&](int64_t, int64_t in, uint8_t k) {
        float* to = dx + in * block;
        const Lanes<N> share = winner == IntLanes<N>{} + k ? grad : zero;
        store<N>(to, ONCE ? share : load<N>(to) + share);
      },
      [](int64_t, float) {});
}

/** As many lanes at once as the block allows. */
template <int N>
void maxPoolPlane(const PoolArgs& a, const float* x, float* y, uint8_t* winners) {
  const int64_t block = a.in.block;
  for (int64_t l = 0; l < block; l += N) {
    maxPoolLanes<N>(a, block, x + l, y + l, winners ? winners + l : nullptr);
  }
}

template <int N>
void maxPoolGradPlane(const PoolArgs& a, const float* dy, float* dx, const uint8_t* winners) {
  const int64_t block = a.in.block;
  const bool once = tiles(a);
  if (!once) {
    for (int64_t i = 0; i < a.in.plane(); i++) dx[i] = 0;
  }
  for (int64_t l = 0; l < block; l += N) {
    once ? maxPoolGradLanes<N, true>(a, block, dy + l, dx + l, winners + l)
         : maxPoolGradLanes<N, false>(a, block, dy + l, dx + l, winners + l);
  }
}

/** Blocks of many channels, as many at a time as a register holds. */
void avgPoolStrips(const PoolArgs& a, const float* x, float* y) {
  const int64_t block = a.in.block;
  for (int64_t l = 0; l < block; l += 16) {
    Lanes<16> sum;
    windows(
        a, [&](int64_t) { sum = Lanes<16>{}; },
        [&](int64_t, int64_t in, uint8_t) { sum += load<16>(x + in * block + l); },
        [&](int64_t out, float share) { store<16>(y + out * block + l, sum * share); });
  }
}

void avgPoolGradStrips(const PoolArgs& a, const float* dy, float* dx) {
  const int64_t block = a.in.block;
  for (int64_t i = 0; i < a.in.plane(); i++) dx[i] = 0;
  for (int64_t l = 0; l < block; l += 16) {
    Lanes<16> grad;
    windows(
        a,
        [&](int64_t out) {
          const Span rows = spanOf(out / a.out.width, a.in.height, a.window, 0);
          const Span columns = spanOf(out % a.out.width, a.in.width, a.window, 1);
          grad = load<16>(dy + out * block + l) * shareOf(a, rows, columns);
        },
        [&](int64_t, int64_t in, uint8_t) {
          float* to = dx + in * block + l;
          store<16>(to, load<16>(to) + grad);
        },
        [](int64_t, float) {});
  }
}

/** Whether a block is several whole registers. */
CONVOY_INLINE bool inStrips(const PoolArgs& a) { return a.in.block > 16 && a.in.block % 16 == 0; }

template <int STATIC>
void avgPoolPlane(const PoolArgs& a, const float* x, float* y) {
  const int64_t lanes = STATIC ? STATIC : a.in.block;
  windows(
      a,
      [&](int64_t out) {
        for (int64_t l = 0; l < lanes; l++) y[out * lanes + l] = 0;
      },
      [&](int64_t out, int64_t in, uint8_t) {
        for (int64_t l = 0; l < lanes; l++) y[out * lanes + l] += x[in * lanes + l];
      },
      [&](int64_t out, float share) {
        for (int64_t l = 0; l < lanes; l++) y[out * lanes + l] *= share;
      });
}

template <int STATIC>
void avgPoolGradPlane(const PoolArgs& a, const float* dy, float* dx) {
  const int64_t lanes = STATIC ? STATIC : a.in.block;
  for (int64_t i = 0; i < a.in.plane(); i++) dx[i] = 0;
  float share = 0;
  windows(
      a,
      [&](int64_t out) {
        const Span rows = spanOf(out / a.out.width, a.in.height, a.window, 0);
        const Span columns = spanOf(out % a.out.width, a.in.width, a.window, 1);
        share = shareOf(a, rows, columns);
      },
      [&](int64_t out, int64_t in, uint8_t) {
        for (int64_t l = 0; l < lanes; l++) dx[in * lanes + l] += dy[out * lanes + l] * share;
      },
      [](int64_t, float) {});
}

/** Runs `plane(x, y, winners)` on every plane; `x` and `y` have the sizes of `from` and `to`. */
template <class Plane>
void planes(const PoolArgs& a, const Images& from, const Images& to, Plane plane) {
  const int64_t count = a.in.count * a.in.blocks();
  shareEach(count, a.in.size() > SERIAL, [&](int64_t p) {
    uint8_t* winners = a.winners ? a.winners + p * a.out.plane() : nullptr;
    plane(a.x + p * from.plane(), a.y + p * to.plane(), winners);
  });
}

// The usual blocks get loops of a known length.
#define BY_BLOCK(NAME, ...)                  \
  switch (a.in.block) {                      \
    case 1: return NAME<1>(__VA_ARGS__);     \
    case 8: return NAME<8>(__VA_ARGS__);     \
    case 16: return NAME<16>(__VA_ARGS__);   \
    default: return NAME<0>(__VA_ARGS__);    \
  }

// Lanes that divide the block, as many as fit into registers.
#define BY_LANES(NAME, ...)                                 \
  if (a.in.block % 16 == 0) return NAME<16>(__VA_ARGS__);   \
  if (a.in.block % 8 == 0) return NAME<8>(__VA_ARGS__);     \
  return NAME<1>(__VA_ARGS__)

}  // namespace

void maxPool(const PoolArgs& a) {
  const bool half = halves(a);
  planes(a, a.in, a.out, [&](const float* x, float* y, uint8_t* w) {
    if (half) return maxPoolHalves(a, x, y, w);
    BY_LANES(maxPoolPlane, a, x, y, w);
  });
}

void maxPoolGrad(const PoolArgs& a) {
  const bool half = halves(a);
  planes(a, a.out, a.in, [&](const float* dy, float* dx, uint8_t* w) {
    if (half) return maxPoolGradHalves(a, dy, dx, w);
    BY_LANES(maxPoolGradPlane, a, dy, dx, w);
  });
}

void avgPool(const PoolArgs& a) {
  planes(a, a.in, a.out, [&](const float* x, float* y, uint8_t*) {
    if (inStrips(a)) return avgPoolStrips(a, x, y);
    BY_BLOCK(avgPoolPlane, a, x, y);
  });
}

void avgPoolGrad(const PoolArgs& a) {
  planes(a, a.out, a.in, [&](const float* dy, float* dx, uint8_t*) {
    if (inStrips(a)) return avgPoolGradStrips(a, dy, dx);
    BY_BLOCK(avgPoolGradPlane, a, dy, dx);
  });
}

}  // namespace CONVOY_ISA
}  // namespace convoy
