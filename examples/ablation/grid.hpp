#pragma once
/// The pipelines that an ablation compares. The only file that instantiates them is grid.cpp.

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

/// 3 tokenizers x 2 token encoders, and the two classical baselines that read counts (PCA, variable genes).
/// in     gene sets for the program tokenizer; none: programs are learned from the training cells
std::vector<st::experiment> make_grid(const std::vector<tp::gene_set>& sets, const shared_cells& cells, const shared_heads& heads);

}  // namespace ablation
