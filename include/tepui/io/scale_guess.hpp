#pragma once
/// Guesses from the numbers alone what a matrix holds: counts, normalised counts, their logarithms, or something else.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>

#include <tepui/flow/counts.hpp>

namespace tepui::io {

/// The name of a scale: "raw", "normalised", "log1p" or "other".
///   raw         every value is a whole number, none negative (also where there is no value)
///   normalised  in 8 of 10 cells all values are multiples of one number (or of its half to sixth), or all cells have one sum
///   log1p       the same of exp(value) - 1
///   other       anything else: also where a value is negative, or most values are whole and some are not
/// in     counts [cells, genes], other                 cost  O(values); the multiples are tried in at most 500 cells
/// errors none                                         repeat bit-equal on one machine; a guess, not a proof
template <counts_like Counts>
const char* scale_guess(const Counts& x) {
  std::int64_t whole = 0, stored = 0;
  for (std::int64_t cell = 0; cell < x.n_cells(); ++cell) {
    for (const auto value : x.values_of(cell)) {
      if (value < 0) return scale::other::name;
      ++stored;
      whole += value == std::floor(value) ? 1 : 0;
    }
  }
  if (whole == stored) return scale::raw::name;
  if (2 * whole > stored) return scale::other::name;

  const auto fits = [&](auto undo) {
    std::int64_t tried = 0, multiples = 0;
    double least_sum = std::numeric_limits<double>::infinity(), largest_sum = 0;
    const std::int64_t step = std::max<std::int64_t>(x.n_cells() / 500, 1);
    for (std::int64_t cell = 0; cell < x.n_cells(); cell += step) {
      const auto values = x.values_of(cell);
      if (values.size() < 3) continue;
      double sum = 0, least = std::numeric_limits<double>::infinity();
      for (const auto v : values) {
        const double back = undo(static_cast<double>(v));
        sum += back;
        least = std::min(least, back);
      }
      if (!(sum < 1e12) || !(least > 0)) return false;
      least_sum = std::min(least_sum, sum);
      largest_sum = std::max(largest_sum, sum);
      ++tried;
      for (int part = 1; part <= 6; ++part) {
        std::size_t near = 0;
        for (const auto v : values) {
          const double multiple = undo(static_cast<double>(v)) / least * part;
          near += std::fabs(multiple - std::round(multiple)) < 1e-3 + 4e-6 * multiple ? 1 : 0;
        }
        if (20 * near >= 19 * values.size()) {
          ++multiples;
          break;
        }
      }
    }
    return tried > 0 && (10 * multiples >= 8 * tried || (tried > 1 && largest_sum <= 1.001 * least_sum));
  };
  if (fits([](double v) { return v; })) return scale::normalised::name;
  if (fits([](double v) { return std::expm1(v); })) return scale::log1p::name;
  return scale::other::name;
}

}  // namespace tepui::io
