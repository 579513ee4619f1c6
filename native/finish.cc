// The end of a compilation: steps in their order, buffers in their places.
#include <algorithm>

#include "builder.h"
#include "half.h"

namespace convoy {
namespace {

// The largest images of a piece of a batch: a few such pieces fit into a core's own cache.
constexpr size_t PIECE_BYTES = size_t{128} << 10;

size_t at(int index) { return static_cast<size_t>(index); }

}  // namespace

Kind Builder::kindOf(const Buffer& buffer) const {
  if (buffer.constant) return Kind::Weights;
  if (buffer.values.empty()) return buffer.kind;
  const auto any = [&](const std::vector<bool>& set) {
    return std::any_of(buffer.values.begin(), buffer.values.end(),
                       [&](ValueId value) { return set[at(value)]; });
  };
  if (!any(forward_)) return Kind::Gradients;
  return any(saved_) ? Kind::Saved : Kind::Passing;
}

/** Notes when and how a group touches its buffers. */
void Builder::find(const Group& group, int now) {
  const auto touch = [&](const std::vector<BufferId>& buffers, bool byImage) {
    for (BufferId id : buffers) {
      Buffer& buffer = buffers_[at(id)];
      if (buffer.constant) continue;
      if (buffer.first < 0) buffer.first = now;
      buffer.last = now;
      buffer.shared = buffer.shared || !byImage;
    }
  };
  for (const Task& task : group) {
    if (profile_) profile_->expect(task.name);
    touch(task.byImage, true);
    touch(task.byPart, false);
    touch(task.byThread, false);
    touch(task.whole, false);
  }
}

/** What one chain makes and uses image by image lasts for a piece, and so needs no more room. */
void Builder::shrink(const Chain& chain, BufferId id, size_t images, int now) {
  Buffer& buffer = buffers_[at(id)];
  const bool own = buffer.place.home == Home::Arena && buffer.first == now && buffer.last == now;
  const bool whole = buffer.shared || buffer.constant || buffer.bytes % images != 0;
  if (!own || whole || chain.threads() == 0 || buffer.place.perImage > 0) return;
  const size_t perImage = buffer.bytes / images;
  const size_t perThread = wholeLines(perImage * static_cast<size_t>(chain.piece()));
  const size_t bytes = perThread * static_cast<size_t>(chain.threads());
  if (bytes >= buffer.bytes) return;
  buffer.place.perImage = perImage;
  buffer.place.perThread = perThread;
  buffer.bytes = bytes;
}

/** The first or the last step of a group that touches a place, by image and not otherwise; -1 if there is none. */
int Builder::touchedAt(const Group& group, BufferId place, bool last) const {
  int found = -1;
  for (size_t step = 0; step < group.size(); step++) {
    for (BufferId id : buffersOf(group[step])) {
      if (id != place && buffers_[at(id)].over != place) continue;
      const std::vector<BufferId>& shares = group[step].byImage;
      if (std::find(shares.begin(), shares.end(), id) == shares.end()) return -1;
      if (last || found < 0) found = static_cast<int>(step);
    }
  }
  return found;
}

/** Whether a buffer has a place of its own for the whole batch, that could be another's as well. */
bool Builder::ownsSlot(const Buffer& b) const {
  const bool pieces = b.place.perImage > 0 || b.place.perThread > 0;
  return b.place.home == Home::Arena && !pieces && !b.constant && b.over < 0;
}

/** A place that ends with a group of image steps, where a result of one of them may lie: an earlier step was the last
 * to use it, or it is the operand that the step says its result may lie on. -1 if there is none. */
BufferId Builder::placeFor(BufferId result, const Group& group, int step, int now) const {
  const Task& task = group[at(step)];
  for (const Task& other : group) {
    for (BufferId id : other.byImage) {
      const BufferId place = buffers_[at(id)].over < 0 ? id : buffers_[at(id)].over;
      const Buffer& b = buffers_[at(place)];
      if (place == result || !ownsSlot(b) || b.last != now || b.bytes != buffers_[at(result)].bytes) continue;
      const int end = touchedAt(group, place, true);
      const bool operand = end == step && task.result == result && task.operand == id;
      if (operand || (end >= 0 && end < step)) return place;
    }
  }
  return -1;
}

/** Puts the results of a group of image steps over what ends with it. */
void Builder::putOver(const Group& group, int now) {
  for (int step = 0; step < static_cast<int>(group.size()); step++) {
    for (BufferId id : group[at(step)].byImage) {
      Buffer& result = buffers_[at(id)];
      if (!ownsSlot(result) || result.first != now || touchedAt(group, id, false) != step) continue;
      result.over = placeFor(id, group, step, now);
      if (result.over >= 0) buffers_[at(result.over)].last = result.last;
    }
  }
}

/** A step that does all of a group. */
Step Builder::stepOf(Group group, int now) {
  if (group.front().images == 0) {
    return {group.front().name, group.front().run, group.front().team};
  }
  const auto images = static_cast<size_t>(group.front().images);
  std::vector<ImageStep> steps;
  size_t largest = 1;  // bytes of one image
  for (Task& task : group) {
    for (BufferId id : task.byImage) largest = std::max(largest, buffers_[at(id)].bytes / images);
    steps.push_back({task.name, !task.byPart.empty(), task.grain, std::move(task.runPiece)});
  }
  const auto chain = std::make_shared<Chain>(std::move(steps), group.front().images,
                                             static_cast<int64_t>(PIECE_BYTES / largest));
  for (const Task& task : group) {
    for (BufferId id : task.byImage) shrink(*chain, id, images, now);
  }
  putOver(group, now);
  const Work run = [chain](const Run& r) { chain->run(r); };
  if (chain->threads() > 0) return {"", run};
  return {group.front().name, run, group.front().byPart.empty()};
}

void Builder::scheduleAll() {
  if (Profile::wanted()) profile_ = std::make_unique<Profile>();
  std::vector<Group> groups =
      schedule(std::move(tasks_), [this](BufferId a, BufferId b) { return meet(a, b); });
  for (size_t now = 0; now < groups.size(); now++) find(groups[now], static_cast<int>(now));
  for (size_t now = 0; now < groups.size(); now++) {
    std::vector<BufferId> buffers;
    for (const Task& task : groups[now]) {
      const std::vector<BufferId> all = buffersOf(task);
      buffers.insert(buffers.end(), all.begin(), all.end());
    }
    steps_.push_back(guard_.around(stepOf(std::move(groups[now]), static_cast<int>(now)), std::move(buffers)));
  }
}

/** In one order of all steps, the preparation first. What it makes for the runs stays to the end. */
Lifetime Builder::lifetimeOf(const Buffer& buffer) const {
  const int prepared = static_cast<int>(preparation_.size());
  const int end = prepared + static_cast<int>(steps_.size()) - 1;
  if (buffer.constant) return {buffer.bytes, buffer.first, buffer.kept ? end : buffer.last};
  return {buffer.bytes, prepared + buffer.first, prepared + buffer.last};
}

void Builder::placeAll() {
  scheduleAll();
  std::vector<Lifetime> alive, values, scratches, kinds[KINDS];
  std::vector<size_t> owners;
  for (size_t id = 0; id < buffers_.size(); id++) {
    const Buffer& buffer = buffers_[id];
    slots_.push_back(buffer.place);
    if (buffer.place.home != Home::Arena || buffer.first < 0 || buffer.over >= 0) continue;
    const Lifetime lifetime = lifetimeOf(buffer);
    const Kind kind = kindOf(buffer);
    alive.push_back(lifetime);
    kinds[static_cast<size_t>(kind)].push_back(lifetime);
    (kind < Kind::Weights ? values : scratches).push_back(lifetime);
    owners.push_back(id);
  }
  const Plan plan = planArena(alive);
  for (size_t k = 0; k < owners.size(); k++) slots_[owners[k]].offset = plan.offsets[k];
  for (size_t id = 0; id < buffers_.size(); id++) {
    if (buffers_[id].over >= 0) slots_[id] = slots_[at(buffers_[id].over)];
  }
  memory_ = {roundedArena(plan.bytes), peakOf(values), peakOf(scratches), {}};
  for (size_t kind = 0; kind < KINDS; kind++) memory_.kinds[kind] = peakOf(kinds[kind]);
}

Memory Builder::memory() {
  placeAll();
  return memory_;
}

std::unique_ptr<Program> Builder::finish() {
  placeAll();
  Arena arena = allocateArena(memory_.peak);
  const Bindings nothing;
  const Run run(slots_, arena.get(), nothing);
  for (const auto& ready : ready_) ready(run);
  std::vector<Span> spans;
  for (size_t id = 0; id < buffers_.size(); id++) {
    const bool inside = slots_[id].home == Home::Arena && buffers_[id].touched;
    spans.push_back({slots_[id].offset, inside ? buffers_[id].bytes : 0});
  }
  guard_.place(arena.get(), memory_.peak, std::move(spans));
  return std::make_unique<Program>(std::move(preparation_), std::move(steps_), std::move(slots_),
                                   std::move(arena), memory_, std::move(profile_));
}

std::unique_ptr<Program> compile(const Graph& graph) {
  checkGraph(graph);
  const Graph cast = castAround(graph);
  Builder builder(cast);
  builder.lowerAll();
  return builder.finish();
}

Memory measure(const Graph& graph) {
  checkGraph(graph);
  const Graph cast = castAround(graph);
  Builder builder(cast);
  builder.lowerAll();
  return builder.memory();
}

}  // namespace convoy
