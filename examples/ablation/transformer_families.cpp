#include <tepui/system/geneformer_model.hpp>
#include <tepui/system/scbert_model.hpp>
#include <tepui/system/scfoundation_model.hpp>
#include <tepui/system/scgpt_model.hpp>

#include "grid.hpp"

namespace ablation {

std::vector<st::experiment> make_transformer_families(std::int64_t steps, const shared_cells& cells, const shared_heads& heads,
                                                     const tp::sample::any_sampler& sampler) {
  const auto of = [&](const char* name, auto learner) {
    return st::make_experiment(tp::grid_cell<decltype(learner)>{"", name, std::move(learner)}, cells, heads, sampler);
  };
  return {of("Geneformer-like", tp::system::geneformer_small(steps)), of("scGPT-like", tp::system::scgpt_small(steps)),
          of("scBERT-like", tp::system::scbert_small(steps)), of("scFoundation-like", tp::system::scfoundation_small(steps))};
}

}  // namespace ablation
