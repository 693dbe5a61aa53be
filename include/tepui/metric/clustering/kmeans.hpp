#pragma once
/// Groups cells around k centres, each cell to the nearest: k-means.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/grouping.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/matrix.hpp>
#include <tepui/flow/place.hpp>
#include <tepui/kernel/nearest.hpp>
#include <tepui/kernel/parallel.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/kernel/rounded.hpp>
#include <tepui/kernel/squared_distance.hpp>
#include <tepui/metric/clustering/in_id_order.hpp>
#include <tepui/metric/embedded_cells.hpp>

namespace tepui::metric {

/// shapes  centre [clusters, dims]; inertia: sum of squared distances to the nearest centre
struct kmeans_clusters {
  partition<> cells;
  std::vector<float> centre;
  double inertia = std::numeric_limits<double>::infinity();
  int rounds = 0;
};

/// One run of k-means on points, beginning with centres that are drawn far apart.
/// Points are handled in chunks of a fixed size whose sums are added in order, so that threads change nothing; those of
/// centres in at most 64 groups of chunks, so that memory does not grow with the points.
class kmeans_run {
 public:
  /// in     points [n, dims], finite, n >= k >= 1; random: numbered by the place of a point
  kmeans_run(kernel::points points, std::int64_t k, kernel::draws random, int threads)
      : x_(points),
        k_(k),
        threads_(threads),
        random_(random),
        chunks_((points.n + chunk - 1) / chunk),
        in_group_((chunks_ + most_groups - 1) / most_groups),
        groups_(chunks_ == 0 ? 0 : (chunks_ + in_group_ - 1) / in_group_),
        distance_(usize(points.n)),
        sums_(usize(groups_ * k * points.dims)),
        counts_(usize(groups_ * k)) {}

  /// in     rounds: the most; still: stops where all centres together moved, squared, less than this share of the mean
  ///        variance of a dim
  [[nodiscard]] kmeans_clusters operator()(int rounds, double still) {
    kmeans_clusters out;
    draw_centres();
    out.cells.n_labels = static_cast<std::int32_t>(k_);
    out.cells.label.assign(usize(x_.n), -1);
    const double enough = still * mean_variance();
    buffer_in<host, std::int32_t> before;
    for (;; ++out.rounds) {
      before = out.cells.label;
      assign(out.cells.label);
      if (before == out.cells.label || out.rounds == rounds) break;
      if (move_centres(out.cells.label) <= enough) {
        assign(out.cells.label);
        break;
      }
    }
    out.centre.assign(centre_.begin(), centre_.end());
    out.inertia = 0;
    for (std::int64_t i = 0; i < x_.n; ++i) out.inertia += kernel::rounded(distance_[usize(i)] * distance_[usize(i)]);
    return out;
  }

 private:
  static constexpr std::int64_t chunk = 2048, most_groups = 64;
  template <class Work>
  void in_chunks(Work&& work) const {
    kernel::parallel_chunks(chunks_, threads_,
                            [&](std::int64_t c, int) { work(c, c * chunk, std::min(x_.n, (c + 1) * chunk)); });
  }

  void assign(buffer_in<host, std::int32_t>& label) {
    const kernel::points centres{k_, x_.dims, centre_};
    kernel::nearest_distances_of<float, double>(x_, centres, distance_, label, threads_);
  }

  [[nodiscard]] double mean_variance() const {
    std::vector<double> sum(usize(x_.dims), 0), square(usize(x_.dims), 0);
    for (std::int64_t i = 0; i < x_.n; ++i)
      for (std::int64_t d = 0; d < x_.dims; ++d) sum[usize(d)] += static_cast<double>(x_.row(i)[d]);
    for (double& s : sum) s /= static_cast<double>(x_.n);
    double all = 0;
    for (std::int64_t i = 0; i < x_.n; ++i)
      for (std::int64_t d = 0; d < x_.dims; ++d) {
        const double apart = static_cast<double>(x_.row(i)[d]) - sum[usize(d)];
        all += kernel::rounded(apart * apart);
      }
    return x_.dims == 0 ? 0 : all / static_cast<double>(x_.n * x_.dims);
  }

