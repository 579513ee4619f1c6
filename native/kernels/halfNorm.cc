// Batch normalisation of bf16 images that lie channels-last, and its gradient; as in batchNorm.cc, whose sums and
// statistics these are. Sums, and all arithmetic, are f32. Channels are a multiple of 16.
#include <type_traits>

#include "halves.h"
#include "kernels.h"
#include "normGradPlanes.h"
#include "parallel.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

constexpr int64_t SERIAL = 8192;
/** Vectors of 16 channels that are done together: a line of the cache, or two. */
constexpr int WIDE_STRIP = 4;

/** Calls work(vectors, first channel) for strips of channels. */
template <class Work>
CONVOY_INLINE void eachStrip(int64_t channels, const Work& work) {
  int64_t c = 0;
  for (; c + WIDE_STRIP * LANES <= channels; c += WIDE_STRIP * LANES) work(std::integral_constant<int, WIDE_STRIP>{}, c);
  for (; c < channels; c += LANES) work(std::integral_constant<int, 1>{}, c);
}

template <int K>
struct Strips {
  Lanes<16> of[K];
  CONVOY_INLINE explicit Strips(const float* from) {
    for (int k = 0; k < K; k++) of[k] = load<16>(from + k * LANES);
  }
  CONVOY_INLINE Strips() {
    for (int k = 0; k < K; k++) of[k] = Lanes<16>{};
  }
};

/** Mean and squared deviations of K vectors of channels over the pixels of an image, with a second set of sums for one. */
template <int K>
CONVOY_INLINE void moments(const uint16_t* x, int64_t pixels, int64_t channels, float* mean, float* m2) {
  constexpr int SETS = K == 1 ? 4 : 1;
  Strips<K> sums[SETS], squares[SETS];
  int64_t p = 0;
  for (; p + SETS <= pixels; p += SETS) {
    for (int s = 0; s < SETS; s++) {
      for (int k = 0; k < K; k++) sums[s].of[k] += loadHalves<16>(x + (p + s) * channels + k * LANES);
    }
  }
  for (; p < pixels; p++) {
    for (int k = 0; k < K; k++) sums[0].of[k] += loadHalves<16>(x + p * channels + k * LANES);
  }
  Strips<K> m;
  for (int k = 0; k < K; k++) {
    for (int s = 0; s < SETS; s++) m.of[k] += sums[s].of[k];
    m.of[k] /= static_cast<float>(pixels);
  }
  const auto take = [&](int64_t at, int s) {
    for (int k = 0; k < K; k++) {
      const Lanes<16> d = loadHalves<16>(x + at * channels + k * LANES) - m.of[k];
      squares[s].of[k] += d * d;
    }
  };
  for (p = 0; p + SETS <= pixels; p += SETS) {
    for (int s = 0; s < SETS; s++) take(p + s, s);
  }
  for (; p < pixels; p++) take(p, 0);
  for (int k = 0; k < K; k++) {
    Lanes<16> total = squares[0].of[k];
    for (int s = 1; s < SETS; s++) total += squares[s].of[k];
    store<16>(mean + k * LANES, m.of[k]);
    store<16>(m2 + k * LANES, total);
  }
}

template <bool RELU, bool RESIDUAL>
void normalise(const HalfNormArgs& a) {
  const Images& im = a.images;
  const int64_t pixels = im.pixels(), channels = im.channels;
  shareEach(im.count, im.size() > SERIAL, [&](int64_t n) {
    const int64_t base = n * im.plane();
    eachStrip(channels, [&](auto vectors, int64_t c) {
      constexpr int K = vectors();
      const Strips<K> scale(a.scale + c), shift(a.shift + c);
      const Activation activation = {RELU, a.activation.ceiling};
      for (int64_t p = 0; p < pixels; p++) {
        const int64_t at = base + p * channels + c;
        for (int k = 0; k < K; k++) {
          Lanes<16> v = loadHalves<16>(a.x + at + k * LANES) * scale.of[k] + shift.of[k];
          if (RESIDUAL) v += loadHalves<16>(a.residual + at + k * LANES);
          storeHalves<16>(a.y + at + k * LANES, activate<16>(activation, v));
        }
      }
    });
  });
}

/** The gradients that count, of 16 channels of a pixel. */
template <Mask MASK>
CONVOY_INLINE Lanes<16> masked(const HalfNormGradArgs& a, const uint16_t* dy, int64_t at, Lanes<16> x, Lanes<16> scale,
                               Lanes<16> shift) {
  const Lanes<16> d = loadHalves<16>(dy + at), zero = {}, ceiling = zero + a.activation.ceiling;
  if (MASK == Mask::None) return d;
  const Lanes<16> v = MASK == Mask::ByResult ? loadHalves<16>(a.y + at) : x * scale + shift;
  return (v > zero) & (v < ceiling) ? d : zero;
}

