// What one JavaScript environment holds: that of the process, or of a worker.
#pragma once

#include <napi.h>

#include <unordered_set>

#include "arrays.h"
#include "mappedFile.h"

namespace convoy {

class QueueWrap;

struct Environment {
  static Environment& of(Napi::Env env) { return *env.GetInstanceData<Environment>(); }

  /** When an environment ends, Node frees its buffers although work in flight uses them: that owns a share. */
  OwnMemories memories;
  /** Handles that `compile` made and that exist, since anything may be passed as one. */
  std::unordered_set<const void*> programs;
  /** Likewise those that `map` made. */
  std::unordered_set<const MappedFile*> files;
  std::unordered_set<QueueWrap*> queues;
};

}  // namespace convoy
