// The end of a compilation: steps in their order, buffers in their places.
#include <algorithm>

#include "builder.h"

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

/** A step that does all of a group. */
Step Builder::stepOf(Group group) const {
  if (group.front().images == 0) {
    return [name = group.front().name, run = std::move(group.front().run)](const Run& r) {
      const Timer timer(r.profile(), name);
      run(r);
    };
  }
  const int64_t images = group.front().images;
  std::vector<ImageStep> steps;
  size_t largest = 1;  // bytes of one image
  for (Task& task : group) {
    for (BufferId id : task.byImage) largest = std::max(largest, buffers_[at(id)].bytes / static_cast<size_t>(images));
    steps.push_back({task.name, !task.byPart.empty(), task.grain, std::move(task.runPiece)});
  }
  const auto chain =
      std::make_shared<Chain>(std::move(steps), images, static_cast<int64_t>(PIECE_BYTES / largest));
  return [chain](const Run& r) { chain->run(r); };
}

void Builder::scheduleAll() {
  if (Profile::wanted()) profile_ = std::make_unique<Profile>();
  std::vector<Group> groups =
      schedule(std::move(tasks_), [this](BufferId a, BufferId b) { return meet(a, b); });
  for (Group& group : groups) {
    const int now = static_cast<int>(steps_.size());
    for (const Task& task : group) {
      if (profile_) profile_->expect(task.name);
      for (const auto* list : {&task.whole, &task.byImage, &task.byPart}) {
        for (BufferId id : *list) {
          Buffer& buffer = buffers_[at(id)];
          if (buffer.constant) continue;
          if (buffer.first < 0) buffer.first = now;
          buffer.last = now;
        }
      }
    }
    steps_.push_back(stepOf(std::move(group)));
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
    places_.push_back(buffer.place);
    if (buffer.place.home != Home::Arena || buffer.first < 0) continue;
    const Lifetime lifetime = lifetimeOf(buffer);
    const Kind kind = kindOf(buffer);
    alive.push_back(lifetime);
    kinds[static_cast<size_t>(kind)].push_back(lifetime);
    (kind < Kind::Weights ? values : scratches).push_back(lifetime);
    owners.push_back(id);
  }
  const Plan plan = planArena(alive);
  for (size_t k = 0; k < owners.size(); k++) places_[owners[k]].offset = plan.offsets[k];
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
  const Run run(places_, arena.get(), nothing);
  for (const auto& ready : ready_) ready(run);
  return std::make_unique<Program>(std::move(preparation_), std::move(steps_), std::move(places_),
                                   std::move(arena), memory_, std::move(profile_));
}

std::unique_ptr<Program> compile(const Graph& graph) {
  checkGraph(graph);
  Builder builder(graph);
  builder.lowerAll();
  return builder.finish();
}

Memory measure(const Graph& graph) {
  checkGraph(graph);
  Builder builder(graph);
  builder.lowerAll();
  return builder.memory();
}

}  // namespace convoy
