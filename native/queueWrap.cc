#include "queueWrap.h"

#include <algorithm>

#include "arrays.h"
#include "environment.h"
#include "gatherFrom.h"
#include "graphFrom.h"
#include "kernels/kernels.h"
#include "program.h"
#include "signature.h"

namespace convoy {
namespace {

constexpr int64_t MOST_THREADS = 1024;
constexpr size_t KEY_WORDS = 4;

const OwnMemories& memoriesOf(Napi::Env env) { return Environment::of(env).memories; }

/** A program with what its runs bind. */
struct Compiled {
  std::shared_ptr<Program> program;
  Signature signature;
};
using ProgramHandle = Napi::External<std::shared_ptr<Compiled>>;

/** A handle; the garbage collector should know how much it gains by freeing it. */
Napi::Value handleOf(Napi::Env env, std::shared_ptr<Compiled> compiled) {
  const auto bytes = static_cast<int64_t>(compiled->program->memory().peak);
  Napi::MemoryManagement::AdjustExternalMemory(env, bytes);
  auto* held = new std::shared_ptr<Compiled>(std::move(compiled));
  Environment::of(env).programs.insert(held);
  return ProgramHandle::New(env, held, [bytes](Napi::Env env, std::shared_ptr<Compiled>* held) {
    Environment::of(env).programs.erase(held);
    delete held;
    Napi::MemoryManagement::AdjustExternalMemory(env, -bytes);
  });
}

std::shared_ptr<Compiled> compiledFrom(const Napi::Value& value) {
  if (value.IsExternal()) {
    const auto* held = value.As<ProgramHandle>().Data();
    if (Environment::of(value.Env()).programs.count(held) > 0) return *held;
  }
  refuse(value.Env(), "run: expected a program's handle");
}

/** A `MemoryReport`. */
Napi::Object reportOf(Napi::Env env, const Memory& memory) {
  Napi::Object report = Napi::Object::New(env), kinds = Napi::Object::New(env);
  report.Set("peakBytes", static_cast<double>(memory.peak));
  report.Set("activationBytes", static_cast<double>(memory.activations));
  report.Set("scratchBytes", static_cast<double>(memory.scratch));
  for (size_t kind = 0; kind < KINDS; kind++) {
    kinds.Set(KIND_NAMES[kind], static_cast<double>(memory.kinds[kind]));
  }
  report.Set("kinds", kinds);
  return report;
}

/** A new typed array with these bytes. */
Napi::Value arrayOf(Napi::Env env, napi_typedarray_type type, size_t length, const void* from, size_t bytes) {
  Napi::ArrayBuffer buffer = Napi::ArrayBuffer::New(env, bytes);
  std::copy_n(static_cast<const char*>(from), bytes, static_cast<char*>(buffer.Data()));
  napi_value array = nullptr;
  if (napi_create_typedarray(env, type, length, buffer, 0, &array) != napi_ok) throw Napi::Error::New(env);
  return Napi::Value(env, array);
}

/** A run under way: what it reads and writes, none of which JavaScript can take away. */
struct RunWork {
  std::shared_ptr<Compiled> compiled;
  Bindings bindings;
  std::vector<std::shared_ptr<char>> memory;

