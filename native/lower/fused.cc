// Fused pointwise passes: how each operand is read, which layout the pass runs in, and which registers
// its instructions use.
#include <algorithm>
#include <memory>

#include "half.h"
#include "lower/lower.h"

namespace convoy {
namespace {

/** An operand's shape with leading ones, as long as the result's. */
Shape aligned(const Shape& shape, size_t rank) {
  Shape result(rank, 1);
  std::copy(shape.begin(), shape.end(), result.end() - static_cast<long>(shape.size()));
  return result;
}

int64_t product(const Shape& shape, size_t begin, size_t end) {
  int64_t size = 1;
  for (size_t axis = begin; axis < end; axis++) size *= shape[axis];
  return size;
}

/** The run of axes that an operand has in common with the result; false when there are several. */
bool commonRun(const Shape& own, const Shape& out, size_t& begin, size_t& end) {
  begin = end = 0;
  bool closed = false;
  for (size_t axis = 0; axis < out.size(); axis++) {
    if (out[axis] == 1) continue;
    if (own[axis] == 1) {
      closed = end > 0;
      continue;
    }
    if (closed) return false;
    if (end == 0) begin = axis;
    end = axis + 1;
  }
  return true;
}

}  // namespace

bool fitsBlocked(const Shape& shape, const Shape& out) {
  const Shape own = aligned(shape, out.size());
  if (own[2] != 1 || own[3] != 1) return own == out;
  return own[0] == out[0] || own[0] == 1;
}

namespace {

/** Registers of a pass; a thread has them on its stack, 2 kB each. */
constexpr int MOST_REGISTERS = 2048;

constexpr Operand FULL = {nullptr, Access::Full, 0, 0, 0, false};

/** How one operand is read, and how many of its numbers belong to one image; 0 where all images share them. */
struct Read {
  BufferId buffer;
  Operand how;
  int64_t perImage;
};

/** Where a number of a buffer lies, floats or halves. */
void* placeOf(const Run& r, BufferId buffer, int64_t at, bool half) {
  return static_cast<char*>(r.raw(buffer)) + at * (half ? 2 : 4);
}

/** One instruction before it has registers. */
struct Expression {
  uint8_t code;
  int from[3];  // numbers of what it takes, or -1
  float value;
  bool joined = false;  // done by another one along with its own
};

class FusedLowering {
 public:
  FusedLowering(Builder& b, const Node& node) : b_(b), node_(node), out_(node.list("shape")) {
    block_ = chooseBlock();
    size_ = block_ > 1 ? b_.images(node_.outputs[0], block_).size() : sizeOf(out_);
  }

  void lower();

 private:
  int64_t chooseBlock() const;
  Read operand(ValueId value);
  Read channels(ValueId value, const Shape& own);
  Read materialised(ValueId value, const Shape& own);
  Tensor result(ValueId value);
  std::vector<Expression> expressions() const;
  void joinPairs(std::vector<Expression>& list) const;
  void assignRegisters();
  void addStep(const std::vector<Read>& reads, const std::vector<BufferId>& outputs,
               std::function<void(const Run&, const Piece&)> run);
  void clearPadding(const std::vector<BufferId>& outputs);

