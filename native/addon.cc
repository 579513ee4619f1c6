// The binding: the only file that knows Node-API. It turns plain JavaScript objects into graphs, runs
// work on a queue's thread and settles promises on the JavaScript thread.
#include <napi.h>

#include <algorithm>
#include <chrono>
#include <dnnl.hpp>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "kernels/kernels.h"
#include "plan.h"
#include "program.h"
#include "queue.h"

namespace {

using convoy::Bindings;
using convoy::Graph;
using convoy::Program;

class QueueWrap;

/** What one JavaScript environment holds: that of the process, or of a worker. */
struct Environment {
  static Environment& of(Napi::Env env) { return *env.GetInstanceData<Environment>(); }

  /** Memory of array buffers by its address. When an environment ends, Node frees its buffers although
   * work in flight uses them, so that work owns a share. */
  std::unordered_map<void*, std::shared_ptr<char>> buffers;
  std::unordered_set<QueueWrap*> queues;
};

/** Work for a queue and what becomes of it. */
struct Task {
  explicit Task(Napi::Env env) : deferred(Napi::Promise::Deferred::New(env)) {}

  Napi::Promise::Deferred deferred;
  std::vector<Napi::ObjectReference> kept;  // arrays that the work reads and writes
  std::vector<std::shared_ptr<char>> memory;  // that they lie in, as far as it is ours
  std::function<void()> work;
  std::function<Napi::Value(Napi::Env)> result;
  std::string error;

