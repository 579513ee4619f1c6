#include "builder.h"

#include <omp.h>

#include <algorithm>

namespace convoy {
namespace {

constexpr int END = 1 << 30;  // a use after the last node

size_t at(int index) { return static_cast<size_t>(index); }

bool isFrozen(const Graph& graph, const std::string& vector) {
  return std::find(graph.frozen.begin(), graph.frozen.end(), vector) != graph.frozen.end();
}

}  // namespace

Builder::Builder(const Graph& graph)
    : graph_(graph),
      lastUse_(graph.values.size(), -1),
      forward_(graph.values.size(), false),
      saved_(graph.values.size(), false),
      constant_(graph.values.size(), false),
      tensors_(graph.values.size()),
      written_(graph.values.size(), false) {
  for (size_t n = 0; n < graph.nodes.size(); n++) {
    const int use = graph.nodes[n].op == "write" ? END : static_cast<int>(n);
    for (ValueId input : graph.nodes[n].inputs) {
      lastUse_[at(input)] = std::max(lastUse_[at(input)], use);
    }
  }
  for (ValueId output : graph.outputs) lastUse_[at(output)] = END;
  // A reshaped value lies where its operand lies, so the operand is used as long as it is.
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); node++) {
    if (node->op != "reshape") continue;
    int& use = lastUse_[at(node->inputs[0])];
    use = std::max(use, lastUse_[at(node->outputs[0])]);
  }
  findConstants();
  for (ValueId output : graph.outputs) forward_[at(output)] = true;
  bool ended = false;  // whether the last node of the forward pass has been met
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); node++) {
    const bool forward = std::any_of(node->outputs.begin(), node->outputs.end(),
                                     [&](ValueId value) { return forward_[at(value)]; });
    for (ValueId value : node->outputs) forward_[at(value)] = forward;
    // What is made beside the forward pass, such as a compressed copy, is kept for later; what it is made of
    // is not.
    for (ValueId input : node->inputs) (forward || ended ? forward_ : saved_)[at(input)] = true;
    ended = ended || forward;
    if (ended && !forward) {
      for (ValueId value : node->outputs) forward_[at(value)] = saved_[at(value)] = true;
    }
  }
}

void Builder::findConstants() {
  if (graph_.frozen.empty()) return;
  for (const Node& node : graph_.nodes) {
    const bool literal = node.op == "constant" || node.op == "fused";
    const bool made = (literal || !node.inputs.empty()) &&
                      std::all_of(node.inputs.begin(), node.inputs.end(),
                                  [&](ValueId value) { return constant_[at(value)]; });
    const bool constant = made || (node.op == "read" && isFrozen(graph_, node.text("vector")));
    for (ValueId value : node.outputs) constant_[at(value)] = constant;
  }
}

BufferId Builder::add(size_t bytes, Slot place, Kind kind) {
  buffers_.push_back({bytes, place, kind});
  buffers_.back().constant =
      place.home == Home::Vector && isFrozen(graph_, graph_.vectors[at(place.slot)]);
  return static_cast<BufferId>(buffers_.size() - 1);
}

Images Builder::images(ValueId value, int64_t block) const {
  const Shape& s = shape(value);
  if (s.size() == 4) return {s[0], s[1], s[2], s[3], block};
  if (s.size() == 2) return {s[0], s[1], 1, 1, block};
  throw std::invalid_argument("expected images or rows of features");
}

int64_t Builder::countOf(ValueId value, int64_t block) const {
  return block == 1 ? sizeOf(shape(value)) : images(value, block).size();
}

size_t Builder::bytesIn(ValueId value, int64_t block) const {
  return static_cast<size_t>(countOf(value, block)) * bytesOf(type(value).dtype);
}

bool Builder::returned(ValueId value) const {
  return std::find(graph_.outputs.begin(), graph_.outputs.end(), value) != graph_.outputs.end();
}

bool Builder::inArena(BufferId buffer) const {
  return buffers_[at(buffer)].place.home == Home::Arena;
}

int64_t Builder::blockOf(ValueId value) const { return tensors_[at(value)].front().block; }

Tensor Builder::get(ValueId value, int64_t block) {
  std::vector<Tensor>& layouts = tensors_[at(value)];
  const Shape& s = shape(value);
  for (const Tensor& tensor : layouts) {
    if (tensor.block == block) return tensor;
    // One channel, one pixel or one whole block: the same bytes under two names.
    const bool same = s.size() == 4 && s[2] * s[3] == 1 && s[1] % block == 0 && s[1] % tensor.block == 0;
    if (same) return {tensor.buffer, block};
  }
  const Tensor from = layouts.front();
  const Tensor to = {add(bytesIn(value, block), {Home::Arena, 0, 0}), block};
  buffers_[at(to.buffer)].values.push_back(value);
  layouts.push_back(to);
  const Images source = images(value, from.block), target = images(value, block);
  const size_t bytes = bytesOf(type(value).dtype);
  Task task = {"relayout", {}, {}, source.count};
  task.byImage = {from.buffer, to.buffer};
  task.runPiece = [=](const Run& run, const Piece& p) {
    const auto place = [&](BufferId buffer, const Images& im) {
      return static_cast<char*>(run.raw(buffer)) + static_cast<size_t>(p.start(im)) * bytes;
    };
    kernels().relayout(p.of(source), place(from.buffer, source), block, place(to.buffer, target), bytes);
  };
  imageStep(std::move(task));
  return to;
}