  Builder& b_;
  const Node& node_;
  const Shape out_;
  int64_t block_, size_;
  std::vector<Instruction> code_;
  std::vector<int16_t> results_;
  int registers_ = 0;
};

/** The layout of the first image operand that is not plain, when all the others can follow. */
int64_t FusedLowering::chooseBlock() const {
  if (out_.size() != 4) return 1;
  if (touchesHalf(b_.graph(), node_)) return out_[1];
  int64_t block = 1;
  for (ValueId value : node_.inputs) {
    if (b_.shape(value) == out_ && block == 1) block = b_.blockOf(value);
  }
  for (ValueId value : node_.inputs) {
    const bool one = sizeOf(b_.shape(value)) == 1;
    if (!one && !fitsBlocked(b_.shape(value), out_)) return 1;
  }
  return block;
}

/** Channels of the batch, or of each image, beside images in a blocked layout. */
Read FusedLowering::channels(ValueId value, const Shape& own) {
  const Images plain = {own[0], own[1], 1, 1, 1};
  Images blocked = plain;
  blocked.block = block_;
  BufferId from = b_.plain(value);
  if (own[1] % block_ != 0) {
    const BufferId to = b_.scratch(static_cast<size_t>(blocked.size()) * sizeof(float));
    const int64_t block = block_;
    b_.step("relayout", {from, to},
            [=](const Run& r) {
              kernels().relayout(plain, r.raw(from), block, r.raw(to), sizeof(float));
            });
    from = to;
  }
  const int64_t inner = out_[2] * out_[3] * block_;
  const int64_t perImage = own[0] == 1 ? 0 : blocked.blocks() * block_;
  return {from, {nullptr, Access::Periodic, inner, blocked.count * blocked.blocks(), block_, false}, perImage};
}

/** Anything else: written out in full first. */
Read FusedLowering::materialised(ValueId value, const Shape& own) {
  CopyArgs args = {};
  args.bytes = sizeof(float);
  if (out_.size() > 6) throw std::invalid_argument("broadcasting over more than six axes");
  args.rank = static_cast<int>(out_.size());
  int64_t from = 1, to = 1;
  for (size_t axis = out_.size(); axis-- > 0;) {
    args.sizes[axis] = out_[axis];
    args.from[axis] = own[axis] == 1 ? 0 : from;
    args.to[axis] = to;
    from *= own[axis];
    to *= out_[axis];
  }
  const BufferId source = b_.plain(value);
  const BufferId target = b_.scratch(static_cast<size_t>(to) * sizeof(float));
  b_.step("expand", {source, target}, [=](const Run& r) {
    CopyArgs placed = args;
    placed.source = r.raw(source);
    placed.target = r.raw(target);
    kernels().copy(placed);
  });
  return {target, FULL, to / out_[0]};
}

Read FusedLowering::operand(ValueId value) {
  const Shape& shape = b_.shape(value);
  if (sizeOf(shape) == 1) return {b_.plain(value), {nullptr, Access::Scalar, 0, 0, 0, false}, 0};
  if (shape == out_) {
    Operand full = FULL;
    full.half = b_.isHalf(value);
    return {b_.get(value, block_).buffer, full, size_ / out_[0]};
  }
  const Shape own = aligned(shape, out_.size());
  if (block_ > 1 && own[1] != 1) return channels(value, own);
  if (block_ > 1) {  // one number for each image
    return {b_.plain(value), {nullptr, Access::Periodic, size_ / out_[0], out_[0], 1, false}, 1};
  }
  size_t begin = 0, end = 0;
  if (!commonRun(own, out_, begin, end)) return materialised(value, own);
  if (sizeOf(own) == sizeOf(out_)) return {b_.plain(value), FULL, size_ / out_[0]};
  const int64_t period = product(out_, begin, end), inner = product(out_, end, out_.size());
  const Operand row = {nullptr, Access::Periodic, period, 1, period, false};
  const Operand column = {nullptr, Access::Periodic, inner, period, 1, false};
  const int64_t perImage = begin == 0 ? period / out_[0] : 0;
  return {b_.plain(value), inner == 1 ? row : column, perImage};
}

/** A result takes the place of an operand that nobody needs any more, if there is one. */
Tensor FusedLowering::result(ValueId value) {
  for (ValueId input : node_.inputs) {
    if (b_.shape(input) != out_ || b_.type(input).dtype != b_.type(value).dtype) continue;
    const Tensor tensor = b_.tryOver(value, block_, input);
    if (tensor.buffer >= 0) return tensor;
  }
  return b_.make(value, block_);
}

/** The node's instructions; they take operands and each other by number, operands first. */
std::vector<Expression> FusedLowering::expressions() const {
  const auto& names = node_.attr("code").texts;
  const auto& args = node_.attr("args").numbers;
  const auto& values = node_.attr("values").numbers;
  std::vector<Expression> list;
  for (size_t k = 0; k < names.size(); k++) {
    const PointwiseOp* found = pointwise(names[k]);
    if (!found) throw std::invalid_argument("the native engine lacks the op " + names[k]);
    Expression made = {static_cast<uint8_t>(found - POINTWISE), {}, static_cast<float>(values[k])};
    for (size_t a = 0; a < 3; a++) made.from[a] = static_cast<int>(args[3 * k + a]);
    list.push_back(made);
  }
  return list;
}

/** Joins products with the sum or difference that alone uses them: blocks of numbers are gone over half as often. */
void FusedLowering::joinPairs(std::vector<Expression>& list) const {
  const int operands = static_cast<int>(node_.inputs.size());
  std::vector<int> uses(static_cast<size_t>(operands) + list.size(), 0);
  for (const Expression& e : list) {
    for (int from : e.from) uses[static_cast<size_t>(std::max(from, 0))] += from >= 0;
  }
  for (double kept : node_.attr("results").numbers) uses[static_cast<size_t>(kept)]++;
  const auto productAt = [&](int number) -> Expression* {
    if (number < operands || uses[static_cast<size_t>(number)] > 1) return nullptr;
    Expression& e = list[static_cast<size_t>(number - operands)];
    return e.code == MUL ? &e : nullptr;
  };
  for (Expression& e : list) {
    if (e.code != ADD && e.code != SUB) continue;
    Expression *first = productAt(e.from[0]), *second = productAt(e.from[1]);
    Expression* product = first ? first : second;
    if (!product) continue;
    const int other = first ? e.from[1] : e.from[0];
    const uint8_t code = e.code == ADD ? MUL_ADD : first ? MUL_SUB : SUB_MUL;
    e = {code, {product->from[0], product->from[1], other}, 0};
    product->joined = true;
  }
}

/** Registers of operands stay; those of instructions are free again after their last use. */
void FusedLowering::assignRegisters() {
  std::vector<Expression> list = expressions();
  joinPairs(list);
  const int operands = static_cast<int>(node_.inputs.size());
  const int count = static_cast<int>(list.size());
  std::vector<int> last(static_cast<size_t>(operands + count), -1);
  for (int k = 0; k < count; k++) {
    const Expression& e = list[static_cast<size_t>(k)];
    for (int from : e.from) {
      if (from >= 0 && !e.joined) last[static_cast<size_t>(from)] = k;
    }
  }
  for (double kept : node_.attr("results").numbers) last[static_cast<size_t>(kept)] = count;
  std::vector<int16_t> place(last.size());
  for (int o = 0; o < operands; o++) place[static_cast<size_t>(o)] = static_cast<int16_t>(o);
  std::vector<int16_t> idle;
  registers_ = operands;
  for (int k = 0; k < count; k++) {
    const Expression& e = list[static_cast<size_t>(k)];
    if (e.joined) continue;
    Instruction in = {e.code, 0, {-1, -1, -1}, e.value};
    for (int a = 0; a < 3; a++) {
      const int from = e.from[a];
      if (from < 0) continue;
      in.from[a] = place[static_cast<size_t>(from)];
      const bool repeated = a > 0 && std::find(in.from, in.from + a, in.from[a]) != in.from + a;
      if (from >= operands && last[static_cast<size_t>(from)] == k && !repeated) {
        idle.push_back(in.from[a]);
      }
    }
    if (idle.empty()) idle.push_back(static_cast<int16_t>(registers_++));
    in.to = idle.back();
    idle.pop_back();
    place[static_cast<size_t>(operands + k)] = in.to;
    code_.push_back(in);
    if (last[static_cast<size_t>(operands + k)] < 0) idle.push_back(in.to);
  }
  for (double kept : node_.attr("results").numbers) {
    results_.push_back(place[static_cast<size_t>(kept)]);
  }
}

void FusedLowering::lower() {
  assignRegisters();
  if (registers_ > MOST_REGISTERS) throw std::invalid_argument("more operands and results than a pass has room for");
  std::vector<Read> reads;
  std::vector<BufferId> outputs;
  for (ValueId value : node_.inputs) reads.push_back(operand(value));
  std::vector<uint8_t> halves;
  for (ValueId value : node_.outputs) {
    outputs.push_back(result(value).buffer);
    halves.push_back(b_.isHalf(value));
  }
  const int64_t images = out_.empty() ? 1 : out_[0], perImage = size_ / images;
  addStep(reads, outputs, [=, code = code_, results = results_, registers = registers_](
                              const Run& r, const Piece& p) {
    std::vector<Operand> operands;
    operands.reserve(reads.size());
    for (const Read& read : reads) {
      operands.push_back(read.how);
      operands.back().data = placeOf(r, read.buffer, p.first * read.perImage, read.how.half);
    }
    std::vector<void*> targets;
    targets.reserve(outputs.size());
    for (size_t at = 0; at < outputs.size(); at++) {
      targets.push_back(placeOf(r, outputs[at], p.first * perImage, halves[at]));
    }
    kernels().fused({p.count * perImage, operands.data(), static_cast<int>(operands.size()), code.data(),
                     static_cast<int>(code.size()), registers, results.data(), targets.data(),
                     halves.data(), static_cast<int>(targets.size())});
  });
  if (block_ > 1 && out_[1] % block_ != 0) clearPadding(outputs);
}

/** Images go along the batch; anything else is done as a whole. */
void FusedLowering::addStep(const std::vector<Read>& reads, const std::vector<BufferId>& outputs,
                            std::function<void(const Run&, const Piece&)> run) {
  const int64_t images = out_.empty() ? 1 : out_[0];
  Task task = {"fused", {}, {}, images};
  for (const Read& read : reads) (read.perImage > 0 ? task.byImage : task.whole).push_back(read.buffer);
  for (BufferId output : outputs) task.byImage.push_back(output);
  task.runPiece = std::move(run);
  if (out_.size() == 4) return b_.imageStep(std::move(task));
  task.whole.insert(task.whole.end(), task.byImage.begin(), task.byImage.end());
  b_.teamStep(task.name, task.whole, [run = std::move(task.runPiece), images](const Run& r) {
    run(r, {0, 0, images, true, true});
  });
}

void FusedLowering::clearPadding(const std::vector<BufferId>& outputs) {
  const Images im = b_.images(node_.outputs[0], block_);
  for (BufferId output : outputs) {
    Task task = {"clear padding", {}, {}, im.count};
    task.byImage = {output};
    task.runPiece = [=](const Run& r, const Piece& p) {
      kernels().clearPadding(p.of(im), r.f32(output) + p.start(im));
    };
    b_.imageStep(std::move(task));
  }
}

}  // namespace

const PointwiseOp* pointwise(const std::string& name) {
  const auto* found = std::find_if(std::begin(POINTWISE), std::end(POINTWISE),
                                   [&](const PointwiseOp& op) { return op.name == name; });
  return found == std::end(POINTWISE) ? nullptr : found;
}

void lowerFused(Builder& b, const Node& node) { FusedLowering(b, node).lower(); }

}  // namespace convoy
