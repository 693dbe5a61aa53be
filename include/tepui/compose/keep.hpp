#pragma once
/// Turns what a stage has learned into named arrays and back.

#include <cstdint>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/named_arrays.hpp>
#include <tepui/stage/kind.hpp>

namespace tepui {

/// A stage with data names all of it: `static void each_array(auto& self, auto&& visit) { visit("median", self.median); }`
/// Each is a vector of float, double, int32, int64 or text, or one such number.
template <class S>
concept keeps_arrays = requires(S& s) { S::each_array(s, [](const char*, auto&) {}); };

template <class T>
using kept_element = std::conditional_t<
    std::is_floating_point_v<T>, T,
    std::conditional_t<std::is_same_v<T, std::string>, std::string, std::conditional_t<(sizeof(T) > 4), std::int64_t, std::int32_t>>>;

template <class S>
void keep_stage(const S& stage, const std::string& prefix, named_arrays& kept) {
  if constexpr (!std::is_empty_v<S>) {
    static_assert(keeps_arrays<S>,
                  "tepui: this stage holds data but cannot be saved; name every member in `static void each_array(auto& self, "
                  "auto&& visit) { visit(\"name\", self.name); }`");
    if constexpr (keeps_arrays<S>) {
      S::each_array(stage, [&](const char* name, const auto& member) {
        using member_type = std::decay_t<decltype(member)>;
        if constexpr (requires { member.size(); typename member_type::value_type; } && !std::is_same_v<member_type, std::string>) {
          using element = typename member_type::value_type;
          kept.put(prefix + name, std::vector<element>(member.begin(), member.end()));
        } else {
          using element = kept_element<member_type>;
          kept.put(prefix + name, std::vector<element>{static_cast<element>(member)});
        }
      });
    }
  }
}

/// How many learned numbers a stage keeps: the floats and doubles of its arrays, less those of which it says `n_not_learned()`, such as
/// padding and running moments; single settings are not counted.
template <class S>
[[nodiscard]] std::int64_t n_parameters_of(const S& stage) {
  std::int64_t n = 0;
  if constexpr (keeps_arrays<S>) {
    S::each_array(stage, [&](const char*, const auto& member) {
      using member_type = std::decay_t<decltype(member)>;
      if constexpr (requires { member.size(); typename member_type::value_type; })
        if constexpr (std::is_floating_point_v<typename member_type::value_type>) n += static_cast<std::int64_t>(member.size());
    });
    if constexpr (requires { stage.n_not_learned(); }) n -= stage.n_not_learned();
  }
  return n;
}

template <class T>
[[nodiscard]] const T& first_of(const named_arrays& kept, std::string_view name) {
  const std::vector<T>& values = kept.get<T>(name);
  if (values.size() != 1)
    throw bad_data("the saved array '" + std::string(name) + "' has " + std::to_string(values.size()) +
                   " entries where one is wanted; the file is damaged, save it again");
  return values[0];
}

template <class S>
void take_stage(S& stage, const std::string& prefix, const named_arrays& kept) {
  if constexpr (keeps_arrays<S>) {
    S::each_array(stage, [&](const char* name, auto& member) {
      using member_type = std::decay_t<decltype(member)>;
      if constexpr (requires { member.size(); typename member_type::value_type; } && !std::is_same_v<member_type, std::string>) {
        const auto& values = kept.get<typename member_type::value_type>(prefix + name);
        member.assign(values.begin(), values.end());
      } else {
        member = static_cast<member_type>(first_of<kept_element<member_type>>(kept, prefix + name));
      }
    });
  }
}

/// Calls visit("0.normalise.", stage) for every stage.
template <class Stages, class Visit>
void each_stage(Stages& stages, Visit&& visit) {
  std::apply(
      [&](auto&... stage) {
        std::size_t i = 0;
        (visit(std::to_string(i++) + "." + std::string(std::string_view(std::remove_cvref_t<decltype(stage)>::name)) + ".", stage),
         ...);
      },
      stages);
}

}  // namespace tepui
