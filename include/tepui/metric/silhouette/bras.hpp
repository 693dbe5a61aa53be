#pragma once
/// Do batches mix within each cell type, measured so that batches which merely touch do not pass for mixed (BRAS)?

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/score.hpp>
#include <tepui/metric/embedded_cells.hpp>
#include <tepui/metric/head.hpp>
#include <tepui/metric/silhouette/batch.hpp>
#include <tepui/metric/silhouette/samples.hpp>

namespace tepui::metric {

/// The batch-removal adapted silhouette: as silhouette_batch, but a cell's batch is compared with all cells of other batches
/// (or the furthest batch), not with the nearest batch alone, and by angles.
/// in     cells with labels and batches                          out    bras, in [0, 1]; 1: batches lie in one place
/// skips, floor, ceiling, interval, empty, large, cost, repeat   as silhouette_batch
/// source Rautenstrauch and Ohler 2025, "Shortcomings of silhouette in single-cell integration benchmarking"
struct bras {
  other_groups compared_with = other_groups::mean_of_others;
  kernel::distance_kind distance = kernel::distance_kind::cosine;
  std::int64_t drawn = 500;  ///< cells of each type that floor and ceiling are computed from

  static constexpr std::string_view name = "bras";
  using reads = embedded_cells;
  [[nodiscard]] std::string describe() const {
    return std::string("batches compared with ") +
           (compared_with == other_groups::nearest    ? "the nearest batch"
            : compared_with == other_groups::furthest ? "the furthest batch"
                                                      : "all other batches") +
           (distance == kernel::distance_kind::cosine ? ", cosine" : ", Euclidean") + ", ceiling of " +
           std::to_string(drawn) + " cells a type";
  }
  [[nodiscard]] std::vector<score> operator()(const embedded_cells& of, const score_options& options) const {
    return score_of_mixing(options.prefix + std::string(name), of, options,
                           {.distance = distance, .compared_with = compared_with}, drawn);
  }
};
static_assert(head<bras>);

}  // namespace tepui::metric
