// Max and average pooling in any channel-block layout. The lane loop is innermost.
#include "kernels.h"

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

/** Channels that are handled at once; their running winners stay in registers. */
constexpr int64_t LANES = 16;

template <int STATIC>
void maxPoolPlane(const PoolArgs& a, const float* x, float* y, uint8_t* winners) {
  const int64_t lanes = STATIC ? STATIC : a.in.block;
  for (int64_t first = 0; first < lanes; first += LANES) {
    const int64_t rest = lanes - first < LANES ? lanes - first : LANES;
    const int64_t width = STATIC ? STATIC : rest;
    float best[LANES];
    int32_t winner[LANES];
    windows(
        a,
        [&](int64_t) {
          for (int64_t l = 0; l < width; l++) {
            best[l] = -__builtin_inff();
            winner[l] = 0;
          }
        },
        [&](int64_t, int64_t in, uint8_t k) {
          for (int64_t l = 0; l < width; l++) {
            const float v = x[in * lanes + first + l];
            const bool better = v > best[l] || v != v;
            best[l] = better ? v : best[l];
            winner[l] = better ? k : winner[l];
          }
        },
        [&](int64_t out, float) {
          for (int64_t l = 0; l < width; l++) y[out * lanes + first + l] = best[l];
          if (!winners) return;
          for (int64_t l = 0; l < width; l++) {
            winners[out * lanes + first + l] = static_cast<uint8_t>(winner[l]);
          }
        });
  }
}

/** Whether every pixel lies in exactly one window. */
CONVOY_INLINE bool tiles(const PoolArgs& a) {
  const Window& w = a.window;
  return w.kernel[0] == w.strides[0] && w.kernel[1] == w.strides[1] &&
         w.padding[0] == 0 && w.padding[1] == 0 &&
         a.out.height * w.strides[0] == a.in.height && a.out.width * w.strides[1] == a.in.width;
}

template <int STATIC>
void maxPoolGradPlane(const PoolArgs& a, const float* dy, float* dx, const uint8_t* winners) {
  const int64_t lanes = STATIC ? STATIC : a.in.block;
  const bool once = tiles(a);
  if (!once) {
    for (int64_t i = 0; i < a.in.plane(); i++) dx[i] = 0;
  }
  for (int64_t first = 0; first < lanes; first += LANES) {
    const int64_t rest = lanes - first < LANES ? lanes - first : LANES;
    const int64_t width = STATIC ? STATIC : rest;
    float grad[LANES];
    int32_t winner[LANES];
    windows(
        a,
        [&](int64_t out) {
          for (int64_t l = 0; l < width; l++) {
            grad[l] = dy[out * lanes + first + l];
            winner[l] = winners[out * lanes + first + l];
          }
        },
        [&](int64_t, int64_t in, uint8_t k) {
          float* to = dx + in * lanes + first;
          if (once) {
            for (int64_t l = 0; l < width; l++) to[l] = winner[l] == k ? grad[l] : 0.0f;
          } else {
            for (int64_t l = 0; l < width; l++) to[l] += winner[l] == k ? grad[l] : 0.0f;
          }
        },
        [](int64_t, float) {});
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

}  // namespace

void maxPool(const PoolArgs& a) {
  planes(a, a.in, a.out, [&](const float* x, float* y, uint8_t* w) {
    BY_BLOCK(maxPoolPlane, a, x, y, w);
  });
}

void maxPoolGrad(const PoolArgs& a) {
  planes(a, a.out, a.in, [&](const float* dy, float* dx, uint8_t* w) {
    BY_BLOCK(maxPoolGradPlane, a, dy, dx, w);
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
