// Images made larger or smaller, and the gradient, in whatever layout they have: lanes are channels.
#include "lanes.h"
#include "parallel.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

constexpr int64_t SERIAL = 16384;

/** Calls turn<N>(lane) for all lanes of a block, as many at once as fit into registers. */
template <class Turn>
CONVOY_INLINE void eachLanes(int64_t block, const Turn& turn) {
  int64_t lane = 0;
  for (; lane + 16 <= block; lane += 16) turn(Lanes<16>{}, lane);
  for (; lane + 8 <= block; lane += 8) turn(Lanes<8>{}, lane);
  for (; lane < block; lane++) turn(Lanes<1>{}, lane);
}

template <class V>
constexpr int lanesOf() {
  return sizeof(V) / sizeof(float);
}

/** A row of the result between two rows of the original. */
template <class V>
CONVOY_INLINE void blendRow(const ResizeArgs& r, const float* top, const float* bottom, float share, float* to) {
  constexpr int N = lanesOf<V>();
  const int64_t block = r.in.block;
  for (int64_t x = 0; x < r.out.width; x++) {
    const ResizeTap h = r.columns[x];
    const int64_t low = h.low * block, high = h.high * block;
    const V a = load<N>(top + low), b = load<N>(bottom + low);
    const V upper = a + (load<N>(top + high) - a) * h.share;
    const V lower = b + (load<N>(bottom + high) - b) * h.share;
    store<N>(to + x * block, upper + (lower - upper) * share);
  }
}

template <int N>
CONVOY_INLINE void add(float* to, Lanes<N> v) {
  store<N>(to, load<N>(to) + v);
}

/** What a row of the result's gradient gives to two rows of the original's. */
template <class V>
CONVOY_INLINE void spreadRow(const ResizeArgs& r, const float* from, float share, float* top, float* bottom) {
  constexpr int N = lanesOf<V>();
  const int64_t block = r.in.block;
  for (int64_t x = 0; x < r.out.width; x++) {
    const ResizeTap h = r.columns[x];
    const int64_t low = h.low * block, high = h.high * block;
    const V d = load<N>(from + x * block);
    const V lower = d * share, upper = d - lower;
    add<N>(top + low, upper * (1.0f - h.share));
    add<N>(top + high, upper * h.share);
    add<N>(bottom + low, lower * (1.0f - h.share));
    add<N>(bottom + high, lower * h.share);
  }
}

}  // namespace

void resize(const ResizeArgs& r) {
  const int64_t across = r.in.width * r.in.block, width = r.out.width * r.out.block;
  const int64_t rows = r.out.count * r.out.blocks() * r.out.height;
  share(rows, r.out.size() > SERIAL, [&](int64_t begin, int64_t end) {
    eachPlane(begin, end, r.out.height, [&](int64_t plane, int64_t first, int64_t last) {
      const float* from = r.from + plane * r.in.plane();
      float* to = r.to + plane * r.out.plane();
      for (int64_t y = first; y < last; y++) {
        const ResizeTap v = r.rows[y];
        eachLanes(r.in.block, [&](auto lanes, int64_t lane) {
          blendRow<decltype(lanes)>(r, from + v.low * across + lane, from + v.high * across + lane, v.share,
                                    to + y * width + lane);
        });
      }
    });
  });
}

void resizeGrad(const ResizeArgs& r) {
  const int64_t across = r.in.width * r.in.block, width = r.out.width * r.out.block;
  shareEach(r.in.count * r.in.blocks(), r.out.size() > SERIAL, [&](int64_t plane) {
    const float* from = r.from + plane * r.out.plane();
    float* to = r.to + plane * r.in.plane();
    for (int64_t i = 0; i < r.in.plane(); i++) to[i] = 0.0f;
    for (int64_t y = 0; y < r.out.height; y++) {
      const ResizeTap v = r.rows[y];
      eachLanes(r.in.block, [&](auto lanes, int64_t lane) {
        spreadRow<decltype(lanes)>(r, from + y * width + lane, v.share, to + v.low * across + lane,
                                   to + v.high * across + lane);
      });
    }
  });
}

}  // namespace CONVOY_ISA
}  // namespace convoy
