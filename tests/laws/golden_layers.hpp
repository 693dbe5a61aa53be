#pragma once
/// The golden layers of another library, which keeps the weights of a linear layer the other way round.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "laws/npy.hpp"

namespace tepui::tests {

/// Whether the shared data are here; says so where they are not.
[[nodiscard]] inline bool shared_is_here() {
  const bool here = !std::string(TEPUI_SHARED).empty();
  if (!here) MESSAGE("skipped: the shared golden data are not here");
  return here;
}
/// -> an array below golden/heimdall
[[nodiscard]] inline std::vector<float> golden(const std::string& name) {
  return laws::npy<float>(TEPUI_SHARED, "golden/heimdall/" + name + ".npy");
}
/// in     [rows, columns]            -> [columns, rows]
[[nodiscard]] inline std::vector<float> turned(const std::vector<float>& a, std::size_t columns) {
  std::vector<float> out(a.size());
  const std::size_t rows = a.size() / columns;
  for (std::size_t i = 0; i < a.size(); ++i) out[i % columns * rows + i / columns] = a[i];
  return out;
}
/// Whole numbers that are kept as floats.
[[nodiscard]] inline std::vector<std::int32_t> whole(const std::vector<float>& a) { return {a.begin(), a.end()}; }

inline void check_near(std::span<const float> got, std::span<const float> wanted, double tolerance = 1e-5) {
  REQUIRE(got.size() == wanted.size());
  double worst = 0;
  for (std::size_t i = 0; i < got.size(); ++i)
    worst = std::max(worst, std::abs(static_cast<double>(got[i]) - static_cast<double>(wanted[i])) /
                                std::max(1.0, std::abs(static_cast<double>(wanted[i]))));
  CHECK(worst <= tolerance);
}

}  // namespace tepui::tests
