#pragma once
/// What a metric is: a named function of cells and their labels, of predictions, or of a partition, that gives scores.

#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <tepui/flow/score.hpp>
#include <tepui/metric/score_options.hpp>

namespace tepui::metric {

/// A head says what it is called and what it reads (`using reads = embedded_cells;`), and is a function of that and of the
/// options.
///   out     scores, named prefix + name, each with n, unit, direction, floor, ceiling and interval, or the reason why one
///           is missing
///   errors  data that do not fit together are refused (bad_data, bad_option); where the data have no such score (one
///           batch, one label, no cells) the score is there, without a value and with the reason, so that the other scores
///           are not lost
///   repeat  bit-equal for any number of threads
/// tests/laws/head_laws.hpp holds every head to this.
template <class H>
concept head = requires { typename H::reads; } && requires {
  { H::name } -> std::convertible_to<std::string_view>;
} && requires(const H& h, const typename H::reads& of, const score_options& options) {
  { h(of, options) } -> std::same_as<std::vector<score>>;
};

/// Scores of several heads that read the same, one after the other.
/// in     what they read; options; the heads                     out    their scores, in order
/// cost   what several heads need (neighbours, sums of distances) is computed once and kept by what they read
template <class Subject, class... Heads>
[[nodiscard]] std::vector<score> measure(const Subject& of, const score_options& options, const Heads&... heads) {
  constexpr bool all_are_heads = (head<Heads> && ...);
  static_assert(
      all_are_heads,
      "tepui: metric::measure was given something that is no head; a head has a name, `using reads`, and is a function of "
      "(what it reads, score_options) that returns std::vector<score>");
  if constexpr (all_are_heads) {
    constexpr bool all_read_this = (std::is_same_v<typename Heads::reads, Subject> && ...);
    static_assert(all_read_this,
                  "tepui: a head was asked to score what it does not read; give metric::measure the heads whose `reads` is "
                  "the type of "
                  "its first argument, and the others in a call of their own");
    if constexpr (all_read_this) {
      std::vector<score> out;
      const auto add = [&](std::vector<score> some) {
        for (score& s : some) out.push_back(std::move(s));
      };
      (add(heads(of, options)), ...);
      return out;
    }
  }
  return {};
}

/// A score of this name that has no value, and says why.
[[nodiscard]] inline score without_value(std::string name, const std::string& why, std::int64_t n = 0,
                                         direction better = direction::higher_is_better) {
  score out;
  out.name = std::move(name);
  out.n = n;
  out.better = better;
  out.value = out.low = out.high = out.floor = out.ceiling = measured::missing(why);
  return out;
}

}  // namespace tepui::metric