/** The write that may take a value straight away: no other write of this value or to its place, and
 * nothing reads its place from here on. */
const Node* Builder::directWrite(ValueId value) const {
  const auto wanted = std::find_if(graph_.nodes.begin(), graph_.nodes.end(), [&](const Node& node) {
    return node.op == "write" && node.inputs[0] == value;
  });
  if (wanted == graph_.nodes.end()) return nullptr;
  const Node* found = &*wanted;
  const double begin = found->number("offset");
  const double end = begin + static_cast<double>(sizeOf(shape(value)));
  for (const Node& node : graph_.nodes) {
    const bool writes = node.op == "write";
    if (&node == found || !(writes || node.op == "read")) continue;
    if (writes && node.inputs[0] == value) return nullptr;
    if (node.text("vector") != found->text("vector")) continue;
    const double from = node.number("offset");
    const ValueId other = writes ? node.inputs[0] : node.outputs[0];
    const double to = from + static_cast<double>(sizeOf(shape(other)));
    if (to <= begin || from >= end) continue;
    if (writes) return nullptr;
    // A fused pass loads a block of all its operands before it stores one, so it may write over an
    // operand that it reads at the same places.
    const bool overItself = graph_.nodes[at(node_)].op == "fused" && from == begin && to == end;
    const int last = lastUse_[at(node.outputs[0])];
    if (last > node_ || (last == node_ && !overItself)) return nullptr;
  }
  return found;
}

Tensor Builder::make(ValueId value, int64_t block) {
  Slot place = {Home::Arena, 0, 0};
  if (block == 1) {
    if (const Node* write = directWrite(value)) {
      place = {Home::Vector, slotOf(graph_.vectors, write->text("vector")),
               static_cast<size_t>(write->number("offset")) * sizeof(float)};
      written_[at(value)] = true;
    }
  }
  const Tensor tensor = {add(bytesIn(value, block), place), block};
  alias(value, tensor);
  return tensor;
}

BufferId Builder::makeStored(ValueId value, int64_t bytes) {
  const BufferId buffer = add(static_cast<size_t>(bytes), {Home::Arena, 0, 0});
  alias(value, {buffer, 1});
  return buffer;
}

bool Builder::diesHere(const Tensor& tensor) const {
  const Buffer& buffer = buffers_[at(tensor.buffer)];
  if (buffer.place.home != Home::Arena || buffer.constant) return false;
  return std::all_of(buffer.values.begin(), buffer.values.end(),
                     [&](ValueId value) { return lastUse_[at(value)] <= node_; });
}

Tensor Builder::tryOver(ValueId value, int64_t block, ValueId operand) {
  const Tensor own = get(operand, block);
  const bool fits = buffers_[at(own.buffer)].bytes == bytesIn(value, block);
  if (!fits || !diesHere(own) || (block == 1 && directWrite(value))) return {-1, block};
  alias(value, own);
  return own;
}

const Node* Builder::maker(ValueId value) const {
  const auto made = std::find_if(graph_.nodes.begin(), graph_.nodes.end(), [&](const Node& node) {
    return std::find(node.outputs.begin(), node.outputs.end(), value) != node.outputs.end();
  });
  return made == graph_.nodes.end() ? nullptr : &*made;
}

const Node* Builder::onlyUser(ValueId value) const {
  const auto uses = [&](const Node& node) { return std::count(node.inputs.begin(), node.inputs.end(), value); };
  const auto first = std::find_if(graph_.nodes.begin(), graph_.nodes.end(), uses);
  if (first == graph_.nodes.end() || uses(*first) > 1 || lastUse_[at(value)] == END) return nullptr;
  return std::any_of(first + 1, graph_.nodes.end(), uses) ? nullptr : &*first;
}

void Builder::postpone(const Node& user) {
  const int then = static_cast<int>(&user - graph_.nodes.data());
  for (ValueId input : graph_.nodes[at(node_)].inputs) lastUse_[at(input)] = std::max(lastUse_[at(input)], then);
}

void Builder::alias(ValueId value, const Tensor& tensor) {
  buffers_[at(tensor.buffer)].values.push_back(value);
  tensors_[at(value)].push_back(tensor);
}

void Builder::bind(ValueId value, Slot place) {
  const BufferId buffer = add(bytesIn(value, 1), place);
  buffers_[at(buffer)].bound = true;
  alias(value, {buffer, 1});
}

BufferId Builder::scratch(size_t bytes, Kind kind) {
  return add(std::max<size_t>(bytes, 1), {Home::Arena, 0, 0}, kind);
}

BufferId Builder::threadScratch(size_t bytes) {
  const size_t lines = wholeLines(bytes);
  const BufferId id = scratch(lines * static_cast<size_t>(omp_get_max_threads()));
  buffers_[at(id)].place.perThread = lines;
  return id;
}

