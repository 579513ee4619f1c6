// A compiled graph: a list of steps over one arena.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "chain.h"
#include "graph.h"
#include "profile.h"

namespace convoy {

/** What one run binds; pointers stay valid until it ends. */
struct Bindings {
  std::vector<float*> vectors;
  std::vector<void*> inputs;
  std::vector<float> scalars;
  std::vector<void*> outputs;
  std::vector<double> stamps;  // of what frozen vectors hold; other numbers for other contents
  uint32_t key[4] = {0, 0, 0, 0};
};

/** Where a buffer lies: in the arena or in something bound. */
enum class Home { Arena, Vector, Input, Scalar, Output };

struct Slot {
  Home home;
  int slot;
  size_t offset;  // bytes
  // Of what one chain alone uses: each of its threads has room for the images of one piece.
  size_t perImage = 0;   // bytes; else 0
  size_t perThread = 0;
};

using BufferId = int;

/** What a step sees while it runs. */
class Run {
 public:
  Run(const std::vector<Slot>& slots, char* arena, const Bindings& bindings, Profile* profile = nullptr)
      : slots_(slots), arena_(arena), bindings_(bindings), profile_(profile) {}

  void* raw(BufferId buffer) const {
    const Slot& place = slots_[static_cast<size_t>(buffer)];
    const auto slot = static_cast<size_t>(place.slot);
    switch (place.home) {
      case Home::Arena: return arena_ + place.offset + thread_ * place.perThread - first_ * place.perImage;
      case Home::Vector: return reinterpret_cast<char*>(bindings_.vectors[slot]) + place.offset;
      case Home::Input: return static_cast<char*>(bindings_.inputs[slot]) + place.offset;
      case Home::Scalar: return const_cast<float*>(&bindings_.scalars[slot]);
      case Home::Output: return static_cast<char*>(bindings_.outputs[slot]) + place.offset;
    }
    return nullptr;
  }
  float* f32(BufferId buffer) const { return static_cast<float*>(raw(buffer)); }
  const uint32_t* key() const { return bindings_.key; }
  /** What a thread sees of it that works on a piece of the batch: slots as if all images were there. */
  Run of(const Piece& piece, int thread) const {
    Run run = *this;
    run.thread_ = static_cast<size_t>(thread);
    run.first_ = static_cast<size_t>(piece.first);
    return run;
  }
  /** Where steps enter their time; may be null. */
  Profile* profile() const { return profile_; }

 private:
  const std::vector<Slot>& slots_;
  char* arena_;
  const Bindings& bindings_;
  Profile* profile_;
  size_t thread_ = 0, first_ = 0;
};

using Work = std::function<void(const Run&)>;

/** What a program does at one time: one thing, or a chain of them. */
struct Step {
  std::string name;  // under which its time is entered; empty for a chain, whose steps enter theirs
  Work run;
  bool team = false;  // whether all threads of a team call it together, each for its share
};

/** What lies in an arena. A graph's outputs tell its two passes apart: what they need is the forward pass. */
enum class Kind {
  Saved,      // made in the forward pass and kept until the backward pass has used it
  Passing,    // made and used in the forward pass
  Gradients,  // all that only writes need: gradients, and what is computed again for them
  Weights,    // copies in the layouts that kernels want, and what is made of frozen vectors
  Scratch,    // space that one kernel works in
};
constexpr const char* KIND_NAMES[] = {"saved", "passing", "gradients", "weights", "scratch"};
constexpr size_t KINDS = 5;

/** Largest sums of bytes that live at the same time. */
struct Memory {
  size_t peak = 0;         // the whole arena
  size_t activations = 0;  // values: saved, passing and gradients together
  size_t scratch = 0;      // weights and scratch together
  size_t kinds[KINDS] = {};
};

/** Memory for one arena, aligned for any vector instruction. */
struct FreeArena {
  size_t bytes = 0;
  void operator()(char* memory) const;
};
using Arena = std::unique_ptr<char, FreeArena>;
Arena allocateArena(size_t bytes);
/** What the allocator gives for so many bytes. */
size_t roundedArena(size_t bytes);

/** Bytes of all arenas that exist in this process, and the most there ever were. */
struct Allocated {
  size_t now;
  size_t peak;
};
Allocated allocated();

class Program {
 public:
  Program(std::vector<Step> preparation, std::vector<Step> steps, std::vector<Slot> slots, Arena arena,
          Memory memory, std::unique_ptr<Profile> profile)
      : preparation_(std::move(preparation)),
        steps_(std::move(steps)),
        slots_(std::move(slots)),
        arena_(std::move(arena)),
        memory_(memory),
        profile_(std::move(profile)) {}
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  void run(const Bindings& bindings);
  const Memory& memory() const { return memory_; }

 private:
  void prepare(const Run& run, const std::vector<double>& stamps);

  std::vector<Step> preparation_;  // makes what frozen vectors alone determine
  std::vector<Step> steps_;
  std::vector<Slot> slots_;
  Arena arena_;
  Memory memory_;
  std::vector<double> stamps_;  // that the preparation has seen
  std::unique_ptr<Profile> profile_;
};

/** Chooses kernels and layouts for every node and plans the memory. */
std::unique_ptr<Program> compile(const Graph& graph);
/** What `compile` would take, without taking it. */
Memory measure(const Graph& graph);

}  // namespace convoy
