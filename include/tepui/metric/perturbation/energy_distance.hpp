#pragma once
/// How different two populations of cells are, by the distances of their cells: energy distances, as three tools define
/// them.

#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/flow/score.hpp>
#include <tepui/kernel/distance_sums.hpp>
#include <tepui/kernel/parallel.hpp>
#include <tepui/metric/perturbation/cell_scores.hpp>
#include <tepui/metric/perturbation/control_roles.hpp>
#include <tepui/metric/perturbation/perturbed_cells.hpp>
#include <tepui/metric/score_options.hpp>

namespace tepui::metric {

/// Energy distances of two populations x and y: 2 E d(x, y) - E d(x, x') - E d(y, y').
///   euclidean    d the Euclidean distance, means over all ordered pairs, a cell with itself among them (V-statistic):
///                cell-eval's. It is larger by E d(x, x') / n_x + E d(y, y') / n_y, and so rewards who gives more cells
///   euclidean_u  the same with means within over pairs of two cells, n (n - 1) (U-statistic): 0 on average for equal
///                populations whatever the numbers of cells, and below 0 by chance
///   squared_v    d its square, means over all pairs: scPerturb before 1.0; this is exactly 2 |mean x - mean y|^2
///   squared_u    d its square, means within over pairs of two cells: scPerturb from 1.0
/// source Szekely and Rizzo 2013; Peidli et al. 2024
enum class energy { euclidean, euclidean_u, squared_v, squared_u };

[[nodiscard]] constexpr std::string_view name_of(energy e) {
  return e == energy::euclidean     ? "euclidean"
         : e == energy::euclidean_u ? "euclidean_u"
         : e == energy::squared_v   ? "squared_v"
                                    : "squared_u";
}
[[nodiscard]] constexpr bool is_unbiased(energy e) { return e == energy::euclidean_u || e == energy::squared_u; }

/// What the mean over all ordered pairs within n cells becomes over pairs of two.        empty  one cell: NaN
[[nodiscard]] inline double mean_of_pairs_of_two(double mean_of_all, std::int64_t n) {
  return n < 2 ? std::numeric_limits<double>::quiet_NaN()
               : mean_of_all * (static_cast<double>(n) / static_cast<double>(n - 1));
}

/// The squared forms without any pair: from means and variances. NaN for squared_u where a side has one cell.
/// cost   O((n_x + n_y) dims)                     order in double, cells in order          repeat bit-equal on one binary
template <class Real>
[[nodiscard]] double squared_energy(const kernel::points_of<Real>& x, const kernel::points_of<Real>& y, bool unbiased) {
  const auto moments = [](const kernel::points_of<Real>& of, std::vector<double>& mean) {
    mean.assign(usize(of.dims), 0.0);
    for (std::int64_t i = 0; i < of.n; ++i)
      for (std::size_t d = 0; d < mean.size(); ++d) mean[d] += static_cast<double>(of.row(i)[d]);
    for (double& m : mean) m /= static_cast<double>(of.n);
    double squares = 0;
    for (std::int64_t i = 0; i < of.n; ++i)
      for (std::size_t d = 0; d < mean.size(); ++d) {
        const double apart = static_cast<double>(of.row(i)[d]) - mean[d];
        squares += apart * apart;
      }
    return squares / static_cast<double>(of.n);  // mean squared distance from the mean
  };
  std::vector<double> mean_x, mean_y;
  const double spread_x = moments(x, mean_x), spread_y = moments(y, mean_y);
  double between = 0;
  for (std::size_t d = 0; d < mean_x.size(); ++d) between += (mean_x[d] - mean_y[d]) * (mean_x[d] - mean_y[d]);
  if (!unbiased) return 2 * between;
  if (x.n < 2 || y.n < 2) return std::numeric_limits<double>::quiet_NaN();
  const auto n = static_cast<double>(x.n), m = static_cast<double>(y.n);
  return 2 * (between + spread_x + spread_y) - 2 * spread_x * n / (n - 1) - 2 * spread_y * m / (m - 1);
}

/// Energy distance of two populations.
/// in     x, y [n, dims], finite
/// empty  no cells: NaN; unbiased forms: one cell on a side as well
/// cost   squared O(n dims), else O(n^2 dims)
/// Tile   of kernel::distance_sums: double, or float for speed (errors of a distance some 1e-6)
template <class Tile = double, class Real>
[[nodiscard]] double energy_between(const kernel::points_of<Real>& x, const kernel::points_of<Real>& y, energy by,
                                    int threads = 1) {
  if (x.n == 0 || y.n == 0) return std::numeric_limits<double>::quiet_NaN();
  if (by == energy::squared_u || by == energy::squared_v) return squared_energy(x, y, by == energy::squared_u);
  const bool unbiased = by == energy::euclidean_u;
  if (unbiased && (x.n < 2 || y.n < 2)) return std::numeric_limits<double>::quiet_NaN();
  const auto within = [&](const kernel::points_of<Real>& of) {
    const double mean = kernel::mean_distance_within<Tile>(of, threads);
    return unbiased ? mean_of_pairs_of_two(mean, of.n) : mean;
  };
  return 2 * kernel::mean_distance<Tile>(x, y, threads) - within(x) - within(y);
}

/// Euclidean energy distance of each perturbation's cells from the control's, of one side.
/// in     cells of the side, rows of each perturbation, which perturbations, the control; unbiased: energy::euclidean_u
/// out    [perturbations], NaN where unbiased and of one cell          cost   the control's cells with all cells, once
template <class Tile = double>
[[nodiscard]] std::vector<double> energy_from_control(const labelled_cells& side, const grouped_rows& rows,
                                                      std::span<const std::int32_t> perturbations, std::int32_t control,
                                                      int threads = 1, bool unbiased = false) {
  const gathered_cells reference = gather(side.cells, rows.of(control));
  const kernel::points all{side.cells.n_cells(), side.cells.n_columns, side.cells.value};
  const std::int32_t groups = side.perturbation.n_labels();
  std::vector<double> sum(usize(reference.n * groups));
  kernel::distance_sums_to<Tile>(reference.points(), all, side.perturbation.code, groups, kernel::distance_kind::euclidean,
                                 sum, threads);
  const auto mean_to = [&](std::int32_t group) {
    double total = 0;
    for (std::int64_t i = 0; i < reference.n; ++i) total += sum[usize(i * groups + group)];
    return total / static_cast<double>(reference.n) / static_cast<double>(rows.of(group).size());
  };
  std::vector<double> out(perturbations.size());
  const double all_control = mean_to(control),
               within_control = unbiased ? mean_of_pairs_of_two(all_control, reference.n) : all_control;
  kernel::parallel_chunks(isize(out.size()), threads, [&](std::int64_t p, int) {
    const std::int32_t code = perturbations[usize(p)];
    const gathered_cells own = gather(side.cells, rows.of(code));
    const double mean = kernel::mean_distance_within<Tile>(own.points());
    out[usize(p)] = 2 * mean_to(code) - (unbiased ? mean_of_pairs_of_two(mean, own.n) : mean) - within_control;
  });
  return out;
}

/// Energy distance of predicted from real cells, mean over perturbations.
/// out      energy_distance_{euclidean_u,euclidean,squared_v,squared_u} with .skill, .no_change, .train_cells
///          (cell_scores.hpp). The unbiased forms, _u, may be below 0 by chance; the others reward who gives more cells, and
///          have no ceiling
/// in       most: of larger groups so many cells are drawn, which makes it cheaper and noisier       cost  O(P most^2 genes)
/// repeat   bit-equal for any number of threads
struct energy_distance {
  using reads = perturbed_cells;
  static constexpr std::string_view name = "energy_distance";
  energy by = energy::euclidean_u;
  std::int64_t most = 1000;

