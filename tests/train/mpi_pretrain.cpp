// Trains a small model on all ranks together, and alone: the weights must be the same bits. Run by mpirun with 1, 2 and 4 ranks.
#include <tepui/train/mpi.hpp>

#include <cstdio>
#include <vector>

#include "train/small_model.hpp"

int main() try {
  using namespace small_model;
  train::mpi_ranks ranks;
  const auto cells = small_model::corpus(120);
  auto o = options();
  o.steps = 8;
  o.validate_every = 4;
  const auto weights_of = [](const auto& fitted) {
    std::vector<float> all(std::get<1>(fitted.stages()).weights.begin(), std::get<1>(fitted.stages()).weights.end());
    const auto& encoder = std::get<2>(fitted.stages()).weights;
    all.insert(all.end(), encoder.begin(), encoder.end());
    return all;
  };
  const objective::masked_genes<> hide{.rate = 0.3};
  const auto alone = train::pretrain(model<16, 100>(), hide, cells, o);
  const auto together = train::pretrain(model<16, 100>(), hide, cells, o, ranks);
  const bool same = weights_of(alone) == weights_of(together) && alone.report.validations.back().loss == together.report.validations.back().loss &&
                    alone.report.tokens == together.report.tokens;
  if (!same) std::fprintf(stderr, "rank %d of %d has other weights than training alone\n", ranks.rank(), ranks.size());
  // Every rank fails where one does.
  std::vector<std::int64_t> wrong{same ? 0 : 1};
  ranks.sum(std::span<std::int64_t>(wrong));
  // More ranks than shards are refused.
  bool refused = ranks.size() == 1;
  o.cut.shards = 1;
  try {
    (void)train::pretrain(model<16>(), hide, cells, o, ranks);
  } catch (const bad_option&) {
    refused = true;
  }
  return wrong[0] == 0 && refused ? 0 : 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 3;
}
