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
  int64_t pairs() const { return 2 * sizes.x.phases * sizes.x.phases * across(sizes.in.channels) * sizes.pitch; }
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

}  // namespace

void tileWeightGrad(Builder& b, const Node& node) {
  const ValueId xValue = node.inputs[0], dyValue = node.inputs[1], dwValue = node.outputs[0];
  const Shape& w = b.shape(dwValue);
  const Window window = convWindow(node, w);
  const int64_t stride = window.strides[0], top = window.padding[0], left = window.padding[1];
  const Images in = b.images(xValue, b.shape(xValue)[1]), out = b.images(dyValue, b.shape(dyValue)[1]);
  const int64_t pitch = std::max((left + in.width - 1) / stride + 1, out.width + (w[3] - 1) / stride);
  const int64_t rows = out.height + (w[2] - 1) / stride;
  const bool bias = node.flag("bias") && b.used(node.outputs[1]);
  WeightGrad g = {};
  g.name = convName(node, b.shape(xValue), w);
  g.sizes.in = in;
  g.sizes.out = out;
  g.sizes.x = {in.height, in.width, in.channels, top, left, 1, stride, rows, pitch};
  g.sizes.dy = {out.height, out.width, out.channels, 0, 0, 1, 1, out.height, pitch};
  g.sizes.rows = w[2];
  g.sizes.taps = w[3];
  g.sizes.each = rows * pitch;
  g.sizes.bias = bias;
  g.shift = (w[2] - 1) / stride * pitch + (w[3] - 1) / stride;
  g.x = b.get(xValue, in.block).buffer;
  g.dy = b.get(dyValue, out.block).buffer;
  g.dw = b.make(dwValue).buffer;
  g.dbias = bias ? b.make(node.outputs[1]).buffer : -1;
  g.sums() * static_cast<int64_t>(sizeof(float)) > NEAR_SUMS ? sumAtOnce(b, g) : sumByParts(b, g);
}

}  // namespace convoy