  [[nodiscard]] std::string describe() const {
    return std::string(name_of(by)) + ", at most " + std::to_string(most) + " cells a group";
  }
  [[nodiscard]] std::vector<score> operator()(const perturbed_cells& of, const score_options& options) const {
    const score_form form{std::string(name) + "_" + std::string(name_of(by)),
                          by == energy::euclidean || by == energy::euclidean_u ? "log1p expression"
                                                                               : "squared log1p expression",
                          direction::lower_is_better, from_halves::as_it_is,
                          "no perturbation has cells enough on both sides", is_unbiased(by) ? "" : halves_of_biased};
    return cell_scores(of, options, form, most, [&](const gathered_cells& predicted, const gathered_cells& real) {
      return energy_between(predicted.points(), real.points(), by, of.threads);
    });
  }
};

/// Whether perturbations with a large effect are predicted to have one: Pearson's r over perturbations of the energy
/// distances of real and of predicted cells from their own controls (Euclidean, all cells).
/// out    pearson_edistance, .skill and .no_change_cells: control cells, as many as a perturbation has, measured from the
///        others (control_roles.hpp)
/// form   unbiased distances (energy::euclidean_u). cell-eval's are larger by E d / n, and numbers of cells n that both
///        sides have in common correlate where nothing happens: values() and celleval_profile have that form
/// ceiling  r of halves, raised by Spearman-Brown
/// interval  bootstrap over perturbations
/// empty  fewer than 3 perturbations of two cells or more, or no variation: the reason
/// source cell-eval; differs in the form of the distance
struct pearson_edistance {
  using reads = perturbed_cells;
  static constexpr std::string_view name = "pearson_edistance";
  bool exact = true;  ///< false: products of floats, twice as fast, errors of a distance some 1e-6

