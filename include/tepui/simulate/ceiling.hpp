#pragma once
/// The best score that anything could reach on a simulated corpus: a classifier that knows how every cell was made, but not
/// which type it is.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/parallel.hpp>
#include <tepui/simulate/corpus.hpp>
#include <tepui/simulate/negative_binomial.hpp>

namespace tepui::simulate {

/// What the best classifier says of each cell.
struct best_answers {
  std::vector<std::int32_t> predicted;  ///< [cells] type codes
  std::vector<double> certainty;        ///< [cells] posterior of that type; their mean is the ceiling of the accuracy itself
};

/// Predicts the type of cells from their counts with every parameter of the corpus known: shares, rates, batch and donor
/// effects, the cell's donor, condition and depth; which states are on is summed out.
/// in     a corpus, cell numbers [cells]        out     best_answers; hand `predicted` to any metric
/// ties   lower type code first                 errors  bad_option for a cell outside the corpus
/// cost   O(types * 2^state_programs * genes) a cell: about 2 ms at the defaults
/// repeat bit-equal on one binary, for any number of threads
[[nodiscard]] inline best_answers best_possible(const corpus& from, std::span<const std::int64_t> cells, int threads = 1) {
  const truth& t = from.parameters();
  const corpus_options& o = from.options();
  const std::uint32_t n_states = 1U << t.state_programs.size();
  best_answers out;
  out.predicted.assign(cells.size(), -1);
  out.certainty.assign(cells.size(), 0);

  struct own_memory {
    corpus::room room;
    std::vector<double> rate, log_joint;
    std::vector<std::int32_t> count;
  };
  std::vector<own_memory> memory(static_cast<std::size_t>(std::max(threads, 1)));

  kernel::parallel_chunks(isize(cells.size()), threads, [&](std::int64_t which, int worker) {
    own_memory& own = memory[usize(worker)];
    const auto seen = from.read(cells[usize(which)], 1, own.room);
    own.count.assign(usize(t.n_genes), 0);
    for (std::size_t i = 0; i < seen.genes_of(0).size(); ++i)
      own.count[usize(seen.genes_of(0)[i])] = static_cast<std::int32_t>(seen.values_of(0)[i]);
    const cell_truth known = from.of(cells[usize(which)]);
    own.log_joint.clear();
    for (std::int32_t type = 0; type < o.types; ++type)
      for (std::uint32_t states = 0; states < n_states; ++states) {
        cell_truth guess = known;
        guess.type = type;
        guess.states = states;
        double chance = t.share_of_type[usize(type)];
        for (std::size_t s = 0; s < t.state_programs.size(); ++s)
          chance *= (states >> s & 1U) != 0 ? o.state_share : 1 - o.state_share;
        const double scale = guess.depth / from.expression(guess, own.rate);
        double sum = std::log(chance);
        for (std::size_t g = 0; g < own.rate.size(); ++g)
          sum += count_law{own.rate[g] * scale, o.dispersion, t.lost[g]}.relative_log_likelihood(own.count[g]);
        own.log_joint.push_back(sum);
      }
    const double top = *std::max_element(own.log_joint.begin(), own.log_joint.end());
    double all = 0, best = -1;
    for (std::int32_t type = 0; type < o.types; ++type) {
      double of_type = 0;
      for (std::uint32_t states = 0; states < n_states; ++states)
        of_type += std::exp(own.log_joint[usize(type) * n_states + states] - top);
      all += of_type;
      if (of_type > best) {
        best = of_type;
        out.predicted[usize(which)] = type;
      }
    }
    out.certainty[usize(which)] = best / all;
  });
  return out;
}

}  // namespace tepui::simulate