template <Mask MASK, bool RESIDUAL>
void sumAll(const HalfNormGradArgs& a) {
  const Images& im = a.images;
  const int64_t pixels = im.pixels(), channels = im.channels;
  GradSums* totals = static_cast<GradSums*>(a.sums);
  for (int64_t c = 0; a.opens && c < channels; c++) totals[c] = {0, 0};
  for (int64_t n = 0; n < im.count; n++) {
    const int64_t base = n * im.plane();
    eachStrip(channels, [&](auto vectors, int64_t c) {
      constexpr int K = vectors(), SETS = K == 1 ? 4 : 1;
      const Strips<K> mean(a.forward.mean + c), scale(a.forward.scale + c), shift(a.forward.shift + c);
      Strips<K> sums[SETS], products[SETS];
      const auto take = [&](int64_t p, int s) {
        const int64_t from = base + p * channels + c;
        for (int k = 0; k < K; k++) {
          const int64_t at = from + k * LANES;
          const Lanes<16> x = loadHalves<16>(a.x + at);
          const Lanes<16> d = masked<MASK>(a, a.dy, at, x, scale.of[k], shift.of[k]);
          if (RESIDUAL) storeHalves<16>(a.dresidual + at, d);
          sums[s].of[k] += d;
          products[s].of[k] += d * (x - mean.of[k]);
        }
      };
      int64_t p = 0;
      for (; p + SETS <= pixels; p += SETS) {
        for (int s = 0; s < SETS; s++) take(p + s, s);
      }
      for (; p < pixels; p++) take(p, 0);
      for (int k = 0; k < K; k++) {
        Lanes<16> sum = sums[0].of[k], product = products[0].of[k];
        for (int s = 1; s < SETS; s++) {
          sum += sums[s].of[k];
          product += products[s].of[k];
        }
        for (int64_t l = 0; l < LANES; l++) {
          totals[c + k * LANES + l].dy += sum[l];
          totals[c + k * LANES + l].dyx += product[l];
        }
      }
    });
  }
}

template <Mask MASK>
void applyAll(const HalfNormGradArgs& a, const uint16_t* dy) {
  const Images& im = a.images;
  const int64_t pixels = im.pixels(), channels = im.channels;
  shareEach(im.count, im.size() > SERIAL, [&](int64_t n) {
    const int64_t base = n * im.plane();
    eachStrip(channels, [&](auto vectors, int64_t c) {
      constexpr int K = vectors();
      const Strips<K> scale(a.forward.scale + c), shift(a.forward.shift + c), slope(a.slope + c), offset(a.offset + c);
      for (int64_t p = 0; p < pixels; p++) {
        for (int k = 0; k < K; k++) {
          const int64_t at = base + p * channels + c + k * LANES;
          const Lanes<16> x = loadHalves<16>(a.x + at);
          const Lanes<16> d = masked<MASK>(a, dy, at, x, scale.of[k], shift.of[k]);
          storeHalves<16>(a.dx + at, d * scale.of[k] + (x * slope.of[k] + offset.of[k]));
        }
      }
    });
  });
}

}  // namespace

void halfNormSums(const HalfNormSumsArgs& a) {
  const Images& im = a.images;
  const double pixels = static_cast<double>(im.pixels());
  Moments* totals = static_cast<Moments*>(a.sums);
  for (int64_t c = 0; a.opens && c < im.channels; c++) totals[c] = {0, 0, 0};
  for (int64_t n = 0; n < im.count; n++) {
    eachStrip(im.channels, [&](auto vectors, int64_t c) {
      constexpr int K = vectors();
      float mean[K * LANES], m2[K * LANES];
      moments<K>(a.x + n * im.plane() + c, im.pixels(), im.channels, mean, m2);
      for (int64_t l = 0; l < K * LANES; l++) merge(totals[c + l], pixels, mean[l], m2[l]);
    });
  }
}

void halfNorm(const HalfNormArgs& a) {
  if (a.activation.relu) {
    a.residual ? normalise<true, true>(a) : normalise<true, false>(a);
  } else {
    a.residual ? normalise<false, true>(a) : normalise<false, false>(a);
  }
}

void halfNormGradSums(const HalfNormGradArgs& a) {
  if (a.y) return a.dresidual ? sumAll<Mask::ByResult, true>(a) : sumAll<Mask::ByResult, false>(a);
  if (a.activation.relu) return sumAll<Mask::ByInput, false>(a);
  a.dresidual ? sumAll<Mask::None, true>(a) : sumAll<Mask::None, false>(a);
}

void halfNormGrad(const HalfNormGradArgs& a) {
  // What the residual got is masked already.
  if (a.dresidual) return applyAll<Mask::None>(a, a.dresidual);
  if (a.y) return applyAll<Mask::ByResult>(a, a.dy);
  a.activation.relu ? applyAll<Mask::ByInput>(a, a.dy) : applyAll<Mask::None>(a, a.dy);
}

}  // namespace CONVOY_ISA
}  // namespace convoy
