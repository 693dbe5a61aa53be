#pragma once
/// Scales every cell to the same total, so that a cell sequenced twice as deeply does not look twice as active.

#include <cmath>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/kernel/segment_sum.hpp>
#include <tepui/stage/check.hpp>
#include <tepui/stage/fitting.hpp>
#include <tepui/transform/same_genes.hpp>

namespace tepui::transform {

/// Divides each count by the cell's total and multiplies by `target`.
/// in     counts [cells, genes], raw               out    counts [cells, genes], normalised
/// total  the cell's `total` where it is known (it counts genes that are not in the matrix), else the sum of its row; passed on
/// empty  stays empty                              errors bad_option: target <= 0; bad_data: a total <= 0 beside counts
/// cost   O(genes expressed) per cell              repeat bit-equal everywhere (computed in double, rounded once to float)
/// source count / total * target, in this order, as Geneformer; scanpy's normalize_total differs in the last bit
struct normalise {
  using kind = kind::transform;
  static constexpr std::string_view name = "normalise";
  using takes = port::counts<scale::raw>;
  using gives = port::counts<scale::normalised>;

  double target = 1e4;

  struct scratch {
    std::vector<double> total;
  };

  [[nodiscard]] std::string describe() const {
    char text[48];
    std::snprintf(text, sizeof text, "normalise(%.17g)", target);
    return text;
  }
  static void each_array(auto& self, auto&& visit) { visit("target", self.target); }

  void operator()(const auto& in, auto& out, scratch& room, const kernel::draws&) const {
    if (!(target > 0) || !std::isfinite(target))
      throw bad_option("normalise needs a target above 0, and it is " + std::to_string(target) + "; 10000 is usual");
    room.total.clear();
    for (std::int64_t c = 0; c < in.n_cells(); ++c) {
      const double sum = kernel::row_sum(in.values_of(c));
      const double total = in.total.empty() ? sum : in.total[usize(c)];
      if (sum > 0 && !(total > 0))
        throw bad_data("cell " + std::to_string(in.cells.id[usize(c)]) + " has counts that add up to " + std::to_string(sum) +
                       ", but its total is given as " + std::to_string(total) +
                       " where it must be above 0; correct the totals, or leave them out");
      room.total.push_back(total);
    }
    same_genes(in, out,
               [&](std::int64_t c, std::int32_t, double v) { return v == 0 ? 0.0 : v / room.total[usize(c)] * target; });
    out.total.assign(room.total.begin(), room.total.end());
  }
};

static_assert(is_stage<normalise>);

}  // namespace tepui::transform
