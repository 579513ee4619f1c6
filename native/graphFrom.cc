#include "graphFrom.h"

#include <limits>

namespace convoy {
namespace {

Attr attrFrom(const Napi::Value& value) {
  Attr attr;
  if (value.IsBoolean() || value.IsNumber()) {
    attr.kind = Attr::Kind::Number;
    attr.number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : value.As<Napi::Boolean>().Value();
  } else if (value.IsString()) {
    attr.kind = Attr::Kind::Text;
    attr.text = value.As<Napi::String>().Utf8Value();
  } else if (value.IsArray()) {
    const Napi::Array list = value.As<Napi::Array>();
    for (uint32_t at = 0; at < list.Length(); at++) {
      const Napi::Value item = list.Get(at);
      if (item.IsString()) attr.texts.push_back(item.As<Napi::String>().Utf8Value());
      else attr.numbers.push_back(item.As<Napi::Number>().DoubleValue());
    }
  } else {
    throw std::invalid_argument("a graph holds numbers, texts, and lists of them only");
  }
  return attr;
}

Napi::Value field(const Napi::Value& value, const char* name) {
  if (value.IsObject()) return value.As<Napi::Object>().Get(name);
  throw std::invalid_argument(std::string("a graph: expected something that has ") + name);
}

Napi::Array listAt(const Napi::Value& value, const char* name) {
  const Napi::Value list = field(value, name);
  if (list.IsArray()) return list.As<Napi::Array>();
  throw std::invalid_argument(std::string("a graph: expected a list of ") + name);
}

std::string textAt(const Napi::Value& value, const char* name) {
  const Napi::Value text = field(value, name);
  if (text.IsString()) return text.As<Napi::String>().Utf8Value();
  throw std::invalid_argument(std::string("a graph: expected a text as ") + name);
}

Shape wholeNumbersAt(const Napi::Value& value, const char* name) {
  return wholeNumbers(attrFrom(listAt(value, name)).numbers, name);
}

std::vector<ValueId> idsAt(const Napi::Value& value, const char* name) {
  std::vector<ValueId> ids;
  for (int64_t id : wholeNumbersAt(value, name)) {
    if (id < 0 || id > std::numeric_limits<ValueId>::max()) id = -1;  // none that exists
    ids.push_back(static_cast<ValueId>(id));
  }
  return ids;
}

std::vector<std::string> textsAt(const Napi::Value& value, const char* name) {
  return attrFrom(listAt(value, name)).texts;
}

Node nodeFrom(const Napi::Value& from) {
  Node node;
  node.op = textAt(from, "op");
  node.inputs = idsAt(from, "inputs");
  node.outputs = idsAt(from, "outputs");
  const Napi::Value attrs = field(from, "attrs");
  if (!attrs.IsObject()) throw std::invalid_argument("a graph: expected attributes as attrs");
  const Napi::Array names = attrs.As<Napi::Object>().GetPropertyNames();
  for (uint32_t at = 0; at < names.Length(); at++) {
    const Napi::Value name = names.Get(at);
    node.attrs[name.ToString().Utf8Value()] = attrFrom(attrs.As<Napi::Object>().Get(name));
  }
  return node;
}

}  // namespace

Graph graphFrom(const Napi::Value& value) {
  Graph graph;
  const Napi::Array values = listAt(value, "values");
  for (uint32_t at = 0; at < values.Length(); at++) {
    const Napi::Value type = values.Get(at);
    graph.values.push_back({dtypeNamed(textAt(type, "dtype")), wholeNumbersAt(type, "shape")});
  }
  const Napi::Array nodes = listAt(value, "nodes");
  for (uint32_t at = 0; at < nodes.Length(); at++) graph.nodes.push_back(nodeFrom(nodes.Get(at)));
  graph.outputs = idsAt(value, "outputs");
  graph.vectors = textsAt(value, "vectors");
  graph.inputs = textsAt(value, "inputs");
  graph.scalars = textsAt(value, "scalars");
  if (!field(value, "frozen").IsUndefined()) graph.frozen = textsAt(value, "frozen");
  return graph;
}

}  // namespace convoy
