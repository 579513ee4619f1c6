#include "arrays.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <new>

namespace convoy {
namespace {

constexpr size_t LINE = 64;  // of a cache, and the widest vector

struct ArrayKind {
  const char* name;
  size_t bytes;
};

/** In the order of napi_typedarray_type. */
constexpr ArrayKind KINDS[] = {{"Int8Array", 1},    {"Uint8Array", 1},    {"Uint8ClampedArray", 1}, {"Int16Array", 2},
                               {"Uint16Array", 2},  {"Int32Array", 4},    {"Uint32Array", 4},       {"Float32Array", 4},
                               {"Float64Array", 8}, {"BigInt64Array", 8}, {"BigUint64Array", 8}};

std::string nameOf(napi_typedarray_type type) {
  const auto at = static_cast<size_t>(type);
  return at < std::size(KINDS) ? KINDS[at].name : "another typed array";
}

}  // namespace

void refuse(Napi::Env env, const std::string& problem) { throw Napi::RangeError::New(env, problem); }

void expectLength(Napi::Env env, const std::string& what, size_t found, size_t expected) {
  if (found == expected) return;
  refuse(env, what + ": expected " + std::to_string(expected) + " elements, found " + std::to_string(found));
}

napi_typedarray_type arrayTypeOf(DType type) {
  switch (type) {
    case DType::F32: return napi_float32_array;
    case DType::I32: return napi_int32_array;
    case DType::U8: return napi_uint8_array;
    case DType::I8: return napi_int8_array;
    case DType::BF16: break;
  }
  return napi_uint16_array;  // its bits
}

size_t View::bytes() const { return length * KINDS[static_cast<size_t>(type)].bytes; }

namespace {

/** A typed array of any type. */
View anyView(const Napi::Value& value) {
  View view = {};
  void* data = nullptr;
  size_t offset = 0;
  napi_value buffer = nullptr;
  const napi_status status =
      napi_get_typedarray_info(value.Env(), value, &view.type, &view.length, &data, &buffer, &offset);
  if (status != napi_ok) throw Napi::Error::New(value.Env());
  // The buffer of a detached array is gone.
  if (!data) view.length = 0;
  view.data = static_cast<char*>(data);
  view.buffer = data ? view.data - offset : nullptr;
  return view;
}

}  // namespace

View viewOf(const Napi::Value& value, napi_typedarray_type type, const std::string& what) {
  const auto expect = [&](const std::string& found) {
    refuse(value.Env(), what + ": expected a " + nameOf(type) + ", found " + found);
  };
  if (!value.IsTypedArray()) expect("something else");
  const View view = anyView(value);
  if (view.type != type) expect("a " + nameOf(view.type));
  return view;
}

View viewOf(const Napi::Value& value, const std::string& what) {
  if (!value.IsTypedArray()) refuse(value.Env(), what + ": expected a typed array, found something else");
  const View view = anyView(value);
  for (DType type : {DType::F32, DType::I32, DType::U8, DType::I8, DType::BF16}) {
    if (arrayTypeOf(type) == view.type) return view;
  }
  refuse(value.Env(), what + ": no element has the type of a " + nameOf(view.type));
}

std::shared_ptr<char> newMemory(size_t bytes) {
  void* memory = nullptr;
  if (posix_memalign(&memory, LINE, std::max<size_t>(bytes, 1)) != 0) throw std::bad_alloc();
  return std::shared_ptr<char>(static_cast<char*>(memory), [](char* all) { std::free(all); });
}

std::shared_ptr<char> ownMemory(const OwnMemories& own, const View& view) {
  const auto found = own.find(view.buffer);
  return found == own.end() ? nullptr : found->second;
}

std::shared_ptr<char> sharedMemory(const OwnMemories& own, const Napi::Value& value, const View& view,
                                   const std::string& what) {
  std::shared_ptr<char> memory = ownMemory(own, view);
  if (!memory && view.length > 0) refuse(value.Env(), what + ": expected memory that this addon allocated");
  return memory;
}

Elements<char> taken(const OwnMemories& own, const View& view) {
  std::shared_ptr<char> memory = ownMemory(own, view);
  if (memory) return {std::move(memory), view.data, view.bytes()};
  memory = newMemory(view.bytes());
  std::copy_n(view.data, view.bytes(), memory.get());
  char* data = memory.get();
  return {std::move(memory), data, view.bytes()};
}

int64_t wholeNumber(const Napi::Value& value, int64_t least, int64_t most, const std::string& what) {
  const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : std::nan("");
  const bool whole = number >= static_cast<double>(least) && number <= static_cast<double>(most) &&
                     number == std::floor(number);
  if (whole) return static_cast<int64_t>(number);
  refuse(value.Env(), what + ": expected a whole number from " + std::to_string(least) + " to " + std::to_string(most) +
                          ", found " + (value.IsNumber() ? std::to_string(number) : "something else"));
}

Napi::Array listOf(const Napi::Value& value, size_t length, const std::string& what) {
  if (!value.IsArray()) refuse(value.Env(), what + ": expected a list");
  const Napi::Array list = value.As<Napi::Array>();
  expectLength(value.Env(), what, list.Length(), length);
  return list;
}

}  // namespace convoy
