#pragma once
/// What every metric head promises, as one test suite; a head of embeddings is put to it in one line:
/// laws::embedding_head(metric::label_silhouette{}).

#include <cmath>
#include <cstdint>
#include <exception>
#include <limits>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <tepui/flow/index.hpp>
#include <tepui/flow/score.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/metric/embedded_cells.hpp>
#include <tepui/metric/head.hpp>
#include <tepui/metric/score_options.hpp>

#include "laws/owned_embedding.hpp"

namespace tepui::laws {

/// What a head promises otherwise, or beyond.
struct head_promises {
  double permuting = 1e-12;    ///< how much another order of the cells may move a value, relative to it; 0: bit-equal
  double renumbering = 1e-12;  ///< the same for other codes of the same labels, and for every number of the score
  bool order_matters = false;  ///< another order of the cells is another result (clusterings): not held to the first
  bool codes_matter = false;   ///< ties are broken by the code of a label: not held to the second
  bool all_cells = true;       ///< a score that has a value counts every cell in n
  bool value_in_interval = true;  ///< low <= value <= high
  bool seeded_value = false;   ///< the value itself is drawn (k-means), not only floor and interval
  double floor_slack = 1e-9;   ///< how much better than the ceiling a floor may come out, where either is drawn
  double worst = -std::numeric_limits<double>::infinity(), best = std::numeric_limits<double>::infinity();
  int rounds = 6;  ///< how many drawn data sets
};

namespace head_checks {

[[nodiscard]] inline bool same_bits(const measured& a, const measured& b) {
  return a.reason == b.reason && (a.value == b.value || (std::isnan(a.value) && std::isnan(b.value)));
}
[[nodiscard]] inline bool same_bits(const score& a, const score& b) {
  return a.name == b.name && a.unit == b.unit && a.n == b.n && a.better == b.better && same_bits(a.value, b.value) &&
         same_bits(a.low, b.low) && same_bits(a.high, b.high) && same_bits(a.floor, b.floor) &&
         same_bits(a.ceiling, b.ceiling);
}
[[nodiscard]] inline bool near(const measured& a, const measured& b, double tolerance) {
  if (!a.known() || !b.known()) return a.known() == b.known();
  if (a.value == b.value) return true;
  return std::abs(a.value - b.value) <= tolerance * std::max({1e-3, std::abs(a.value), std::abs(b.value)});
}
[[nodiscard]] inline const score* find(const std::vector<score>& in, const std::string& name) {
  for (const score& s : in)
    if (s.name == name) return &s;
  return nullptr;
}

/// What holds of a score whatever the data are. Says what is wrong, or nothing.
[[nodiscard]] inline std::string fault(const score& s, std::int64_t n_cells, const std::string& prefix,
                                       const head_promises& promised) {
  if (s.name.size() <= prefix.size() || !s.name.starts_with(prefix))
    return "the name '" + s.name + "' is not the prefix and more";
  const std::string of = s.name + ": ";
  if (s.unit.empty()) return of + "no unit";
  if (s.n < 0 || s.n > n_cells) return of + "n is " + std::to_string(s.n) + " of " + std::to_string(n_cells) + " cells";
  const std::pair<const char*, const measured*> all[] = {
      {"value", &s.value}, {"low", &s.low}, {"high", &s.high}, {"floor", &s.floor}, {"ceiling", &s.ceiling}};
  for (const auto& [what, m] : all) {
    const std::string one = of + what;
    if (m->known() != m->reason.empty())
      return one + (m->known() ? " is a number and has a reason" : " is missing without a reason");
    if (!m->known() && m->reason == "not measured") return one + " was never filled in";
    if (!m->known()) continue;
    if (std::isinf(m->value)) return one + " is infinite";
    if (s.unit == "share" && (m->value < -1e-12 || m->value > 1 + 1e-12))
      return one + " is no share: " + std::to_string(m->value);
  }
  if (s.value.known() && promised.all_cells && s.n != n_cells)
    return of + "n is " + std::to_string(s.n) + ", not the " + std::to_string(n_cells) + " cells";
  if (s.value.known() && (s.value.value < promised.worst - 1e-12 || s.value.value > promised.best + 1e-12))
    return of + "the value is " + std::to_string(s.value.value);
  if (s.low.known() && s.high.known() && s.low.value > s.high.value) return of + "low is above high";
  if (promised.value_in_interval && s.value.known() && s.low.known() && s.high.known() &&
      (s.value.value < s.low.value - 1e-12 || s.value.value > s.high.value + 1e-12))
    return of + "the value " + std::to_string(s.value.value) + " lies outside of its interval, " +
           std::to_string(s.low.value) + " to " + std::to_string(s.high.value);
  if (s.floor.known() && s.ceiling.known()) {
    const double better =
        s.better == direction::higher_is_better ? s.floor.value - s.ceiling.value : s.ceiling.value - s.floor.value;
    if (better > promised.floor_slack) return of + "the floor is better than the ceiling by " + std::to_string(better);
  }
  return {};
}

}  // namespace head_checks

/// The laws of any head, on data of its own kind.
/// in     Owned: data in memory of their own, that can
///          static some(seed) -> Owned                        drawn data, without ties
///          static degenerate() -> vector<pair<string, Owned>> what the data are called, and data that have no such score
///          permuted(seed) -> Owned                            another order of the cells
///          relabelled() -> Owned                              other codes of the same labels, and labels without cells
///          n_cells() -> int64; scored(head, options) -> vector<score>
template <class Owned, class Head>
void head_of(const Head& head, const head_promises& promised = {}) {
  static_assert(metric::head<Head>);
  CHECK(!std::string(Head::name).empty());
  metric::score_options options;
  options.prefix = "laws.";
  options.resamples = 20;
  const auto faults = [&](const Owned& data, const metric::score_options& with) {
    try {
      const std::vector<score> all = data.scored(head, with);
      if (all.empty()) return std::string("no score at all");
      for (const score& s : all)
        if (std::string wrong = head_checks::fault(s, data.n_cells(), with.prefix, promised); !wrong.empty()) return wrong;
      return std::string();
    } catch (const std::exception& refused) {
      return std::string("threw: ") + refused.what();
    }
  };

  for (const auto& [what, data] : Owned::degenerate()) {
    const std::string head_name(Head::name), data_name(what);
    CAPTURE(head_name);
    CAPTURE(data_name);
    CHECK(faults(data, options) == "");
  }
  for (int seed = 1; seed <= promised.rounds; ++seed) {
    const std::string head_name(Head::name);
    CAPTURE(head_name);
    CAPTURE(seed);
    const Owned data = Owned::some(static_cast<std::uint64_t>(seed));
    CHECK(faults(data, options) == "");
    metric::score_options no_interval = options;
    no_interval.resamples = 0;
    CHECK(faults(data, no_interval) == "");

    const std::vector<score> once = data.scored(head, options);
    for (const int threads : {1, 2, 5}) {  // one thread again: the same call gives the same bits
      metric::score_options with = options;
      with.threads = threads;
      const std::vector<score> again = data.scored(head, with);
      CAPTURE(threads);
      REQUIRE(again.size() == once.size());
      for (std::size_t s = 0; s < once.size(); ++s) CHECK_MESSAGE(head_checks::same_bits(once[s], again[s]), once[s].name);
    }
    if (!promised.seeded_value) {
      metric::score_options with = options;
      with.seed += 1;
      const std::vector<score> again = data.scored(head, with);
      REQUIRE(again.size() == once.size());
      for (std::size_t s = 0; s < once.size(); ++s)
        CHECK_MESSAGE(head_checks::same_bits(once[s].value, again[s].value), once[s].name);
    }
    if (!promised.order_matters) {
      const std::vector<score> other = data.permuted(static_cast<std::uint64_t>(seed)).scored(head, options);
      REQUIRE(other.size() == once.size());
      for (const score& s : once) {
        const score* const same = head_checks::find(other, s.name);
        REQUIRE_MESSAGE(same != nullptr, s.name);
        CAPTURE(s.name);
        CAPTURE(s.value.value);
        CAPTURE(same->value.value);
        CHECK(same->n == s.n);
        CHECK(head_checks::near(s.value, same->value, promised.permuting));
      }
    }
    if (!promised.codes_matter) {
      const std::vector<score> other = data.relabelled().scored(head, options);
      for (const score& s : once) {
        const score* const same = head_checks::find(other, s.name);
        REQUIRE_MESSAGE(same != nullptr, s.name);
        CAPTURE(s.name);
        CHECK(same->n == s.n);
        for (const auto part : {&score::value, &score::low, &score::high, &score::floor, &score::ceiling}) {
          CAPTURE((s.*part).value);
          CAPTURE((same->*part).value);
          CHECK(head_checks::near(s.*part, same->*part, promised.renumbering));
        }
      }
    }
  }
}

/// The laws of a head that reads embedded_cells.
template <class Head>
void embedding_head(const Head& head, const head_promises& promised = {}) {
  static_assert(std::is_same_v<typename Head::reads, metric::embedded_cells>);
  head_of<owned_embedding>(head, promised);
}

}  // namespace tepui::laws