  /// Every next centre is the best of some points drawn by their squared distance to the nearest centre so far.
  void draw_centres() {
    const std::int64_t tries = 2 + static_cast<std::int64_t>(std::log(static_cast<double>(k_)));
    centre_.clear();
    std::vector<double> squared(usize(x_.n), std::numeric_limits<double>::infinity()), lowered(squared.size()),
        best(squared.size());
    std::vector<double> of_chunk(usize(chunks_));
    const auto add = [&](std::int64_t row) { centre_.insert(centre_.end(), x_.row(row), x_.row(row) + x_.dims); };
    const auto lower_by = [&](std::int64_t row, std::vector<double>& to) {  // the sum of what is left
      in_chunks([&](std::int64_t c, std::int64_t first, std::int64_t last) {
        double sum = 0;
        for (std::int64_t i = first; i < last; ++i) {
          to[usize(i)] = std::min(squared[usize(i)], kernel::squared_distance(x_.row(i), x_.row(row), x_.dims));
          sum += to[usize(i)];
        }
        of_chunk[usize(c)] = sum;
      });
      double sum = 0;
      for (const double s : of_chunk) sum += s;
      return sum;
    };
    const std::int64_t first = random_.below(x_.n, 0);
    add(first);
    static_cast<void>(lower_by(first, lowered));
    squared.swap(lowered);
    std::vector<double> up_to(squared.size());
    for (std::int64_t c = 1; c < k_; ++c) {
      double sum = 0;
      for (std::size_t i = 0; i < squared.size(); ++i) up_to[i] = sum += squared[i];
      double least = std::numeric_limits<double>::infinity();
      std::int64_t chosen = 0;
      for (std::int64_t t = 0; t < tries; ++t) {
        // Where all points coincide with a centre, any point will do.
        const double at = random_.uniform(c, static_cast<std::uint64_t>(t)) * sum;
        const std::int64_t row =
            sum > 0 ? std::min<std::int64_t>(std::upper_bound(up_to.begin(), up_to.end(), at) - up_to.begin(), x_.n - 1)
                    : random_.below(x_.n, c, static_cast<std::uint64_t>(t));
        const double rest = lower_by(row, lowered);
        if (rest < least) {
          least = rest;
          chosen = row;
          best.swap(lowered);
        }
      }
      add(chosen);
      squared.swap(best);
    }
  }

  /// Centres become the means of their cells; a centre without cells goes to the cell farthest from its own.
  /// out    by how much they moved, squared
  double move_centres(const buffer_in<host, std::int32_t>& label) {
    const std::size_t d = usize(x_.dims), all = usize(k_) * d;
    kernel::parallel_chunks(groups_, threads_, [&](std::int64_t c, int) {
      const std::int64_t first = c * in_group_ * chunk, last = std::min(x_.n, first + in_group_ * chunk);
      double* const sum = sums_.data() + usize(c) * all;
      std::int64_t* const count = counts_.data() + c * k_;
      std::fill(sum, sum + all, 0.0);
      std::fill(count, count + k_, 0);
      for (std::int64_t i = first; i < last; ++i) {
        double* const to = sum + usize(label[usize(i)]) * d;
        const float* const from = x_.row(i);
        for (std::size_t j = 0; j < d; ++j) to[j] += static_cast<double>(from[j]);
        ++count[label[usize(i)]];
      }
    });
    for (std::int64_t c = 1; c < groups_; ++c) {
      for (std::size_t j = 0; j < all; ++j) sums_[j] += sums_[usize(c) * all + j];
      for (std::int64_t g = 0; g < k_; ++g) counts_[usize(g)] += counts_[usize(c * k_ + g)];
    }
    double moved = 0;
    for (std::int64_t g = 0; g < k_; ++g) {
      const float* far = nullptr;
      if (counts_[usize(g)] == 0) {
        const auto at = std::max_element(distance_.begin(), distance_.end());
        far = x_.row(at - distance_.begin());
        *at = -1;  // another centre without cells takes the next
      }
      for (std::size_t j = 0; j < d; ++j) {
        float& at = centre_[usize(g) * d + j];
        const float to = far ? far[j] : static_cast<float>(sums_[usize(g) * d + j] / static_cast<double>(counts_[usize(g)]));
        const double apart = static_cast<double>(to) - static_cast<double>(at);
        moved += kernel::rounded(apart * apart);
        at = to;
      }
    }
    return moved;
  }