  [[nodiscard]] static std::vector<double> distances(const perturbed_cells& of, const labelled_cells& side,
                                                     const grouped_rows& rows, bool in_double, bool unbiased) {
    return in_double ? energy_from_control<double>(side, rows, of.scored(), of.control(), of.threads, unbiased)
                     : energy_from_control<float>(side, rows, of.scored(), of.control(), of.threads, unbiased);
  }
  /// The distances of both sides, kept by the subject.              a predicted, b real
  [[nodiscard]] perturbation_values values(const perturbed_cells& of, bool unbiased = false) const {
    const std::string key =
        std::string(unbiased ? "unbiased " : "") + (exact ? "energy distances" : "energy distances in float");
    return of.kept<perturbation_values>(key, [&] {
      return perturbation_values{distances(of, of.predicted(), of.predicted_rows(), exact, unbiased),
                                 distances(of, of.real(), of.real_rows(), exact, unbiased), over_perturbations::pearson};
    });
  }
  [[nodiscard]] std::vector<score> operator()(const perturbed_cells& of, const score_options& options) const {
    options.check();
    score_form form{std::string(name), "correlation, -1 to 1", direction::higher_is_better, from_halves::spearman_brown,
                    "the distances of fewer than two perturbations, or distances all equal, correlate with nothing"};
    form.no_skill = few_control_cells(of, true);
    if (!of.has_predicted_cells())
      return {without_value(options.prefix + form.name, no_predicted_cells),
              without_value(options.prefix + form.name + ".skill", no_predicted_cells)};
    const auto number = [&](const cell_sides& sides, const std::string& why_none) {
      return sides.missing.empty() ? reference_of(values(*sides.pair, true), why_none)
                                   : reference_score(measured::missing(sides.missing));
    };
    const std::string same_cells =
        of.n_scored() < 2 ? form.no_value
                          : "where every perturbation has as many cells as the control can spare, the same control cells "
                            "play them all: their distances are all equal and correlate with nothing";
    const trivial_score trivial[] = {{"no_change_cells", number(no_change_as_cells(of, options.seed), same_cells)}};
    const reference_score halves = number(halved_cells(of, options.seed), form.no_value);
    return scores_beside_trivial(form, values(of, true), trivial, halves, options);
  }
};

}  // namespace tepui::metric
