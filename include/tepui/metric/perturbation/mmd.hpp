#pragma once
/// How different two populations of cells are, as a smooth function of the distances of their cells sees them: maximum mean
/// discrepancy.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/flow/number_text.hpp>
#include <tepui/flow/score.hpp>
#include <tepui/kernel/squared_distance.hpp>
#include <tepui/metric/perturbation/cell_scores.hpp>
#include <tepui/metric/perturbation/perturbed_cells.hpp>
#include <tepui/metric/score_options.hpp>

namespace tepui::metric {

/// Squared maximum mean discrepancy with the kernel exp(-gamma d^2).
struct mmd_squared {
  double biased =
      std::numeric_limits<double>::quiet_NaN();  ///< means over all pairs, a cell with itself among them; never below 0
  double unbiased = std::numeric_limits<double>::quiet_NaN();  ///< without those; may be below 0 by chance
  double gamma = std::numeric_limits<double>::quiet_NaN();
};

/// in     x, y [n, dims], finite; gamma, or 0: 1 / (2 m^2) with m the median distance over all pairs of the pooled cells
/// empty  no cells, or a median of 0: NaN; one cell on a side: no unbiased form
/// cost   O((n_x + n_y)^2 (dims + 1)), and as many doubles            repeat bit-equal where the C library's exp is
/// source Gretton et al. 2012
template <class Real>
[[nodiscard]] mmd_squared mmd_between(const kernel::points_of<Real>& x, const kernel::points_of<Real>& y, double gamma = 0) {
  mmd_squared out;
  if (x.n == 0 || y.n == 0) return out;
  std::vector<double> xx, yy, xy;
  xx.reserve(usize(x.n * (x.n - 1) / 2));
  yy.reserve(usize(y.n * (y.n - 1) / 2));
  xy.reserve(usize(x.n * y.n));
  for (std::int64_t i = 0; i < x.n; ++i) {
    for (std::int64_t j = i + 1; j < x.n; ++j) xx.push_back(kernel::squared_distance(x.row(i), x.row(j), x.dims));
    for (std::int64_t j = 0; j < y.n; ++j) xy.push_back(kernel::squared_distance(x.row(i), y.row(j), x.dims));
  }
  for (std::int64_t i = 0; i < y.n; ++i)
    for (std::int64_t j = i + 1; j < y.n; ++j) yy.push_back(kernel::squared_distance(y.row(i), y.row(j), x.dims));
  if (!(gamma > 0)) {
    std::vector<double> all(xx);
    all.insert(all.end(), yy.begin(), yy.end());
    all.insert(all.end(), xy.begin(), xy.end());
    const auto middle = all.begin() + isize(all.size() / 2);
    std::nth_element(all.begin(), middle, all.end());
    double median = std::sqrt(*middle);
    if (all.size() % 2 == 0) median = (median + std::sqrt(*std::max_element(all.begin(), middle))) / 2;
    if (!(median > 0)) return out;
    gamma = 1 / (2 * median * median);
  }
  out.gamma = gamma;
  const auto sum = [&](const std::vector<double>& squared) {
    double s = 0;
    for (const double d : squared) s += std::exp(-gamma * d);
    return s;
  };
  const auto n = static_cast<double>(x.n), m = static_cast<double>(y.n);
  const double in_x = 2 * sum(xx), in_y = 2 * sum(yy), between = sum(xy) / (n * m);
  out.biased = std::max(0.0, (in_x + n) / (n * n) + (in_y + m) / (m * m) - 2 * between);
  if (x.n > 1 && y.n > 1) out.unbiased = in_x / (n * (n - 1)) + in_y / (m * (m - 1)) - 2 * between;
  return out;
}

/// Squared maximum mean discrepancy of predicted and real cells, mean over perturbations.
/// out    mmd_rbf_{unbiased,biased} with .skill, .no_change, .train_cells (cell_scores.hpp)
/// in     most: of larger groups so many cells are drawn; gamma, or 0: the median rule, for each pair of populations its own
/// ceiling  biased: unknown, and so the skill
/// cost   O(P most^2 genes)
struct mmd_rbf {
  using reads = perturbed_cells;
  static constexpr std::string_view name = "mmd_rbf";
  bool unbiased = true;
  double gamma = 0;
  std::int64_t most = 200;

  [[nodiscard]] std::string describe() const {
    return std::string(unbiased ? "unbiased" : "biased") +
           (gamma > 0 ? ", gamma " + shortest(gamma) : std::string(", median rule")) + ", at most " + std::to_string(most) +
           " cells a group";
  }
  [[nodiscard]] std::vector<score> operator()(const perturbed_cells& of, const score_options& options) const {
    const score_form form{std::string(name) + (unbiased ? "_unbiased" : "_biased"), "squared discrepancy, at most 2",
                          direction::lower_is_better, from_halves::as_it_is,
                          "no perturbation has cells enough on both sides", unbiased ? "" : halves_of_biased};
    return cell_scores(of, options, form, most, [&](const gathered_cells& predicted, const gathered_cells& real) {
      const mmd_squared d = mmd_between(predicted.points(), real.points(), gamma);
      return unbiased ? d.unbiased : d.biased;
    });
  }
};

}  // namespace tepui::metric
