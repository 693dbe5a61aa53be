#pragma once
/// Thins out crowded regions: a cell among many like it is chosen less often than a cell that stands alone.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/kernel/parallel.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/sample/choose.hpp>
#include <tepui/sample/reference_cells.hpp>
#include <tepui/sample/sampler.hpp>
#include <tepui/sample/weighted.hpp>

namespace tepui::sample {

/// Chooses round(fraction * cells) cells, each by the distance to its nearest neighbours: weight = distance^power, where
/// the distance is that to the `neighbours`-th nearest of the reference cells, itself left out.
/// in     population with an embedding [cells, dims]       out    rows, ascending
/// nested for the same draws, the choice at 10 % is part of the choice at 25 %
/// ties   as weighted_lots; cells whose distance is 0 (exact copies) weigh as the smallest distance above 0
/// errors bad_option where fraction, neighbours, reference or power is out of range or the embedding is missing, bad_data
///        where it is not finite
/// cost   O(cells * reference * dims), O(cells) memory     repeat bit-equal everywhere, for any number of threads
/// source the aim of Hopper (DeMeo and Berger 2020) and scSampler (Song et al. 2022), cells spread evenly over the space
///        that they fill; differs: these maximise the distance between chosen cells one after the other, which k_center
///        does, and take outliers first; here chance decides and the density of a nearest-neighbour estimate is what is
///        evened out
struct density_weighted {
  static constexpr std::string_view name = "density_weighted";
  double fraction = 1;
  int neighbours = 5;  ///< more: a smoother density, that no longer sees small groups
  std::int64_t reference =
      2000;  ///< cells drawn by lot to which all are compared; at least a few of each group should be among them
  int power =
      2;  ///< 0 is uniform; the dims of the space that cells fill would make the choice even, at the price of outliers
  int threads = 1;

  [[nodiscard]] std::string describe() const {
    return std::string(name) + "(" + shortest(fraction) + ", neighbours " + std::to_string(neighbours) + ", reference " +
           std::to_string(reference) + ", power " + std::to_string(power) + ")";
  }

  /// The distance of every cell to its neighbours-th nearest reference cell, or to the farthest where there are fewer.
  /// out    [cells]
  [[nodiscard]] std::vector<double> distances(const population& cells, const kernel::draws& random) const {
    check_settings();
    check_embedding(name, cells);
    check_finite(name, cells);
    std::vector<double> out(usize(cells.n_cells), 0);
    const reference_cells others(cells, reference, random.sub(1));
    std::vector<std::int64_t> rows = others.row;
    std::sort(rows.begin(), rows.end());
    constexpr std::int64_t chunk = 256;
    kernel::parallel_chunks((cells.n_cells + chunk - 1) / chunk, threads, [&](std::int64_t c, int) {
      std::vector<double> squared(others.n_padded()), nearest;
      for (std::int64_t row = c * chunk; row < std::min((c + 1) * chunk, cells.n_cells); ++row) {
        others.squared_distances(cells.embedding.row(row), squared);
        // Itself is one of the distances of 0; one of them is left out, whichever it is.
        const bool is_reference = std::binary_search(rows.begin(), rows.end(), row);
        const std::size_t wanted = std::min(usize(neighbours) + (is_reference ? 1 : 0), others.row.size());
        nearest.clear();
        for (std::size_t i = 0; i < others.row.size(); ++i) {
          if (nearest.size() == wanted && squared[i] >= nearest.back()) continue;
          if (nearest.size() == wanted) nearest.pop_back();
          nearest.insert(std::upper_bound(nearest.begin(), nearest.end(), squared[i]), squared[i]);
        }
        out[usize(row)] = nearest.empty() ? 0 : std::sqrt(nearest.back());
      }
    });
    return out;
  }

  [[nodiscard]] std::vector<std::int64_t> operator()(const population& cells, const kernel::draws& random) const {
    check_fraction(name, fraction);
    std::vector<double> weight = distances(cells, random);
    lift_zeros(weight);
    // In units of the largest, so that no power leaves the range of numbers at the upper end.
    const double largest = weight.empty() ? 1 : *std::max_element(weight.begin(), weight.end());
    for (double& w : weight) {
      const double unit = w / largest;
      w = 1;
      for (int p = 0; p < power; ++p) w *= unit;
    }
    lift_zeros(weight);
    const std::int64_t wanted = round_half_even(fraction * static_cast<double>(cells.n_cells));
    return weighted_lots(name, cells, wanted, weight, random);
  }

 private:
  void check_settings() const {
    const std::string who = "sample::" + std::string(name) + ": ";
    if (neighbours < 1)
      throw bad_option(who + "neighbours is " + std::to_string(neighbours) + ", but must be at least 1, such as 5");
    if (reference < 2)
      throw bad_option(who + "reference is " + std::to_string(reference) + ", but must be at least 2 cells, such as 2000");
    if (power < 0) throw bad_option(who + "power is " + std::to_string(power) + ", but must be at least 0, such as 2");
  }
};

static_assert(sampler<density_weighted>);

}  // namespace tepui::sample