/** Whether a step that touches these buffers makes constants of constants: into room that is new, and
 * that no other value shares. */
bool Builder::isConstant(const std::vector<BufferId>& buffers) const {
  bool any = false;
  for (BufferId id : buffers) {
    const Buffer& buffer = buffers_[at(id)];
    const bool made = buffer.place.home == Home::Arena && !buffer.touched &&
                      std::all_of(buffer.values.begin(), buffer.values.end(),
                                  [&](ValueId value) { return constant_[at(value)]; });
    if (!buffer.constant && !made) return false;
    any = any || buffer.constant || !buffer.values.empty();
  }
  return any;
}

void Builder::step(std::string name, const std::vector<BufferId>& buffers, Work run) {
  wholeStep({std::move(name), buffers, std::move(run)});
}

void Builder::teamStep(std::string name, const std::vector<BufferId>& buffers, Work run) {
  Task task = {std::move(name), buffers, std::move(run)};
  task.team = true;
  wholeStep(std::move(task));
}

void Builder::wholeStep(Task task) {
  const bool constant = isConstant(task.whole);
  const int now = static_cast<int>(preparation_.size());
  for (BufferId id : task.whole) {
    Buffer& buffer = buffers_[at(id)];
    if (constant) {
      buffer.constant = true;
      if (!buffer.touched) buffer.first = now;
      buffer.last = now;
    }
    buffer.touched = true;
    if (!constant && buffer.constant) buffer.kept = true;
  }
  if (constant) return preparation_.push_back(guard_.around({"", std::move(task.run), task.team}, task.whole));
  tasks_.push_back(std::move(task));
}

void Builder::imageStep(Task task) {
  const std::vector<BufferId> all = buffersOf(task);
  if (isConstant(all)) {
    Step made = stepOf({task});
    Task whole = {task.name, all, std::move(made.run)};
    whole.team = made.team;
    return wholeStep(std::move(whole));
  }
  for (BufferId id : all) {
    Buffer& buffer = buffers_[at(id)];
    buffer.touched = true;
    if (buffer.constant) buffer.kept = true;
  }
  tasks_.push_back(std::move(task));
}

bool Builder::readOnly(const Buffer& buffer) const { return buffer.bound || buffer.constant; }

/** Places in something bound may overlap. */
bool Builder::meet(BufferId first, BufferId second) const {
  const Buffer &a = buffers_[at(first)], &b = buffers_[at(second)];
  if (readOnly(a) && readOnly(b)) return false;
  if (first == second) return true;
  if (a.place.home == Home::Arena || a.place.home != b.place.home || a.place.slot != b.place.slot) return false;
  return a.place.offset < b.place.offset + b.bytes && b.place.offset < a.place.offset + a.bytes;
}

void Builder::copyStep(const char* name, BufferId from, BufferId to, size_t bytes) {
  step(name, {from, to}, [=](const Run& run) {
    const char* source = static_cast<const char*>(run.raw(from));
    std::copy(source, source + bytes, static_cast<char*>(run.raw(to)));
  });
}

/** What a late write stores, out of reach of the other late writes. */
BufferId Builder::stage(const Node& node) {
  const BufferId from = plain(node.inputs[0]);
  if (inArena(from)) return from;
  const size_t bytes = bytesIn(node.inputs[0], 1);
  const BufferId to = scratch(bytes);
  copyStep("write", from, to, bytes);
  return to;
}

void Builder::finishWrites() {
  std::vector<const Node*> writes;
  std::vector<BufferId> sources;
  for (const Node& node : graph_.nodes) {
    if (node.op != "write" || written_[at(node.inputs[0])]) continue;
    writes.push_back(&node);
    sources.push_back(stage(node));
  }
  for (size_t k = 0; k < writes.size(); k++) {
    const Slot place = {Home::Vector, slotOf(graph_.vectors, writes[k]->text("vector")),
                         static_cast<size_t>(writes[k]->number("offset")) * sizeof(float)};
    const size_t bytes = bytesIn(writes[k]->inputs[0], 1);
    copyStep("write", sources[k], add(bytes, place), bytes);
  }
}

void Builder::copyOutputs() {
  for (size_t slot = 0; slot < graph_.outputs.size(); slot++) {
    const ValueId value = graph_.outputs[slot];
    const BufferId from = plain(value);
    const BufferId to = add(bytesIn(value, 1), {Home::Output, static_cast<int>(slot), 0});
    copyStep("output", from, to, bytesIn(value, 1));
  }
}

void Builder::lowerAll() {
  for (const Node& node : graph_.nodes) {
    node_ = static_cast<int>(&node - graph_.nodes.data());
    if (node.op == "write") continue;
    try {
      lowering(node.op)(*this, node);
    } catch (const std::exception& error) {
      throw std::runtime_error("cannot compile " + describe(graph_, node) + ": " + error.what());
    }
  }
  // Reads see the old elements, those among the outputs too.
  node_ = END;
  copyOutputs();
  finishWrites();
}

}  // namespace convoy
