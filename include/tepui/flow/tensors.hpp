#pragma once
/// Tables of numbers with names and shapes: the form in which the weights of a model leave a program and come back.

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>

namespace tepui {

/// Kinds of number that a tensor holds. uint8 also stands for true and false.
using tensor_values = std::variant<std::vector<float>, std::vector<double>, std::vector<std::int32_t>,
                                   std::vector<std::int64_t>, std::vector<std::uint8_t>>;
using tensor_spans = std::variant<std::span<const float>, std::span<const double>, std::span<const std::int32_t>,
                                  std::span<const std::int64_t>, std::span<const std::uint8_t>>;
using tensor_shape = std::vector<std::int64_t>;

/// What a kind of number is called in messages.
template <class T>
[[nodiscard]] constexpr std::string_view number_name() {
  if constexpr (std::is_same_v<T, float>) return "float32";
  else if constexpr (std::is_same_v<T, double>) return "float64";
  else if constexpr (std::is_same_v<T, std::int32_t>) return "int32";
  else if constexpr (std::is_same_v<T, std::int64_t>) return "int64";
  else return "uint8";
}

/// A shape as a person writes it: [3, 4]; one number without dimensions is [].
[[nodiscard]] inline std::string shape_text(std::span<const std::int64_t> shape) {
  std::string out = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) out += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
  return out + "]";
}

/// Numbers in a shape, or -1 where it has a negative side or more numbers than an int64 counts.
[[nodiscard]] inline std::int64_t numbers_in(std::span<const std::int64_t> shape) {
  std::int64_t n = 1;
  bool empty = false;
  for (const std::int64_t side : shape) {
    if (side < 0) return -1;
    if (side == 0) empty = true;  // the others are multiplied all the same, so that their order does not decide
    else if (__builtin_mul_overflow(n, side, &n)) return -1;
  }
  return empty ? 0 : n;
}

/// One table, row by row (the last side runs fastest).      invariants  as many numbers as the shape says
struct tensor {
  std::string name;
  tensor_shape shape;
  tensor_values values;

  [[nodiscard]] std::string_view holds() const {
    return std::visit([](const auto& v) { return number_name<typename std::decay_t<decltype(v)>::value_type>(); }, values);
  }
  bool operator==(const tensor&) const = default;
};

/// The same where the numbers lie in somebody else's memory: what a writer of files reads.
struct tensor_view {
  std::string_view name;
  tensor_shape shape;
  tensor_spans values;
};

/// Tensors in their order, and short notes about them: which model they belong to, the step.
/// invariants  names unique; each tensor holds what its shape says
struct named_tensors {
  std::vector<tensor> all;
  std::map<std::string, std::string> notes;

  /// in     as many values as the shape says          errors bad_option where they differ or the name stands already
  template <class T>
  void put(std::string name, tensor_shape shape, std::vector<T> values) {
    if (find(name) != nullptr) throw bad_option("the tensor '" + name + "' stands twice; give every tensor its own name");
    if (numbers_in(shape) != isize(values.size()))
      throw bad_option("the tensor '" + name + "' has " + std::to_string(values.size()) + " numbers for the shape " +
                       shape_text(shape) + "; give as many as the shape says");
    all.push_back({std::move(name), std::move(shape), std::move(values)});
  }

  /// out    the tensor, or nullptr                    cost   one look at each name
  [[nodiscard]] const tensor* find(std::string_view name) const {
    for (const tensor& t : all)
      if (t.name == name) return &t;
    return nullptr;
  }
  /// errors bad_data where the name is absent
  [[nodiscard]] const tensor& at(std::string_view name) const {
    if (const tensor* found = find(name)) return *found;
    throw bad_data("there is no tensor '" + std::string(name) + "' among the " + std::to_string(all.size()) +
                   "; name one that the file holds");
  }
  /// errors bad_data where the name is absent or holds another kind of number
  template <class T>
  [[nodiscard]] const std::vector<T>& get(std::string_view name) const {
    const tensor& t = at(name);
    if (const auto* values = std::get_if<std::vector<T>>(&t.values)) return *values;
    throw bad_data("the tensor '" + std::string(name) + "' holds " + std::string(t.holds()) + ", and " +
                   std::string(number_name<T>()) + " is needed; ask for what it holds, or save it as that");
  }
  /// The same, for whoever knows the shape.           errors also where the shape is another
  template <class T>
  [[nodiscard]] const std::vector<T>& get(std::string_view name, const tensor_shape& shape) const {
    const auto& values = get<T>(name);
    if (const tensor_shape& has = at(name).shape; has != shape)
      throw bad_data("the tensor '" + std::string(name) + "' has the shape " + shape_text(has) + ", and " +
                     shape_text(shape) + " is needed; load the file into the model that it was saved from");
    return values;
  }

  [[nodiscard]] std::vector<tensor_view> views() const {
    std::vector<tensor_view> out;
    out.reserve(all.size());
    for (const tensor& t : all)
      out.push_back({t.name, t.shape, std::visit([](const auto& v) -> tensor_spans { return std::span(v); }, t.values)});
    return out;
  }
  bool operator==(const named_tensors&) const = default;
};

}  // namespace tepui
