#pragma once
/// The pipelines that an ablation compares. The only files that instantiate them are grid.cpp, families.cpp, transformer.cpp
/// and transformer_families.cpp.

#include <memory>
#include <tepui/flow/gene_set.hpp>
#include <tepui/study/pipeline_experiment.hpp>
#include <vector>

namespace ablation {

namespace tp = tepui;
namespace st = tepui::study;

using shared_cells = std::shared_ptr<const st::study_cells>;
using shared_heads = std::shared_ptr<const std::vector<st::study_head>>;

/// k nearest neighbours and logistic regression.
shared_heads make_heads();

/// Those of the families: kNN, and logistic regression with a ridge (L2) and with an absolute penalty (L1). On variable genes the latter
/// two are the baselines "logistic regression on genes". Their strength is the published one, C = 1 on standardised dims: it is tuned on
/// no cells.        source  L1, C = 1: DenAdel et al. 2026
shared_heads make_family_heads();

/// 3 tokenizers x 2 token encoders, and the two classical baselines that read counts (PCA, variable genes).
/// in     gene sets for the program tokenizer; none: programs are learned from the training cells
std::vector<st::experiment> make_grid(const std::vector<tp::gene_set>& sets, const shared_cells& cells,
                                      const shared_heads& heads, const tp::sample::any_sampler& sampler);

/// Transformers of 2 layers and 128 dims behind the rank tokenizer, told the rank of each gene or not, which learn for so many steps
/// which genes were hidden, whatever the size of their corpus; their untrained twins have the weights that they begin with.
std::vector<st::experiment> make_transformers(std::int64_t steps, const shared_cells& cells, const shared_heads& heads,
                                              const tp::sample::any_sampler& sampler);

/// The families of DenAdel et al. 2026 in small, and the baselines that they compete with: variable genes, a random projection, PCA, scVI,
/// a masked autoencoder, SCimilarity, a supervised perceptron, TabNet, and transformers; all of them with each sampler. Each learns for
/// so many steps, whatever the size of its corpus. Three of them read the labels of the corpus, and say so in their names.
/// in     study: the column of obs that tells cells of different studies apart, for SCimilarity; none: positives come from anywhere
/// errors bad_data: the cells of the corpus have labels of fewer than two kinds
std::vector<st::experiment> make_families(std::int64_t steps, const std::string& study, const shared_cells& cells,
                                          const shared_heads& heads, const std::vector<tp::sample::any_sampler>& samplers);
/// Those of them that are transformers, a translation unit of their own.
std::vector<st::experiment> make_transformer_families(std::int64_t steps, const shared_cells& cells, const shared_heads& heads,
                                                      const tp::sample::any_sampler& sampler);

}  // namespace ablation
