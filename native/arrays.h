// Memory that JavaScript passes. Its word on types, lengths and places is not taken: they are asked of the engine
// that runs it, at each call.
//
// JavaScript may detach, shrink or resize a buffer while work uses it, and Node frees buffers when an environment
// ends. So work uses memory that `allocate` gave, of which it holds a share, or a copy.
#pragma once

#include <napi.h>

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "graph.h"

namespace convoy {

/** Memory that `allocate` gave to an environment, by its address. A buffer that begins there has all of it or, behind
 * a transfer, less: no other can, as long as the memory is held here. */
using OwnMemories = std::unordered_map<void*, std::shared_ptr<char>>;

/** Elements that stay where they are for as long as this is held. */
template <class Element>
struct Elements {
  std::shared_ptr<char> memory;
  Element* data = nullptr;
  size_t length = 0;

  Element* begin() const { return data; }
  Element* end() const { return data + length; }
};

/** The type of a typed array's elements. */
template <class Element>
constexpr napi_typedarray_type arrayType();
template <>
constexpr napi_typedarray_type arrayType<float>() { return napi_float32_array; }
template <>
constexpr napi_typedarray_type arrayType<double>() { return napi_float64_array; }
template <>
constexpr napi_typedarray_type arrayType<int32_t>() { return napi_int32_array; }
template <>
constexpr napi_typedarray_type arrayType<uint32_t>() { return napi_uint32_array; }
template <>
constexpr napi_typedarray_type arrayType<uint8_t>() { return napi_uint8_array; }

napi_typedarray_type arrayTypeOf(DType type);

/** A typed array as it is at this moment. */
struct View {
  napi_typedarray_type type;
  size_t length;
  char* data;
  char* buffer;  // where its buffer begins

  size_t bytes() const;
};

/** Throws unless a value is a typed array of one of the element types. */
View viewOf(const Napi::Value& value, const std::string& what);
/** Throws unless a value is a typed array of that type. */
View viewOf(const Napi::Value& value, napi_typedarray_type type, const std::string& what);

[[noreturn]] void refuse(Napi::Env env, const std::string& problem);
/** Throws unless as many were found as expected. */
void expectLength(Napi::Env env, const std::string& what, size_t found, size_t expected);

/** Memory for elements of any type, aligned for any vector instruction. */
std::shared_ptr<char> newMemory(size_t bytes);

/** Own memory that a view shows; null for any other. */
std::shared_ptr<char> ownMemory(const OwnMemories& own, const View& view);

/** Own memory that a view shows, for work that reads or writes it; throws for any other. */
std::shared_ptr<char> sharedMemory(const OwnMemories& own, const Napi::Value& value, const View& view,
                                   const std::string& what);

/** A typed array in own memory, which work may write; throws for any other. */
template <class Element>
Elements<Element> shared(const OwnMemories& own, const Napi::Value& value, const std::string& what) {
  const View view = viewOf(value, arrayType<Element>(), what);
  return {sharedMemory(own, value, view, what), reinterpret_cast<Element*>(view.data), view.length};
}

/** What a view shows, for work that reads it: itself where it is own memory, else a copy. */
Elements<char> taken(const OwnMemories& own, const View& view);

/** A copy of a typed array. */
template <class Element>
std::vector<Element> copied(const Napi::Value& value, const std::string& what) {
  const View view = viewOf(value, arrayType<Element>(), what);
  const auto* from = reinterpret_cast<const Element*>(view.data);
  return std::vector<Element>(from, from + view.length);
}

/** A whole number within bounds, from a JavaScript number. */
int64_t wholeNumber(const Napi::Value& value, int64_t least, int64_t most, const std::string& what);

/** A JavaScript array of known length. */
Napi::Array listOf(const Napi::Value& value, size_t length, const std::string& what);

}  // namespace convoy
