#pragma once
/// Rarefaction: how many types (or donors, or anything with a name) one would meet in fewer cells than were counted.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tepui/coverage/diversity.hpp>
#include <tepui/flow/error.hpp>
#include <tepui/flow/score.hpp>

namespace tepui::coverage {

/// What Stirling's formula leaves of log(x!): log(x!) - (x log x - x + log(2 pi x) / 2).      in  x >= 0, whole; 0 -> 0
[[nodiscard]] inline double stirling_rest(double x) {
  if (x < 0.5) return 0;  // 0! has no such form, and log_chance_unseen never asks for it
  if (x < 16) return std::lgamma(x + 1) - (x * std::log(x) - x + 0.5 * std::log(6.283185307179586 * x));
  const double s = 1 / (x * x);
  return (1.0 / 12 - s * (1.0 / 360 - s * (1.0 / 1260 - s / 1680))) / x;
}

/// The log of the chance that none of `kind` cells is among `drawn`, drawn without replacement from `all`:
/// log( C(all - kind, drawn) / C(all, drawn) ). -infinity where one of them must be among the drawn.
/// in     0 <= kind, drawn <= all        cost   O(1); a log a cell where kind or drawn is below 256
/// all    where kind + drawn == all the answer stops at -800, which is a chance of 0 in double
/// exact  to 1e-11 of the value from 1 cell to billions: differences of log-gammas would lose 8 digits at 22 million
/// source Hurlbert 1971; Loader 2000 (the form of the factorials)
[[nodiscard]] inline double log_chance_unseen(std::int64_t all, std::int64_t kind, std::int64_t drawn) {
  if (kind < drawn) std::swap(kind, drawn);  // the chance is the same; `drawn` is now the smaller
  if (drawn <= 0) return 0;
  if (kind + drawn > all) return -std::numeric_limits<double>::infinity();
  const auto n = static_cast<double>(all), k = static_cast<double>(kind), a = static_cast<double>(drawn);
  if (drawn < 256 || kind + drawn == all) {
    double sum = 0;
    for (std::int64_t i = 0; i < drawn && (sum > -800 || drawn < 256); ++i)
      sum += std::log1p(-k / (n - static_cast<double>(i)));
    return sum;
  }
  // (n - k)! (n - a)! / ((n - k - a)! n!), with the large terms taken off each other before they are rounded.
  return n * std::log1p(-a / n) - (n - k) * std::log1p(-a / (n - k)) + a * std::log((n - k - a) / (n - a)) +
         0.5 * (std::log1p(-a / n) - std::log1p(-a / (n - k))) + stirling_rest(n - k) + stirling_rest(n - a) -
         stirling_rest(n - k - a) - stirling_rest(n);
}

/// The chance that at least one of `kind` cells is among `drawn` of `all`.
[[nodiscard]] inline double chance_seen(std::int64_t all, std::int64_t kind, std::int64_t drawn) {
  return -std::expm1(log_chance_unseen(all, kind, drawn));
}

/// The types expected in fewer cells.
struct rarefied {
  std::int64_t cells = 0;  ///< drawn without replacement
  score types;             ///< expected number, with the interval of a draw; ceiling: the types in all cells
};

/// Expected number of types in `sizes` cells drawn without replacement from those counted.
/// in     cells by type; sizes, each in [0, labelled cells]       out    one a size, in the order given
/// interval  mean +- 1.96 standard deviations of a draw, cut to what is possible: it says how much draws
///           differ, not what types nobody has met
/// errors bad_option where a size is negative or above the number of labelled cells
/// cost   O(d^2) a size, d distinct numbers of cells a type      repeat see log_chance_unseen
/// source Hurlbert 1971 (mean); Heck, van Belle and Simberloff 1975 (variance)
[[nodiscard]] inline std::vector<rarefied> rarefaction(const label_counts& counts, std::span<const std::int64_t> sizes) {
  const std::int64_t all = counts.labelled();
  std::map<std::int64_t, std::int64_t> types_of_size;  // types that have as many cells are alike
  for (const std::int64_t cells : counts.of_label)
    if (cells > 0) ++types_of_size[cells];
  const std::vector<std::pair<std::int64_t, std::int64_t>> kind(types_of_size.begin(), types_of_size.end());
  std::vector<rarefied> out;
  for (const std::int64_t size : sizes) {
    if (size < 0 || size > all)
      throw bad_option("coverage::rarefaction: a size is " + std::to_string(size) + ", and " + std::to_string(all) +
                       " cells have a label; ask for sizes from 0 to that number");
    double mean = 0, variance = 0;
    std::vector<double> unseen;
    for (const auto& [cells, types] : kind) {
      unseen.push_back(std::exp(log_chance_unseen(all, cells, size)));
      mean += static_cast<double>(types) * chance_seen(all, cells, size);
    }
    for (std::size_t i = 0; i < kind.size(); ++i) {
      const auto m = static_cast<double>(kind[i].second);
      variance += m * unseen[i] * (1 - unseen[i]);
      for (std::size_t j = 0; j <= i; ++j) {
        const double pairs = i == j ? m * (m - 1) / 2 : m * static_cast<double>(kind[j].second);
        if (pairs == 0) continue;
        const std::int64_t both = kind[i].first + kind[j].first;
        variance += 2 * pairs * (std::exp(log_chance_unseen(all, both, size)) - unseen[i] * unseen[j]);
      }
    }
    rarefied r;
    r.cells = size;
    r.types.name = "types_in_" + std::to_string(size) + "_cells";
    r.types.unit = "types";
    r.types.n = all;
    r.types.value = mean;
    const auto most = static_cast<double>(std::min(counts.labels_seen(), size));
    const double least = size > 0 ? 1 : 0, sd = std::sqrt(std::max(0.0, variance));
    r.types.low = std::clamp(mean - 1.96 * sd, std::min(least, most), most);
    r.types.high = std::clamp(mean + 1.96 * sd, std::min(least, most), most);
    r.types.floor = least;
    r.types.ceiling = static_cast<double>(counts.labels_seen());
    out.push_back(std::move(r));
  }
  return out;
}

/// Expected number of types in so many donors, drawn without replacement from those there are (sample-based rarefaction).
/// in     label, donor [cells] codes, -1 where missing (such cells count nowhere); sizes, each in [0, donors with a label]
/// out    one a size, `cells` being donors; interval as above, of a draw of donors
/// errors bad_data where the lengths differ; bad_option where a size is out of range
/// cost   O(cells + types^2 (donors + sizes))            repeat bit-equal for one C library (exp, log1p)
/// source Ugland et al. 2003; Mao et al. 2005
[[nodiscard]] inline std::vector<rarefied> types_by_donors(std::span<const std::int32_t> label,
                                                           std::span<const std::int32_t> donor,
                                                           std::span<const std::int64_t> sizes) {
  if (label.size() != donor.size())
    throw bad_data("coverage::types_by_donors: there are " + std::to_string(label.size()) + " labels and " +
                   std::to_string(donor.size()) + " donors; give one of each a cell");
  std::map<std::int32_t, std::size_t> place_of_donor;
  std::map<std::int32_t, std::vector<char>> has;  // by type: which donors
  for (std::size_t c = 0; c < label.size(); ++c)
    if (label[c] >= 0 && donor[c] >= 0) place_of_donor.try_emplace(donor[c], place_of_donor.size());
  for (std::size_t c = 0; c < label.size(); ++c) {
    if (label[c] < 0 || donor[c] < 0) continue;
    auto& donors = has[label[c]];
    donors.resize(place_of_donor.size(), 0);
    donors[place_of_donor.at(donor[c])] = 1;
  }
  const std::int64_t all = isize(place_of_donor.size());
  std::vector<std::int64_t> single, pair;  // donors that have a type, or one of two types
  for (auto a = has.begin(); a != has.end(); ++a) {
    single.push_back(std::count(a->second.begin(), a->second.end(), 1));
    for (auto b = has.begin(); b != a; ++b) {
      std::int64_t either = 0;
      for (std::size_t d = 0; d < usize(all); ++d) either += a->second[d] || b->second[d] ? 1 : 0;
      pair.push_back(either);
    }
  }
  std::vector<rarefied> out;
  for (const std::int64_t size : sizes) {
    if (size < 0 || size > all)
      throw bad_option("coverage::types_by_donors: a size is " + std::to_string(size) + ", and " + std::to_string(all) +
                       " donors have a labelled cell; ask for sizes from 0 to that number");
    double mean = 0, variance = 0, unseen_sum = 0;
    for (const std::int64_t donors : single) {
      const double unseen = std::exp(log_chance_unseen(all, donors, size));
      mean += 1 - unseen;
      unseen_sum += unseen;
      variance += unseen;
    }
    for (const std::int64_t donors : pair) variance += 2 * std::exp(log_chance_unseen(all, donors, size));
    variance -= unseen_sum * unseen_sum;
    const auto types = static_cast<double>(single.size()), sd = std::sqrt(std::max(0.0, variance));
    rarefied r;
    r.cells = size;
    r.types.name = "types_in_" + std::to_string(size) + "_donors";
    r.types.unit = "types";
    r.types.n = all;
    r.types.value = mean;
    r.types.low = std::clamp(mean - 1.96 * sd, 0.0, types);
    r.types.high = std::clamp(mean + 1.96 * sd, 0.0, types);
    r.types.floor = 0;
    r.types.ceiling = types;
    out.push_back(std::move(r));
  }
  return out;
}

/// About `wanted` sizes from 1 to `all`, evenly spaced on a logarithmic axis, ascending, each once.
[[nodiscard]] inline std::vector<std::int64_t> rarefaction_sizes(std::int64_t all, std::int64_t wanted = 24) {
  std::vector<std::int64_t> out;
  for (std::int64_t i = 0; i < wanted && all > 0; ++i) {
    const double place = wanted == 1 ? 1 : static_cast<double>(i) / static_cast<double>(wanted - 1);
    const auto size =
        i + 1 == wanted ? all : static_cast<std::int64_t>(std::llround(std::pow(static_cast<double>(all), place)));
    if (out.empty() || size > out.back()) out.push_back(size);
  }
  return out;
}

}  // namespace tepui::coverage