  kernel::points x_;
  std::int64_t k_;
  int threads_;
  kernel::draws random_;
  std::int64_t chunks_, in_group_, groups_;
  buffer_in<host, float> centre_;
  std::vector<double> distance_, sums_;
  std::vector<std::int64_t> counts_;
};

/// K-means with k-means++ beginnings, by default with as many clusters as there are labels.
/// in     embedded cells                                out    partition [cells]; fewer clusters than asked for where cells
///        are fewer
/// ties   a cell equally near two centres goes to the lower; cells are taken in the order of their ids, so that the order of
///        the rows changes nothing
/// errors bad_option: fewer than 1 cluster, restart or round
/// cost   O(rounds cells clusters dims), nearly at the speed of a product of matrices (bench/clustering.cpp); memory, beside
///        the cells, 64 clusters dims doubles at most
/// repeat bit-equal everywhere, for any number of threads: distances are kernel::squared_distance, sums are of fixed chunks
///        in order
/// source Lloyd 1982; Arthur and Vassilvitskii 2007, the best of 2 + log k tries a centre, as scikit-learn does;
///        scib-metrics nmi_ari_cluster_labels_kmeans (one beginning, whose luck decides; at most 300 rounds, still at 1e-4)
struct kmeans {
  static constexpr std::string_view name = "kmeans";
  std::int64_t clusters = 0;  ///< 0: as many as there are labels with cells
  int restarts = 5;           ///< beginnings, of which the one with the smallest inertia is kept
  int rounds = 300;           ///< the most
  double still = 1e-4;
  std::uint64_t seed = 1;

  [[nodiscard]] std::string describe() const {
    return std::string(name) + "(clusters " + (clusters == 0 ? "as labels" : std::to_string(clusters)) + ", restarts " +
           std::to_string(restarts) + ", rounds " + std::to_string(rounds) + ", still " + std::to_string(still) + ", seed " +
           std::to_string(seed) + ")";
  }

  [[nodiscard]] partition<> operator()(const embedded_cells& cells) const {
    return of(cells.cells, clusters == 0 ? cells.label.n_with_cells() : clusters, cells.threads).cells;
  }

  /// in     cells [cells, dims], finite; k >= 1
  [[nodiscard]] kmeans_clusters of(const embedding_view<>& cells, std::int64_t k, int threads = 1) const {
    const std::int64_t n = cells.n_cells();
    if (n == 0) return {{}, {}, 0, 0};
    if (k < 1 || restarts < 1 || rounds < 1)
      throw bad_option("k-means was asked for " + std::to_string(k) + " clusters, " + std::to_string(restarts) +
                       " restarts and " + std::to_string(rounds) + " rounds; each must be at least 1");
    k = std::min(k, n);
    const std::vector<std::int64_t> row = rows_by_id(cells.cells, n);
    const embedding_batch<> ordered = rows_of(cells, std::span<const std::int64_t>(row));
    kmeans_clusters best;
    for (int r = 0; r < restarts; ++r) {
      kmeans_run run({n, cells.n_columns, ordered.value}, k,
                     kernel::draws(seed, "metric: k-means", static_cast<std::uint64_t>(r)), threads);
      kmeans_clusters now = run(rounds, still);
      if (now.inertia < best.inertia) best = std::move(now);
    }
    best.cells = in_row_order(best.cells, row);
    return best;
  }
};

}  // namespace tepui::metric