  void bindVectors(const Napi::Value& value);
  void bindInputs(const Napi::Value& value);
  void makeOutputs();
  Napi::Value outputs(Napi::Env env) const;
};

void RunWork::bindVectors(const Napi::Value& value) {
  const std::vector<int64_t>& ends = compiled->signature.vectors;
  const Napi::Array list = listOf(value, ends.size(), "run: vectors");
  for (size_t at = 0; at < ends.size(); at++) {
    const std::string what = "run: vector " + std::to_string(at);
    Elements<float> vector = shared<float>(memoriesOf(value.Env()), list.Get(static_cast<uint32_t>(at)), what);
    if (vector.length < static_cast<size_t>(ends[at])) {
      refuse(value.Env(), what + " has " + std::to_string(vector.length) + " elements, the program uses " +
                              std::to_string(ends[at]));
    }
    bindings.vectors.push_back(vector.data);
    memory.push_back(std::move(vector.memory));
  }
}

void RunWork::bindInputs(const Napi::Value& value) {
  const std::vector<TensorType>& types = compiled->signature.inputs;
  const Napi::Array list = listOf(value, types.size(), "run: inputs");
  for (size_t at = 0; at < types.size(); at++) {
    const std::string what = "run: input " + std::to_string(at);
    const View view = viewOf(list.Get(static_cast<uint32_t>(at)), arrayTypeOf(types[at].dtype), what);
    expectLength(value.Env(), what, view.length, static_cast<size_t>(sizeOf(types[at].shape)));
    Elements<char> input = taken(memoriesOf(value.Env()), view);
    bindings.inputs.push_back(input.data);
    memory.push_back(std::move(input.memory));
  }
}

void RunWork::makeOutputs() {
  for (const TensorType& type : compiled->signature.outputs) {
    memory.push_back(newMemory(bytesIn(type)));
    bindings.outputs.push_back(memory.back().get());
  }
}

Napi::Value RunWork::outputs(Napi::Env env) const {
  const std::vector<TensorType>& types = compiled->signature.outputs;
  Napi::Array list = Napi::Array::New(env, types.size());
  for (size_t at = 0; at < types.size(); at++) {
    list.Set(static_cast<uint32_t>(at),
             arrayOf(env, arrayTypeOf(types[at].dtype), static_cast<size_t>(sizeOf(types[at].shape)),
                     bindings.outputs[at], bytesIn(types[at])));
  }
  return list;
}

/** Places that rise within vectors of `length`. */
std::vector<int64_t> offsetsFrom(const Napi::Value& value, size_t length) {
  std::vector<int64_t> offsets;
  for (double offset : copied<double>(value, "dots: offsets")) {
    const bool rises = offset >= (offsets.empty() ? 0.0 : static_cast<double>(offsets.back()));
    if (!rises || !(offset <= static_cast<double>(length))) {
      refuse(value.Env(), "dots: offsets must rise within " + std::to_string(length) + " elements");
    }
    offsets.push_back(static_cast<int64_t>(offset));
  }
  if (offsets.empty()) refuse(value.Env(), "dots: expected at least one offset");
  return offsets;
}

}  // namespace

Napi::Function QueueWrap::define(Napi::Env env) {
  return DefineClass(env, "Queue",
                     {InstanceMethod<&QueueWrap::compile>("compile"), InstanceMethod<&QueueWrap::measure>("measure"),
                      InstanceMethod<&QueueWrap::run>("run"), InstanceMethod<&QueueWrap::dots>("dots"),
                      InstanceMethod<&QueueWrap::gather>("gather"), InstanceMethod<&QueueWrap::read>("read"),
                      InstanceMethod<&QueueWrap::write>("write"), InstanceMethod<&QueueWrap::barrier>("barrier"),
                      InstanceMethod<&QueueWrap::close>("close")});
}

QueueWrap::QueueWrap(const Napi::CallbackInfo& info) : ObjectWrap(info) {
  const int64_t threads = wholeNumber(info[0], 1, MOST_THREADS, "threads");
  settle_ = Settle::New(info.Env(), "convoy queue", 0, 1, this);
  queue_ = std::make_unique<Queue>(static_cast<int>(threads));
  settle_.Unref(info.Env());
  Environment::of(info.Env()).queues.insert(this);
}

void QueueWrap::abandon() {
  if (queue_) queue_->abandon();
  queue_.reset();
}

void QueueWrap::shut() {
  if (!queue_) return;
  Environment::of(Env()).queues.erase(this);
  queue_->close();
  queue_.reset();
  settle_.Release();
}

/** Settles a promise, on the JavaScript thread. */
void QueueWrap::finish(Napi::Env env, Napi::Function, QueueWrap* self, Job* raw) {
  const std::unique_ptr<Job> job(raw);
  if (env == nullptr) return;
  if (--self->pending_ == 0) self->settle_.Unref(env);
  self->Unref();
  try {
    Napi::Value result = env.Undefined();
    if (job->error.empty() && job->result) {
      try {
        result = job->result(env);
      } catch (const std::exception& error) {
        job->error = error.what();
      }
    }
    if (job->error.empty()) return job->deferred.Resolve(result);
    job->deferred.Reject(Napi::Error::New(env, job->error).Value());
  } catch (const Napi::Error&) {
    // A worker that is being terminated runs no JavaScript any more, so nobody waits for the promise.
  }
}

/** Runs work on the queue's thread. The process stays alive until it has been settled. */
Napi::Value QueueWrap::submit(Napi::Env env, std::function<void()> work,
                              std::function<Napi::Value(Napi::Env)> result) {
  auto job = std::make_unique<Job>(env);
  job->work = std::move(work);
  job->result = std::move(result);
  const Napi::Promise promise = job->deferred.Promise();
  if (!queue_) {
    job->deferred.Reject(Napi::Error::New(env, "the engine is closed").Value());
    return promise;
  }
  if (pending_++ == 0) settle_.Ref(env);
  Ref();
  // Work that is dropped takes its job with it; a job that has run belongs to `finish`.
  const auto held = std::make_shared<std::unique_ptr<Job>>(std::move(job));
  queue_->push([this, held] {
    Job* raw = held->release();
    try {
      raw->work();
    } catch (const std::exception& error) {
      raw->error = error.what();
      if (raw->error.empty()) raw->error = "unknown error";
    }
    if (settle_.NonBlockingCall(raw) != napi_ok) delete raw;
  });
  return promise;
}

/** compile(graph) resolves with a handle that carries its memory report. */
Napi::Value QueueWrap::compile(const Napi::CallbackInfo& info) {
  auto graph = std::make_shared<Graph>(graphFrom(info[0]));
  auto compiled = std::make_shared<Compiled>();
  const auto work = [graph, compiled] {
    compiled->program = convoy::compile(*graph);
    compiled->signature = signatureOf(*graph);
  };
  return submit(info.Env(), work, [compiled](Napi::Env env) -> Napi::Value {
    Napi::Object result = Napi::Object::New(env);
    result.Set("handle", handleOf(env, compiled));
    result.Set("memory", reportOf(env, compiled->program->memory()));
    return result;
  });
}

/** measure(graph) resolves with the memory report that `compile` would give. */
Napi::Value QueueWrap::measure(const Napi::CallbackInfo& info) {
  auto graph = std::make_shared<Graph>(graphFrom(info[0]));
  auto memory = std::make_shared<Memory>();
  return submit(
      info.Env(), [graph, memory] { *memory = convoy::measure(*graph); },
      [memory](Napi::Env env) -> Napi::Value { return reportOf(env, *memory); });
}

/** run(handle, vectors, inputs, scalars, key, stamps) resolves with the outputs, in the order of their slots. */
Napi::Value QueueWrap::run(const Napi::CallbackInfo& info) {
  const auto work = std::make_shared<RunWork>();
  work->compiled = compiledFrom(info[0]);
  work->bindVectors(info[1]);
  work->bindInputs(info[2]);
  Bindings& bindings = work->bindings;
  bindings.scalars = copied<float>(info[3], "run: scalars");
  expectLength(info.Env(), "run: scalars", bindings.scalars.size(), work->compiled->signature.scalars);
  const std::vector<uint32_t> key = copied<uint32_t>(info[4], "run: key");
  expectLength(info.Env(), "run: key", key.size(), KEY_WORDS);
  std::copy(key.begin(), key.end(), bindings.key);
  bindings.stamps = copied<double>(info[5], "run: stamps");
  expectLength(info.Env(), "run: stamps", bindings.stamps.size(), work->compiled->signature.frozen);
  work->makeOutputs();
  return submit(
      info.Env(), [work] { work->compiled->program->run(work->bindings); },
      [work](Napi::Env env) { return work->outputs(env); });
}

/** dots(a, b, offsets) resolves with the dot product of each segment [offsets[i], offsets[i + 1]). */
Napi::Value QueueWrap::dots(const Napi::CallbackInfo& info) {
  const OwnMemories& own = memoriesOf(info.Env());
  const Elements<float> a = shared<float>(own, info[0], "dots: the first vector");
  const Elements<float> b = shared<float>(own, info[1], "dots: the second vector");
  const std::vector<int64_t> offsets = offsetsFrom(info[2], std::min(a.length, b.length));
  const auto result = std::make_shared<std::vector<double>>(offsets.size() - 1);
  const auto work = [=] {
    for (size_t at = 0; at < result->size(); at++) {
      const int64_t begin = offsets[at], size = offsets[at + 1] - begin;
      (*result)[at] = kernels().dot(a.data + begin, b.data + begin, size);
    }
  };
  return submit(info.Env(), work, [result](Napi::Env env) {
    return arrayOf(env, napi_float64_array, result->size(), result->data(), result->size() * sizeof(double));
  });
}

/** gather(...): see gatherFrom. */
Napi::Value QueueWrap::gather(const Napi::CallbackInfo& info) {
  const auto work = std::make_shared<GatherWork>(gatherFrom(Environment::of(info.Env()), info));
  return submit(info.Env(), [work] {
    work->operate();
    kernels().gather(work->ready());
  });
}

/** read(elements) resolves with a copy of them as they are when its turn comes. */
Napi::Value QueueWrap::read(const Napi::CallbackInfo& info) {
  const View view = viewOf(info[0], "read");
  const std::shared_ptr<char> source = sharedMemory(memoriesOf(info.Env()), info[0], view, "read");
  const auto copy = std::make_shared<std::shared_ptr<char>>();
  const char* from = view.data;
  const size_t bytes = view.bytes();
  const auto work = [=] {
    *copy = newMemory(bytes);
    if (source) std::copy_n(from, bytes, copy->get());
  };
  return submit(info.Env(), work, [=](Napi::Env env) {
    return arrayOf(env, view.type, view.length, copy->get(), bytes);
  });
}

/** write(source, target) stores all of `source`, as it is now, at the start of `target`, of the same type. */
Napi::Value QueueWrap::write(const Napi::CallbackInfo& info) {
  const View target = viewOf(info[1], "write: the target");
  const std::shared_ptr<char> memory =
      sharedMemory(memoriesOf(info.Env()), info[1], target, "write: the target");
  const View source = viewOf(info[0], target.type, "write: the source");
  if (source.length > target.length) refuse(info.Env(), "write: the source is longer than the target");
  const auto copy = std::make_shared<std::vector<char>>(source.data, source.data + source.bytes());
  char* to = target.data;
  return submit(info.Env(), [=] {
    if (memory) std::copy(copy->begin(), copy->end(), to);
  });
}

/** Resolves when everything submitted before has run. */
Napi::Value QueueWrap::barrier(const Napi::CallbackInfo& info) {
  return submit(info.Env(), [] {});
}

}  // namespace convoy
