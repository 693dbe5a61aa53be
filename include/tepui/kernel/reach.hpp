#pragma once
/// Where cells lie around, and how far out all but a few of them go.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/squared_distance.hpp>

namespace tepui::kernel {

/// The mean of points.
/// in     of [n, dims], n > 0            out  [dims]; 0 where a mean is not a finite number        cost  one pass
template <class Real>
[[nodiscard]] std::vector<double> mean_point(const points_of<Real>& of) {
  std::vector<double> centre(usize(of.dims), 0.0);
  for (std::int64_t j = 0; j < of.n; ++j) {
    const Real* const x = of.row(j);
    for (std::size_t d = 0; d < centre.size(); ++d) centre[d] += static_cast<double>(x[d]);
  }
  for (double& c : centre) {
    c /= static_cast<double>(of.n);
    if (!std::isfinite(c)) c = 0;
  }
  return centre;
}

/// The distance within which all points count as near: the largest, but where some lie more than 8 times as far out as the
/// bulk, twice that of the bulk. The bulk are all but the n / 4096 + 8 farthest.
/// in     distance: of each point from the centre, not empty, infinite where it has none        cost  O(n)
[[nodiscard]] inline double reach_of(std::vector<double> distance) {
  const auto few = std::min<std::ptrdiff_t>(8 + isize(distance.size()) / 4096, isize(distance.size()) - 1);
  std::nth_element(distance.begin(), distance.end() - 1 - few, distance.end());
  const double most = *std::max_element(distance.end() - 1 - few, distance.end()), bulk = *(distance.end() - 1 - few);
  return most <= 8 * bulk || bulk == 0 ? most : 2 * bulk;
}

}  // namespace tepui::kernel
