#pragma once
/// Arrays with names: the form in which a fitted pipeline leaves a program and comes back. Which file format holds them is io's matter.

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <tepui/flow/error.hpp>

namespace tepui {

using named_array = std::variant<std::vector<float>, std::vector<double>, std::vector<std::int32_t>,
                                 std::vector<std::int64_t>, std::vector<std::string>>;

/// invariants  names unique
struct named_arrays {
  std::vector<std::pair<std::string, named_array>> all;

  template <class T>
  void put(std::string name, std::vector<T> values) {
    all.emplace_back(std::move(name), std::move(values));
  }
  /// errors  bad_data where the name is absent or holds another type
  template <class T>
  [[nodiscard]] const std::vector<T>& get(std::string_view name) const {
    for (const auto& [key, values] : all) {
      if (key != name) continue;
      if (const auto* found = std::get_if<std::vector<T>>(&values)) return *found;
      throw bad_data("the saved array '" + std::string(name) +
                     "' has another type than this pipeline needs; load the file with the pipeline type that saved it");
    }
    throw bad_data("the saved arrays have no '" + std::string(name) +
                   "'; load the file with the pipeline type that saved it");
  }
};

}  // namespace tepui