  void keep(const Napi::TypedArray& array) {
    kept.push_back(Napi::Persistent<Napi::Object>(array));
    const auto& buffers = Environment::of(array.Env()).buffers;
    const auto found = buffers.find(array.ArrayBuffer().Data());
    if (found != buffers.end()) memory.push_back(found->second);
  }
};

convoy::Attr attrFrom(const Napi::Value& value) {
  convoy::Attr attr;
  if (value.IsBoolean()) attr.number = value.As<Napi::Boolean>().Value() ? 1 : 0;
  if (value.IsNumber()) attr.number = value.As<Napi::Number>().DoubleValue();
  if (value.IsString()) attr.text = value.As<Napi::String>().Utf8Value();
  if (!value.IsArray()) return attr;
  const Napi::Array list = value.As<Napi::Array>();
  for (uint32_t at = 0; at < list.Length(); at++) {
    const Napi::Value item = list.Get(at);
    if (item.IsString()) {
      attr.texts.push_back(item.As<Napi::String>().Utf8Value());
    } else {
      attr.numbers.push_back(item.As<Napi::Number>().DoubleValue());
    }
  }
  return attr;
}

std::vector<int> idsFrom(const Napi::Value& value) {
  const convoy::Attr list = attrFrom(value);
  return std::vector<int>(list.numbers.begin(), list.numbers.end());
}

convoy::DType dtypeFrom(const std::string& name) {
  if (name == "f32") return convoy::DType::F32;
  if (name == "i32") return convoy::DType::I32;
  if (name == "u8") return convoy::DType::U8;
  throw std::invalid_argument("unknown element type " + name);
}

Graph graphFrom(const Napi::Object& object) {
  Graph graph;
  const Napi::Array values = object.Get("values").As<Napi::Array>();
  for (uint32_t at = 0; at < values.Length(); at++) {
    const Napi::Object value = values.Get(at).As<Napi::Object>();
    const convoy::Attr shape = attrFrom(value.Get("shape"));
    graph.values.push_back({dtypeFrom(value.Get("dtype").As<Napi::String>()),
                            convoy::Shape(shape.numbers.begin(), shape.numbers.end())});
  }
  const Napi::Array nodes = object.Get("nodes").As<Napi::Array>();
  for (uint32_t at = 0; at < nodes.Length(); at++) {
    const Napi::Object from = nodes.Get(at).As<Napi::Object>();
    convoy::Node node;
    node.op = from.Get("op").As<Napi::String>().Utf8Value();
    node.inputs = idsFrom(from.Get("inputs"));
    node.outputs = idsFrom(from.Get("outputs"));
    const Napi::Object attrs = from.Get("attrs").As<Napi::Object>();
    const Napi::Array names = attrs.GetPropertyNames();
    for (uint32_t k = 0; k < names.Length(); k++) {
      const std::string name = names.Get(k).As<Napi::String>();
      node.attrs[name] = attrFrom(attrs.Get(name));
    }
    graph.nodes.push_back(std::move(node));
  }
  graph.outputs = idsFrom(object.Get("outputs"));
  graph.vectors = attrFrom(object.Get("vectors")).texts;
  graph.inputs = attrFrom(object.Get("inputs")).texts;
  graph.scalars = attrFrom(object.Get("scalars")).texts;
  graph.frozen = attrFrom(object.Get("frozen")).texts;
  return graph;
}

void* dataOf(const Napi::TypedArray& array) {
  return static_cast<char*>(array.ArrayBuffer().Data()) + array.ByteOffset();
}

/** Keeps a list of typed arrays for a task and returns where their elements lie. */
template <class Pointer>
std::vector<Pointer> pointersFrom(const Napi::Value& value, Task& task) {
  const Napi::Array list = value.As<Napi::Array>();
  std::vector<Pointer> pointers;
  for (uint32_t at = 0; at < list.Length(); at++) {
    const Napi::TypedArray array = list.Get(at).As<Napi::TypedArray>();
    task.keep(array);
    pointers.push_back(static_cast<Pointer>(dataOf(array)));
  }
  return pointers;
}

template <class Element>
Element* elementsOf(const Napi::Value& value, Task& task) {
  const Napi::TypedArray array = value.As<Napi::TypedArray>();
  task.keep(array);
  return static_cast<Element*>(dataOf(array));
}

/** A `MemoryReport`. */
Napi::Object reportOf(Napi::Env env, const convoy::Memory& memory) {
  Napi::Object report = Napi::Object::New(env), kinds = Napi::Object::New(env);
  report.Set("peakBytes", static_cast<double>(memory.peak));
  report.Set("activationBytes", static_cast<double>(memory.activations));
  report.Set("scratchBytes", static_cast<double>(memory.scratch));
  for (size_t kind = 0; kind < convoy::KINDS; kind++) {
    kinds.Set(convoy::KIND_NAMES[kind], static_cast<double>(memory.kinds[kind]));
  }
  report.Set("kinds", kinds);
  return report;
}

using ProgramHandle = Napi::External<std::shared_ptr<Program>>;

/** A queue of work with its own thread; JavaScript's `Queue`. */
class QueueWrap : public Napi::ObjectWrap<QueueWrap> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "Queue",
                       {InstanceMethod<&QueueWrap::compile>("compile"),
                        InstanceMethod<&QueueWrap::measure>("measure"),
                        InstanceMethod<&QueueWrap::run>("run"),
                        InstanceMethod<&QueueWrap::dots>("dots"),
                        InstanceMethod<&QueueWrap::gather>("gather"),
                        InstanceMethod<&QueueWrap::copy>("copy"),
                        InstanceMethod<&QueueWrap::barrier>("barrier"),
                        InstanceMethod<&QueueWrap::close>("close")});
  }

  explicit QueueWrap(const Napi::CallbackInfo& info)
      : ObjectWrap(info),
        settle_(Settle::New(info.Env(), "convoy queue", 0, 1, this)),
        queue_(std::make_unique<convoy::Queue>(info[0].As<Napi::Number>().Int32Value())) {
    settle_.Unref(info.Env());
    Environment::of(info.Env()).queues.insert(this);
  }

  ~QueueWrap() override { shut(); }

  /** Ends the thread after the work in hand; what waits is dropped and never settled. */
  void abandon() {
    if (queue_) queue_->abandon();
    queue_.reset();
  }

 private:
  static void finish(Napi::Env env, Napi::Function, QueueWrap* self, Task* raw) {
    const std::unique_ptr<Task> task(raw);
    if (env == nullptr) return;
    if (--self->pending_ == 0) self->settle_.Unref(env);
    if (task->error.empty()) {
      task->deferred.Resolve(task->result ? task->result(env) : env.Undefined());
    } else {
      task->deferred.Reject(Napi::Error::New(env, task->error).Value());
    }
    self->Unref();
  }
  using Settle = Napi::TypedThreadSafeFunction<QueueWrap, Task, finish>;

  /** Runs a task on the queue's thread. The process stays alive until it has been settled. */
  Napi::Value submit(Napi::Env env, std::unique_ptr<Task> task) {
    const Napi::Promise promise = task->deferred.Promise();
    if (!queue_) {
      task->deferred.Reject(Napi::Error::New(env, "the engine is closed").Value());
      return promise;
    }
    if (pending_++ == 0) settle_.Ref(env);
    Ref();
    // Work that is dropped takes its task with it; a task that has run belongs to `finish`.
    const auto held = std::make_shared<std::unique_ptr<Task>>(std::move(task));
    queue_->push([this, held] {
      Task* raw = held->release();
      try {
        raw->work();
      } catch (const std::exception& error) {
        raw->error = error.what();
        if (raw->error.empty()) raw->error = "unknown error";
      }
      settle_.NonBlockingCall(raw);
    });
    return promise;
  }

  /** compile(graph) resolves with a handle that carries its memory report. */
  Napi::Value compile(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    auto task = std::make_unique<Task>(env);
    auto graph = std::make_shared<Graph>(graphFrom(info[0].As<Napi::Object>()));
    auto program = std::make_shared<std::shared_ptr<Program>>();
    task->work = [graph, program] { *program = convoy::compile(*graph); };
    task->result = [program](Napi::Env env) -> Napi::Value {
      const convoy::Memory& memory = (*program)->memory();
      Napi::Object result = Napi::Object::New(env);
      // The garbage collector should know how much it gains by freeing a program.
      const auto bytes = static_cast<int64_t>(memory.peak);
      Napi::MemoryManagement::AdjustExternalMemory(env, bytes);
      auto* handle = new std::shared_ptr<Program>(*program);
      result.Set("handle", ProgramHandle::New(env, handle, [bytes](Napi::Env env, auto* program) {
                   delete program;
                   Napi::MemoryManagement::AdjustExternalMemory(env, -bytes);
                 }));
      result.Set("memory", reportOf(env, memory));
      return result;
    };
    return submit(env, std::move(task));
  }

  /** measure(graph) resolves with the memory report that `compile` would give. */
  Napi::Value measure(const Napi::CallbackInfo& info) {
    auto task = std::make_unique<Task>(info.Env());
    auto graph = std::make_shared<Graph>(graphFrom(info[0].As<Napi::Object>()));
    auto memory = std::make_shared<convoy::Memory>();
    task->work = [graph, memory] { *memory = convoy::measure(*graph); };
    task->result = [memory](Napi::Env env) -> Napi::Value { return reportOf(env, *memory); };
    return submit(info.Env(), std::move(task));
  }

  /** run(handle, vectors, inputs, scalars, outputs, key, stamps) */
  Napi::Value run(const Napi::CallbackInfo& info) {
    auto task = std::make_unique<Task>(info.Env());
    const std::shared_ptr<Program> program = *info[0].As<ProgramHandle>().Data();
    Bindings bindings;
    bindings.vectors = pointersFrom<float*>(info[1], *task);
    bindings.inputs = pointersFrom<void*>(info[2], *task);
    const auto scalars = info[3].As<Napi::Float32Array>();
    bindings.scalars.assign(scalars.Data(), scalars.Data() + scalars.ElementLength());
    bindings.outputs = pointersFrom<void*>(info[4], *task);
    const auto key = info[5].As<Napi::Uint32Array>();
    std::copy(key.Data(), key.Data() + 4, bindings.key);
    const auto stamps = info[6].As<Napi::Float64Array>();
    bindings.stamps.assign(stamps.Data(), stamps.Data() + stamps.ElementLength());
    task->work = [program, bindings] { program->run(bindings); };
    return submit(info.Env(), std::move(task));
  }

  /** dots(a, b, offsets, result): result[i] is the dot product of segment i. */
  Napi::Value dots(const Napi::CallbackInfo& info) {
    auto task = std::make_unique<Task>(info.Env());
    const float* a = elementsOf<float>(info[0], *task);
    const float* b = elementsOf<float>(info[1], *task);
    const double* offsets = elementsOf<double>(info[2], *task);
    double* result = elementsOf<double>(info[3], *task);
    const size_t segments = info[3].As<Napi::TypedArray>().ElementLength();
    task->work = [=] {
      for (size_t at = 0; at < segments; at++) {
        const auto begin = static_cast<int64_t>(offsets[at]);
        const auto end = static_cast<int64_t>(offsets[at + 1]);
        result[at] = convoy::kernels().dot(a + begin, b + begin, end - begin);
      }
    };
    return submit(info.Env(), std::move(task));
  }

  /** gather(images, [height, width, channels], indices, samples, [outHeight, outWidth], mean,
   * std, out) */
  Napi::Value gather(const Napi::CallbackInfo& info) {
    auto task = std::make_unique<Task>(info.Env());
    convoy::GatherArgs args = {};
    const std::vector<int> in = idsFrom(info[1]), out = idsFrom(info[4]);
    args.images = elementsOf<uint8_t>(info[0], *task);
    args.height = in[0];
    args.width = in[1];
    args.channels = in[2];
    args.indices = elementsOf<int32_t>(info[2], *task);
    args.count = static_cast<int>(info[2].As<Napi::TypedArray>().ElementLength() / 2);
    args.samples = elementsOf<float>(info[3], *task);
    args.outHeight = out[0];
    args.outWidth = out[1];
    args.mean = elementsOf<float>(info[5], *task);
    args.std = elementsOf<float>(info[6], *task);
    args.out = elementsOf<float>(info[7], *task);
    task->work = [args] { convoy::kernels().gather(args); };
    return submit(info.Env(), std::move(task));
  }

  /** copy(source, target): f32 elements, as many as the source has. */
  Napi::Value copy(const Napi::CallbackInfo& info) {
    auto task = std::make_unique<Task>(info.Env());
    const float* source = elementsOf<float>(info[0], *task);
    float* target = elementsOf<float>(info[1], *task);
    const size_t count = info[0].As<Napi::TypedArray>().ElementLength();
    task->work = [=] { std::copy(source, source + count, target); };
    return submit(info.Env(), std::move(task));
  }

  /** Resolves when everything submitted before has run. */
  Napi::Value barrier(const Napi::CallbackInfo& info) {
    auto task = std::make_unique<Task>(info.Env());
    task->work = [] {};
    return submit(info.Env(), std::move(task));
  }

  void close(const Napi::CallbackInfo&) { shut(); }

  void shut() {
    if (!queue_) return;
    Environment::of(Env()).queues.erase(this);
    queue_->close();
    queue_.reset();
    settle_.Release();
  }

  Settle settle_;
  std::unique_ptr<convoy::Queue> queue_;
  int pending_ = 0;
};

