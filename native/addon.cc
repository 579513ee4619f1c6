// The addon's exports. Only the files beside this one that include napi.h know Node-API: they turn what JavaScript
// passes into graphs and memory (graphFrom, arrays, gatherFrom), run work and settle promises (queueWrap).
#include <napi.h>

#include <algorithm>
#include <chrono>
#include <dnnl.hpp>
#include <memory>
#include <string>

#include "environment.h"
#include "kernels/kernels.h"
#include "plan.h"
#include "program.h"
#include "queueWrap.h"

namespace {

using convoy::Environment;
using convoy::QueueWrap;

/** Ends the threads of an environment that ends, before what they report to is gone. */
void abandonQueues(Environment* environment) {
  for (QueueWrap* queue : environment->queues) queue->abandon();
}

void end(const Napi::CallbackInfo& info) { abandonQueues(&Environment::of(info.Env())); }

/** allocate(bytes): an ArrayBuffer aligned for any vector instruction, filled with zeros. */
Napi::Value allocate(const Napi::CallbackInfo& info) {
  const int64_t bytes = convoy::wholeNumber(info[0], 0, static_cast<int64_t>(convoy::MOST_WHOLE), "bytes");
  const std::shared_ptr<char> memory = convoy::allocateArena(static_cast<size_t>(bytes));
  std::fill(memory.get(), memory.get() + bytes, char{0});
  Napi::MemoryManagement::AdjustExternalMemory(info.Env(), bytes);
  Environment::of(info.Env()).memories.emplace(memory.get(), memory);
  return Napi::ArrayBuffer::New(info.Env(), memory.get(), static_cast<size_t>(bytes),
                                [bytes](Napi::Env env, void* data) {
                                  Environment::of(env).memories.erase(data);
                                  Napi::MemoryManagement::AdjustExternalMemory(env, -bytes);
                                });
}

/** map(path): a handle of the file's bytes, for `gather`. */
Napi::Value map(const Napi::CallbackInfo& info) {
  auto file = std::make_unique<convoy::MappedFile>(convoy::mapFile(info[0].ToString()));
  convoy::MappedFile* held = file.get();
  Environment::of(info.Env()).files.insert(held);
  return Napi::External<convoy::MappedFile>::New(info.Env(), file.release(), [](Napi::Env env, auto* file) {
    Environment::of(env).files.erase(file);
    delete file;
  });
}

Napi::Value describe(const Napi::CallbackInfo& info) {
  const dnnl_version_t* version = dnnl_version();
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("isa", convoy::isaName());
  result.Set("wide", convoy::kernels().wide);
  result.Set("tiles", convoy::kernels().tiles);
  result.Set("gap", static_cast<double>(convoy::GAP));
  result.Set("onednn", std::to_string(version->major) + "." + std::to_string(version->minor) + "." +
                           std::to_string(version->patch));
  return result;
}

/** allocated(): bytes of all programs and vectors that exist, and the most there ever were. */
Napi::Value allocated(const Napi::CallbackInfo& info) {
  const convoy::Allocated bytes = convoy::allocated();
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("now", static_cast<double>(bytes.now));
  result.Set("peak", static_cast<double>(bytes.peak));
  return result;
}

/** multiplyAddRate(): floating-point operations a second of one core that does nothing else. */
Napi::Value multiplyAddRate(const Napi::CallbackInfo& info) {
  using Clock = std::chrono::steady_clock;
  constexpr int64_t ROUNDS = 200000;
  float numbers[16] = {0.5f, 0.25f, 1.0f};
  double fastest = 0;
  for (int repeat = 0; repeat < 50; repeat++) {
    const auto start = Clock::now();
    const double operations = convoy::kernels().multiplyAdds(ROUNDS, numbers);
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    fastest = std::max(fastest, operations / seconds);
  }
  return Napi::Number::New(info.Env(), fastest);
}

Napi::Value chooseIsa(const Napi::CallbackInfo& info) {
  const std::string name = info[0].ToString();
  return Napi::Boolean::New(info.Env(), convoy::chooseIsa(name.c_str()));
}

Napi::Object start(Napi::Env env, Napi::Object exports) {
  auto* environment = new Environment();
  env.SetInstanceData(environment);
  env.AddCleanupHook(abandonQueues, environment);
  exports.Set("Queue", QueueWrap::define(env));
  exports.Set("end", Napi::Function::New(env, end));
  exports.Set("allocate", Napi::Function::New(env, allocate));
  exports.Set("map", Napi::Function::New(env, map));
  exports.Set("allocated", Napi::Function::New(env, allocated));
  exports.Set("multiplyAddRate", Napi::Function::New(env, multiplyAddRate));
  exports.Set("describe", Napi::Function::New(env, describe));
  exports.Set("chooseIsa", Napi::Function::New(env, chooseIsa));
  return exports;
}

}  // namespace

NODE_API_MODULE(convoy, start)
