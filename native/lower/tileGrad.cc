// Weight gradients of bf16 convolutions by tiles of AMX, see kernels/tileGrad.cc: as sums over the parts of the batch, in
// chains, or where these are large, of a whole batch at once.
#include <algorithm>
#include <numeric>

#include "lower/lower.h"

namespace convoy {
namespace {

/** Bytes of the sums of a part that still go along with a chain. */
constexpr int64_t NEAR_SUMS = 1 << 20;
/** Pixels that are summed up at least before the next images come. */
constexpr int64_t LEAST_PIXELS = 1024;
/** Images of so few channels fill tiles by the patches that the kernel sees, which hold so many numbers at most. */
constexpr int64_t FEW_CHANNELS = 8, MOST_NUMBERS = 256;

int64_t across(int64_t channels) { return tilesOf(channels, TILE_LANES) * TILE_LANES; }
int64_t wholeTiles(int64_t pixels) { return tilesOf(pixels, TILE_DEPTH) * TILE_DEPTH; }

/** Everything but memory. */
struct WeightGrad {
  std::string name;
  TileGradArgs sizes;
  int64_t shift;  // from the first tap to the last one, in pixels
  BufferId x, dy, dw, dbias;

  int64_t area() const { return sizes.rows * sizes.taps; }
  int64_t sums() const { return tileSums(sizes.out.channels, sizes.in.channels, area()); }
  /** Numbers of x in pairs, and of dy in rows. */
  int64_t pairs() const { return tileGradWays(area()) * sizes.x.phases * sizes.x.phases * across(sizes.in.channels) * sizes.pitch; }
  int64_t rows() const { return across(sizes.out.channels) * sizes.pitch; }
};

uint16_t* halves(const Run& r, BufferId buffer) { return static_cast<uint16_t*>(r.raw(buffer)); }

void unpack(Builder& b, const WeightGrad& g, BufferId sums, int64_t parts) {
  const int64_t outputs = g.sizes.out.channels, inputs = g.sizes.in.channels, area = g.area();
  const BufferId dw = g.dw, dbias = g.dbias;
  std::vector<BufferId> buffers = {sums, dw};
  if (dbias >= 0) buffers.push_back(dbias);
  b.teamStep("unpack weights", buffers, [=](const Run& r) {
    kernels().tileUnpack({outputs, inputs, area, parts, r.f32(sums), r.f32(dw), dbias >= 0 ? r.f32(dbias) : nullptr});
  });
}

/** Sums of each part of the batch, in a chain. */
void sumByParts(Builder& b, WeightGrad g) {
  TileGradArgs& s = g.sizes;
  const int64_t count = s.in.count, parts = partsOf(count), sum = g.sums();
  s.together = std::clamp<int64_t>(LEAST_PIXELS / s.each, 1, count / parts);
  const int64_t most = wholeTiles(s.together * s.each);
  s.pitch = tileGradPitch(most + g.shift);
  const int64_t numbers = g.pairs() + g.rows() + (most + 1) * std::max(s.in.channels, s.out.channels);
  const BufferId sums = b.scratch(static_cast<size_t>(parts * sum) * sizeof(float));
  const BufferId room = b.threadScratch(static_cast<size_t>(numbers + TILE_DEPTH) * sizeof(uint16_t));
  Task task = imageTask(g.name, s.in, {}, {g.x, g.dy});
  task.grain = s.together;
  task.byPart = {sums};
  task.byThread = {room};
  task.runPiece = [=](const Run& r, const Piece& p) {
    TileGradArgs args = g.sizes;
    args.in = p.of(args.in);
    args.out = p.of(args.out);
    args.xs = halves(r, g.x) + p.start(g.sizes.in);
    args.dys = halves(r, g.dy) + p.start(g.sizes.out);
    args.opens = p.opens;
    args.room = static_cast<char*>(r.raw(room));
    args.sums = r.f32(sums) + p.part * sum;
    kernels().tileGradSums(args);
  };
  b.imageStep(std::move(task));
  unpack(b, g, sums, parts);
}

/** Sums of the whole batch, pairs of blocks of outputs on each thread. */
void sumAtOnce(Builder& b, WeightGrad g) {
  TileGradArgs& s = g.sizes;
  s.each += s.each % 2;
  // Whole tiles of pixels are transposed at a time.
  s.together = TILE_DEPTH / std::gcd(s.each, TILE_DEPTH);
  const int64_t all = wholeTiles(s.in.count * s.each), most = wholeTiles(s.together * s.each);
  s.pitch = tileGradPitch(all + g.shift);
  const auto halfBytes = [](int64_t numbers) { return static_cast<size_t>(numbers) * sizeof(uint16_t); };
  const BufferId pairs = b.scratch(halfBytes(g.pairs() + TILE_DEPTH));
  const BufferId rows = b.scratch(halfBytes(g.rows()));
  const BufferId room = b.threadScratch(halfBytes((most + 1) * std::max(s.in.channels, s.out.channels)));
  const BufferId sums = b.scratch(static_cast<size_t>(g.sums()) * sizeof(float));
  const auto argsOf = [=](const Run& r, BufferId x, BufferId dy) {
    TileGradArgs args = g.sizes;
    args.xs = halves(r, x);
    args.dys = halves(r, dy);
    args.room = static_cast<char*>(r.raw(room));
    args.sums = r.f32(sums);
    return args;
  };
  b.teamStep("transpose", {g.x, g.dy, pairs, room, sums},
             [=](const Run& r) { kernels().tileGradPairs(argsOf(r, g.x, g.dy), halves(r, pairs)); });
  b.teamStep("transpose", {g.x, g.dy, rows, room, sums},
             [=](const Run& r) { kernels().tileGradRows(argsOf(r, g.x, g.dy), halves(r, rows)); });
  b.teamStep(g.name, {pairs, rows, room, sums}, [=](const Run& r) { kernels().tileGrad(argsOf(r, pairs, rows)); });
  unpack(b, g, sums, 1);
}

/** A weight gradient's images and its window in them. */
struct Source {
  Images images;
  BufferId x;
  Window window;
};

/** Images of patches, of which the convolution is one of 1x1. */
Source unfolded(Builder& b, const Source& s, const Images& out) {
  const Images in = s.images;
  const int64_t numbers = s.window.kernel[0] * s.window.kernel[1] * in.channels;
  const Images patches = {in.count, numbers, out.height, out.width, numbers};
  const BufferId x = s.x, y = b.scratch(static_cast<size_t>(patches.size()) * sizeof(uint16_t));
  Task task = imageTask("unfold", in, {}, {x, y});
  task.runPiece = [=, window = s.window](const Run& r, const Piece& p) {
    kernels().unfold({p.of(in), p.of(patches), window, halves(r, x) + p.start(in), halves(r, y) + p.start(patches)});
  };
  b.imageStep(std::move(task));
  return {patches, y, {{1, 1}, {1, 1}, {0, 0}}};
}

/** A gradient [outputs][taps][inputs] by the order of weights. */
void turnTaps(Builder& b, BufferId from, const Shape& w, BufferId to) {
  b.step("unpack weights", {from, to}, [=, area = w[2] * w[3], outputs = w[0], inputs = w[1]](const Run& r) {
    const float* taps = r.f32(from);
    float* dw = r.f32(to);
    for (int64_t o = 0; o < outputs; o++) {
      for (int64_t i = 0; i < inputs; i++) {
        for (int64_t tap = 0; tap < area; tap++) *dw++ = taps[(o * area + tap) * inputs + i];
      }
    }
  });
}

/** Sums over pixels, in the order of the source's channels. */
void sumPixels(Builder& b, const Source& s, const Images& out, BufferId dy, std::string name, BufferId dw, BufferId dbias) {
  const Images in = s.images;
  const auto& [kernel, strides, padding] = s.window;
  const int64_t stride = strides[0], top = padding[0], left = padding[1];
  const int64_t pitch = std::max((left + in.width - 1) / stride + 1, out.width + (kernel[1] - 1) / stride);
  const int64_t rows = out.height + (kernel[0] - 1) / stride;
  WeightGrad g = {};
  g.name = std::move(name);
  g.sizes.in = in;
  g.sizes.out = out;
  g.sizes.x = {in.height, in.width, in.channels, top, left, 1, stride, rows, pitch};
  g.sizes.dy = {out.height, out.width, out.channels, 0, 0, 1, 1, out.height, pitch};
  g.sizes.rows = kernel[0];
  g.sizes.taps = kernel[1];
  g.sizes.each = rows * pitch;
  g.sizes.bias = dbias >= 0;
  g.shift = (kernel[0] - 1) / stride * pitch + (kernel[1] - 1) / stride;
  g.x = s.x;
  g.dy = dy;
  g.dw = dw;
  g.dbias = dbias;
  g.sums() * static_cast<int64_t>(sizeof(float)) > NEAR_SUMS ? sumAtOnce(b, g) : sumByParts(b, g);
}

}  // namespace

void tileWeightGrad(Builder& b, const Node& node) {
  const ValueId xValue = node.inputs[0], dyValue = node.inputs[1], dwValue = node.outputs[0];
  const Shape& w = b.shape(dwValue);
  const Images in = b.images(xValue, b.shape(xValue)[1]), out = b.images(dyValue, b.shape(dyValue)[1]);
  const Source source = {in, b.get(xValue, in.block).buffer, convWindow(node, w)};
  const BufferId dy = b.get(dyValue, out.block).buffer;
  const BufferId dw = b.make(dwValue).buffer;
  const BufferId dbias = node.flag("bias") && b.used(node.outputs[1]) ? b.make(node.outputs[1]).buffer : -1;
  const std::string name = convName(node, b.shape(xValue), w);
  const int64_t numbers = w[1] * w[2] * w[3];
  if (numbers == w[1] || w[1] > FEW_CHANNELS || numbers > MOST_NUMBERS) {
    return sumPixels(b, source, out, dy, name, dw, dbias);
  }
  const BufferId taps = b.scratch(static_cast<size_t>(w[0] * numbers) * sizeof(float));
  sumPixels(b, unfolded(b, source, out), out, dy, name, taps, dbias);
  turnTaps(b, taps, w, dw);
}

}  // namespace convoy