/** Ends the threads of an environment that ends, before what they report to is gone. */
void abandonQueues(Environment* environment) {
  for (QueueWrap* queue : environment->queues) queue->abandon();
}

void end(const Napi::CallbackInfo& info) { abandonQueues(&Environment::of(info.Env())); }

/** allocate(bytes): an ArrayBuffer aligned for any vector instruction, filled with zeros. */
Napi::Value allocate(const Napi::CallbackInfo& info) {
  const int64_t bytes = info[0].As<Napi::Number>().Int64Value();
  if (bytes < 0) throw Napi::RangeError::New(info.Env(), "a negative number of bytes");
  const std::shared_ptr<char> memory = convoy::allocateArena(static_cast<size_t>(bytes));
  std::fill(memory.get(), memory.get() + bytes, char{0});
  Napi::MemoryManagement::AdjustExternalMemory(info.Env(), bytes);
  Environment::of(info.Env()).buffers.emplace(memory.get(), memory);
  return Napi::ArrayBuffer::New(info.Env(), memory.get(), static_cast<size_t>(bytes),
                                [bytes](Napi::Env env, void* data) {
                                  Environment::of(env).buffers.erase(data);
                                  Napi::MemoryManagement::AdjustExternalMemory(env, -bytes);
                                });
}

Napi::Value describe(const Napi::CallbackInfo& info) {
  const dnnl_version_t* version = dnnl_version();
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("isa", convoy::isaName());
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
  const std::string name = info[0].As<Napi::String>();
  return Napi::Boolean::New(info.Env(), convoy::chooseIsa(name.c_str()));
}

Napi::Object start(Napi::Env env, Napi::Object exports) {
  auto* environment = new Environment();
  env.SetInstanceData(environment);
  env.AddCleanupHook(abandonQueues, environment);
  exports.Set("Queue", QueueWrap::define(env));
  exports.Set("end", Napi::Function::New(env, end));
  exports.Set("allocate", Napi::Function::New(env, allocate));
  exports.Set("allocated", Napi::Function::New(env, allocated));
  exports.Set("multiplyAddRate", Napi::Function::New(env, multiplyAddRate));
  exports.Set("describe", Napi::Function::New(env, describe));
  exports.Set("chooseIsa", Napi::Function::New(env, chooseIsa));
  return exports;
}

}  // namespace

NODE_API_MODULE(convoy, start)
