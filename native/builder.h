// What the lowering of each op uses: it asks for its operands in the layout it wants, makes its results,
// and adds steps. The builder inserts changes of layout, tracks lifetimes and places everything.
#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "graph.h"
#include "guard.h"
#include "kernels/kernels.h"
#include "plan.h"
#include "program.h"
#include "schedule.h"

namespace convoy {

/** Bytes rounded up to whole lines of a cache, of which threads should not share any. */
constexpr size_t wholeLines(size_t bytes) { return (bytes + 63) / 64 * 64; }

/** A value in memory. Only values with four axes have a channel block other than 1. */
struct Tensor {
  BufferId buffer;
  int64_t block;
};

class Builder {
 public:
  explicit Builder(const Graph& graph);
  /** The memory that the program takes; `lowerAll` comes before it. */
  Memory memory();
  std::unique_ptr<Program> finish();

  const Graph& graph() const { return graph_; }
  const TensorType& type(ValueId value) const { return graph_.values[static_cast<size_t>(value)]; }
  const Shape& shape(ValueId value) const { return type(value).shape; }
  bool isHalf(ValueId value) const { return type(value).dtype == DType::BF16; }

  /** The layout that a value has now, wherever it was made. */
  int64_t blockOf(ValueId value) const;
  /** The value in the given layout; changed into it, once, when it has another. */
  Tensor get(ValueId value, int64_t block);
  /** The value in the plain layout. */
  BufferId plain(ValueId value) { return get(value, 1).buffer; }
  /** Whether the value is made of frozen vectors and constants alone. */
  bool constant(ValueId value) const { return constant_[static_cast<size_t>(value)]; }
  /** The node that makes the value; null when none does. */
  const Node* maker(ValueId value) const;
  /** The node that uses the value; null when there are several, or none, or it is an output. */
  const Node* onlyUser(ValueId value) const;
  /** The node that is being lowered is done later, along with the one that uses its results: it adds no step now, and
   * its operands are kept until then. */
  void postpone(const Node& user);
  /** Whether runs return the value. */
  bool returned(ValueId value) const;
  /** Whether anything uses the value at all. */
  bool used(ValueId value) const { return lastUse_[static_cast<size_t>(value)] >= 0; }

  /** Room for a result of the node that is being lowered. Plain results go straight to the place
   * that a `write` wants them at, when nothing in between reads that place. */
  Tensor make(ValueId value, int64_t block = 1);
  /** Room of so many bytes for a result whose order nobody else knows; see compress.cc. */
  BufferId makeStored(ValueId value, int64_t bytes);
  /** Room in the place of `operand` when this node is its last user; else a buffer of -1. */
  Tensor tryOver(ValueId value, int64_t block, ValueId operand);
  /** A result that is an operand under another shape. */
  void alias(ValueId value, const Tensor& tensor);
  /** A result that lies in something bound. */
  void bind(ValueId value, Slot place);
  /** Room that only the steps naming it use. */
  BufferId scratch(size_t bytes, Kind kind = Kind::Scratch);
  /** Room of so many bytes for each thread, that an image step names. */
  BufferId threadScratch(size_t bytes);

  /** Adds a step; `buffers` are all that it touches. */
  void step(std::string name, const std::vector<BufferId>& buffers, Work run);
  /** Adds a step that a team does: it calls one kernel, which shares its loop. */
  void teamStep(std::string name, const std::vector<BufferId>& buffers, Work run);
  /** Adds a step along the batch, which can run for some images after those of other steps. */
  void imageStep(Task task);
  /** Calls `ready` with the places of the arena when they are known. */
  void whenPlaced(std::function<void(const Run&)> ready) { ready_.push_back(std::move(ready)); }
  bool inArena(BufferId buffer) const;

  Images images(ValueId value, int64_t block) const;
  /** Numbers of a value in a layout, lanes behind the last channel among them. */
  int64_t countOf(ValueId value, int64_t block) const;
  void lowerAll();

 private:
  struct Buffer {
    size_t bytes;
    Slot place;
    Kind kind = Kind::Passing;
    int first = -1;  // group of steps that touches it, once they are known; for a constant, step
    int last = -1;
    bool touched = false;  // by any step so far
    bool shared = false;   // among images: touched otherwise than image by image
    BufferId over = -1;    // the buffer in whose place it lies, if in any
    std::vector<ValueId> values = {};  // those that lie in it
    bool constant = false;             // made of frozen vectors alone
    bool kept = false;                 // a constant that runs use
    bool bound = false;                // something that the runs bind and that is read here
  };

  void wholeStep(Task task);
  BufferId add(size_t bytes, Slot place, Kind kind = Kind::Passing);
  void findConstants();
  bool isConstant(const std::vector<BufferId>& buffers) const;
  bool readOnly(const Buffer& buffer) const;
  bool meet(BufferId a, BufferId b) const;
  void scheduleAll();
  void find(const Group& group, int now);
  Step stepOf(Group group, int now = 0);
  void shrink(const Chain& chain, BufferId id, size_t images, int now);
  int touchedAt(const Group& group, BufferId place, bool last) const;
  bool ownsSlot(const Buffer& buffer) const;
  BufferId placeFor(BufferId result, const Group& group, int step, int now) const;
  void putOver(const Group& group, int now);
  Kind kindOf(const Buffer& buffer) const;
  Lifetime lifetimeOf(const Buffer& buffer) const;
  void placeAll();
  size_t bytesIn(ValueId value, int64_t block) const;
  const Node* directWrite(ValueId value) const;
  void copyStep(const char* name, BufferId from, BufferId to, size_t bytes);
  BufferId stage(const Node& node);
  void finishWrites();
  void copyOutputs();
  bool diesHere(const Tensor& tensor) const;

  const Graph& graph_;
  int node_ = 0;  // being lowered
  std::vector<int> lastUse_;  // node, by value, also under another shape; -1 when unused
  std::vector<bool> forward_;  // by value: whether the outputs need it
  std::vector<bool> saved_;    // by value: a forward one that the backward pass uses
  std::vector<bool> constant_;  // by value: made of frozen vectors and constants alone
  std::vector<std::vector<Tensor>> tensors_;  // layouts of each value; the first is the original
  std::vector<Buffer> buffers_;
  std::vector<Step> preparation_;  // makes the constants
  std::vector<Task> tasks_;
  std::vector<Step> steps_;
  Guard guard_;  // around each of the steps
  std::unique_ptr<Profile> profile_;
  std::vector<std::function<void(const Run&)>> ready_;
  std::vector<bool> written_;  // by value: already where its write wants it
  std::vector<Slot> slots_;  // by buffer, once all are placed
  Memory memory_;
};

/** Throws for a graph that does not make sense: a node whose operands, attributes and results do not fit each other,
 * or names nobody knows. */
void checkGraph(const Graph& graph);
/** A node in words: its op and the shapes of its operands. */
std::string describe(const Graph& graph, const Node& node);

/** A pointwise op, or null when kernels lack it. */
const PointwiseOp* pointwise(const std::string& name);

using Lower = void (*)(Builder&, const Node&);
/** The lowering of an op; throws for one that this engine lacks. */
Lower lowering(const std::string& op);

}  // namespace convoy
