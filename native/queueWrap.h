// JavaScript's `Queue`: work on a thread of its own, and promises that it settles.
#pragma once

#include <napi.h>

#include <functional>
#include <memory>
#include <string>

#include "queue.h"

namespace convoy {

/** Work for a queue and what becomes of it. What it uses it holds. */
struct Job {
  explicit Job(Napi::Env env) : deferred(Napi::Promise::Deferred::New(env)) {}

  Napi::Promise::Deferred deferred;
  std::function<void()> work;
  std::function<Napi::Value(Napi::Env)> result;
  std::string error;
};

class QueueWrap : public Napi::ObjectWrap<QueueWrap> {
 public:
  static Napi::Function define(Napi::Env env);

  explicit QueueWrap(const Napi::CallbackInfo& info);
  ~QueueWrap() override { shut(); }

  /** Ends the thread after the work in hand; what waits is dropped and never settled. */
  void abandon();

 private:
  static void finish(Napi::Env env, Napi::Function, QueueWrap* self, Job* raw);
  using Settle = Napi::TypedThreadSafeFunction<QueueWrap, Job, finish>;

  Napi::Value submit(Napi::Env env, std::function<void()> work, std::function<Napi::Value(Napi::Env)> result = {});
  void shut();

  Napi::Value compile(const Napi::CallbackInfo& info);
  Napi::Value measure(const Napi::CallbackInfo& info);
  Napi::Value run(const Napi::CallbackInfo& info);
  Napi::Value dots(const Napi::CallbackInfo& info);
  Napi::Value gather(const Napi::CallbackInfo& info);
  Napi::Value read(const Napi::CallbackInfo& info);
  Napi::Value write(const Napi::CallbackInfo& info);
  Napi::Value barrier(const Napi::CallbackInfo& info);
  void close(const Napi::CallbackInfo&) { shut(); }

  Settle settle_;
  std::unique_ptr<Queue> queue_;
  int pending_ = 0;
};

}  // namespace convoy
