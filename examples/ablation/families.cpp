#include <set>
#include <string>
#include <utility>

#include <tepui/encode/genes.hpp>
#include <tepui/encode/pca.hpp>
#include <tepui/encode/random_projection.hpp>
#include <tepui/flow/error.hpp>
#include <tepui/objective/cell_labels.hpp>
#include <tepui/objective/triplet.hpp>
#include <tepui/system/scimilarity.hpp>
#include <tepui/system/sctab.hpp>
#include <tepui/system/scvi.hpp>
#include <tepui/system/ssl_mlp.hpp>
#include <tepui/system/supervised_mlp.hpp>
#include <tepui/transform/highly_variable.hpp>
#include <tepui/transform/log1p.hpp>
#include <tepui/transform/normalise.hpp>

#include "grid.hpp"

namespace ablation {

namespace {

/// Labels and studies of the cells that models may learn from, by cell id. Cells for the heads and for testing have none here.
struct known_cells {
  std::shared_ptr<const tp::objective::labels_by_cell> label;
  std::shared_ptr<const tp::objective::studied_cells> studied;
};
known_cells known_of(const shared_cells& cells, const std::string& study) {
  const auto& data = cells->data;
  tp::categorical label{std::vector<std::int32_t>(cells->label.size(), -1), {}}, from;
  for (const std::int64_t row : cells->corpus) label.code[tp::usize(row)] = cells->label[tp::usize(row)];
  for (std::int32_t l = 0; l < cells->n_labels; ++l) label.category.push_back(std::to_string(l));
  known_cells out;
  auto labels = std::make_shared<tp::objective::labels_by_cell>();
  for (const std::int64_t row : cells->corpus)
    if (const std::int32_t code = label.code[tp::usize(row)]; code >= 0) labels->emplace(data.x.cell_id[tp::usize(row)], code);
  out.label = std::move(labels);
  if (study.empty())
    from = {std::vector<std::int32_t>(label.code.size(), 0), {"all"}};
  else
    from = data.obs.labels(study);
  auto studied = *tp::objective::studied(data.x.cell_id, label, from);
  studied.across_studies = !study.empty();
  out.studied = std::make_shared<const tp::objective::studied_cells>(std::move(studied));
  return out;
}

std::int64_t n_levels(const tp::objective::labels_by_cell& labels) {
  std::set<std::int32_t> levels;
  for (const auto& [cell, code] : labels) levels.insert(code);
  return tp::isize(levels.size());
}

}  // namespace

std::vector<st::experiment> make_families(std::int64_t steps, const std::string& study, const shared_cells& cells,
                                          const shared_heads& heads, const std::vector<tp::sample::any_sampler>& samplers) {
  namespace tr = tp::transform;
  namespace sys = tp::system;
  const auto known = known_of(cells, study);
  if (const std::int64_t levels = n_levels(*known.label); levels < 2)
    throw tp::bad_data("SCimilarity, the supervised MLP and TabNet learn from the labels of the " +
                       std::to_string(cells->corpus.size()) + " cells to learn from, but " +
                       std::to_string(known.label->size()) + " of these have a label, of " + std::to_string(levels) +
                       (levels == 1 ? " kind" : " kinds") + "; give more cells with labels of at least two kinds");
  const auto logs = tp::compose(tr::normalise{}, tr::log1p{});
  const auto variable = tp::compose(logs, tr::highly_variable{.genes = 1000});
  std::vector<st::experiment> all;
  for (const tp::sample::any_sampler& sampler : samplers) {
    const auto add = [&](const char* name, auto pipeline) {
      all.push_back(
          st::make_experiment(tp::grid_cell<decltype(pipeline)>{"", name, std::move(pipeline)}, cells, heads, sampler));
    };
    add("HVG", tp::compose(variable, tp::encode::genes{}));
    add("random projection", tp::compose(variable, tp::encode::random_projection<50>{}));
    add("PCA", tp::compose(variable, tp::encode::pca<{.dims = 50}>{}));
    add("scVI", sys::scvi_small(steps));
    add("masked autoencoder", sys::ssl_mlp_small(steps));
    add("SCimilarity (reads labels)", sys::scimilarity_small(known.studied, steps));
    add("supervised MLP (reads labels)", sys::supervised_mlp(known.label, cells->n_labels, steps));
    add("TabNet (reads labels)", sys::sctab_small(known.label, cells->n_labels, steps));
    for (auto& one : make_transformer_families(steps, cells, heads, sampler)) all.push_back(std::move(one));
  }
  return all;
}

}  // namespace ablation
