// A graph as it arrives from TypeScript: plain data, already optimised and in execution order.
#pragma once

#include <cmath>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "kernels/elements.h"

namespace convoy {

inline size_t bytesOf(DType type) {
  if (type == DType::BF16) return 2;
  return type == DType::U8 || type == DType::I8 ? 1 : 4;
}

/** The type of a name; throws for one that is none. */
inline DType dtypeNamed(const std::string& name) {
  if (name == "f32") return DType::F32;
  if (name == "i32") return DType::I32;
  if (name == "u8") return DType::U8;
  if (name == "i8") return DType::I8;
  if (name == "bf16") return DType::BF16;
  throw std::invalid_argument("unknown element type " + name);
}

using Shape = std::vector<int64_t>;

inline int64_t sizeOf(const Shape& shape) {
  int64_t size = 1;
  for (int64_t extent : shape) size *= extent;
  return size;
}

struct TensorType {
  DType dtype;
  Shape shape;
};

/** The largest whole number that JavaScript has exactly. */
constexpr double MOST_WHOLE = 9007199254740991.0;

/** Whole numbers from numbers; throws for any other. */
inline Shape wholeNumbers(const std::vector<double>& numbers, const std::string& what) {
  for (double number : numbers) {
    const bool whole = number >= -MOST_WHOLE && number <= MOST_WHOLE && number == std::floor(number);
    if (!whole) throw std::invalid_argument("expected whole numbers as " + what);
  }
  return Shape(numbers.begin(), numbers.end());
}

/** A setting of a node: a number (booleans too), a text, or a list of either. */
struct Attr {
  enum class Kind { List, Number, Text };

  Kind kind = Kind::List;
  double number = 0;
  std::string text;
  std::vector<double> numbers;
  std::vector<std::string> texts;
};

using ValueId = int;

struct Node {
  std::string op;
  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;
  std::map<std::string, Attr> attrs;

  const Attr& attr(const char* name) const {
    const auto found = attrs.find(name);
    if (found == attrs.end()) throw std::invalid_argument(op + " lacks the attribute " + name);
    return found->second;
  }
  const Attr& attr(const char* name, Attr::Kind kind, const char* kindName) const {
    const Attr& found = attr(name);
    if (found.kind == kind) return found;
    throw std::invalid_argument(op + ": expected " + kindName + " as " + name);
  }
  double number(const char* name) const { return attr(name, Attr::Kind::Number, "a number").number; }
  bool flag(const char* name) const { return number(name) != 0; }
  const std::string& text(const char* name) const { return attr(name, Attr::Kind::Text, "a text").text; }
  Shape list(const char* name) const {
    return wholeNumbers(attr(name, Attr::Kind::List, "a list").numbers, op + "'s " + name);
  }
  /** A whole number within bounds. */
  int64_t whole(const char* name, int64_t least, int64_t most) const {
    const int64_t found = wholeNumbers({number(name)}, op + "'s " + name)[0];
    if (found >= least && found <= most) return found;
    throw std::invalid_argument(op + ": expected " + std::to_string(least) + " to " + std::to_string(most) + " as " +
                                name + ", found " + std::to_string(found));
  }
  /** A list of a known length. */
  Shape list(const char* name, size_t length) const {
    const Shape numbers = list(name);
    if (numbers.size() == length) return numbers;
    throw std::invalid_argument(op + ": expected " + std::to_string(length) + " numbers as " + name +
                                ", found " + std::to_string(numbers.size()));
  }
};

struct Graph {
  std::vector<TensorType> values;
  std::vector<Node> nodes;
  /** Values that a run returns, in the order of the output slots. */
  std::vector<ValueId> outputs;
  /** Names of bound vectors, inputs and scalars, in the order of their slots. */
  std::vector<std::string> vectors;
  std::vector<std::string> inputs;
  std::vector<std::string> scalars;
  /** Those of the vectors that seldom change: what is made of them alone is kept between runs. */
  std::vector<std::string> frozen;
};

inline int slotOf(const std::vector<std::string>& names, const std::string& name) {
  for (size_t at = 0; at < names.size(); at++) {
    if (names[at] == name) return static_cast<int>(at);
  }
  throw std::invalid_argument("nothing is bound as " + name);
}

}  // namespace convoy
