// Max and average pooling in any channel-block layout. The lane loop is innermost.
#include "kernels.h"
#include "lanes.h"

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
  return 1.0f / static_cast<float>(count > 0 ? count : 1);
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

/** N windows side by side, from pixels 2 apart in two rows. */
template <int N>
CONVOY_INLINE void maxPoolPairs(const float* top, const float* bottom, float* y, uint8_t* winners) {
  Lanes<N> best = Lanes<N>{} - __builtin_inff();
  IntLanes<N> winner = {};
  for (int32_t k = 0; k < 4; k++) {
    const float* x = (k < 2 ? top : bottom) + k % 2;
    Lanes<N> v;
    for (int64_t l = 0; l < N; l++) v[l] = x[2 * l];
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
  for (int32_t k = 0; k < 4; k++) {
    float* to = (k < 2 ? top : bottom) + k % 2;
    const Lanes<N> share = winner == IntLanes<N>{} + k ? grad : zero;
    for (int64_t l = 0; l < N; l++) to[2 * l] = share[l];
  }
}

void maxPoolHalves(const PoolArgs& a, const float* x, float* y, uint8_t* winners) {
  const int64_t width = a.out.width;
  for (int64_t oy = 0; oy < a.out.height; oy++) {
    const float *top = x + oy * 4 * width, *bottom = top + 2 * width;
    uint8_t* won = winners ? winners + oy * width : nullptr;
    int64_t ox = 0;
    for (; ox + 8 <= width; ox += 8) {
      maxPoolPairs<8>(top + 2 * ox, bottom + 2 * ox, y + oy * width + ox, won ? won + ox : won);
    }
    for (; ox < width; ox++) {
      maxPoolPairs<1>(top + 2 * ox, bottom + 2 * ox, y + oy * width + ox, won ? won + ox : won);
    }
  }
}

void maxPoolGradHalves(const PoolArgs& a, const float* dy, float* dx, const uint8_t* winners) {
  const int64_t width = a.out.width;
  for (int64_t oy = 0; oy < a.out.height; oy++) {
    float *top = dx + oy * 4 * width, *bottom = top + 2 * width;
    const float* from = dy + oy * width;
    const uint8_t* won = winners + oy * width;
    int64_t ox = 0;
    for (; ox + 8 <= width; ox += 8) {
      maxPoolGradPairs<8>(from + ox, won + ox, top + 2 * ox, bottom + 2 * ox);
    }
    for (; ox < width; ox++) {
      maxPoolGradPairs<1>(from + ox, won + ox, top + 2 * ox, bottom + 2 * ox);
    }
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
#pragma omp parallel for schedule(static) if (a.in.size() > SERIAL)
  for (int64_t p = 0; p < count; p++) {
    uint8_t* winners = a.winners ? a.winners + p * a.out.plane() : nullptr;
    plane(a.x + p * from.plane(), a.y + p * to.plane(), winners);
  }
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
    BY_BLOCK(avgPoolPlane, a, x, y);
  });
}

void avgPoolGrad(const PoolArgs& a) {
  planes(a, a.out, a.in, [&](const float* dy, float* dx, uint8_t*) {
    BY_BLOCK(avgPoolGradPlane, a, dy, dx);
  });
}

}  // namespace CONVOY_ISA
}  // namespace convoy
