#include "scores.hpp"

#include <fmt/format.h>

#include <tepui/metric/classification/accuracy.hpp>
#include <tepui/metric/classification/auprc.hpp>
#include <tepui/metric/classification/auroc.hpp>
#include <tepui/metric/classification/calibration.hpp>
#include <tepui/metric/classification/chance_corrected.hpp>
#include <tepui/metric/classification/precision_recall.hpp>
#include <tepui/metric/classification/predicted_cells.hpp>
#include <tepui/metric/classification/rare_class_recall.hpp>
#include <tepui/metric/clustering/agreement_heads.hpp>
#include <tepui/metric/embedded_cells.hpp>
#include <tepui/metric/head.hpp>
#include <tepui/metric/integration/totals.hpp>
#include <tepui/metric/neighbours/graph_connectivity.hpp>
#include <tepui/metric/neighbours/graph_lisi.hpp>
#include <tepui/metric/neighbours/kbet.hpp>
#include <tepui/metric/neighbours/kbet_by_label.hpp>
#include <tepui/metric/neighbours/lisi.hpp>
#include <tepui/metric/probe/cross_validation.hpp>
#include <tepui/metric/probe/knn.hpp>
#include <tepui/metric/probe/logistic.hpp>
#include <tepui/metric/probe/zero_shot.hpp>
#include <tepui/metric/silhouette/batch.hpp>
#include <tepui/metric/silhouette/bras.hpp>
#include <tepui/metric/silhouette/isolated.hpp>
#include <tepui/metric/silhouette/label.hpp>
#include <tepui/metric/variance/pcr_comparison.hpp>
#include <utility>
#if TEPUI_HAS_IGRAPH
#include <tepui/metric/clustering/igraph.hpp>
#endif

namespace evaluate {
namespace {
namespace metric = tepui::metric;

void append(std::vector<tp::score>& to, std::vector<tp::score> some) {
  for (auto& s : some) to.push_back(std::move(s));
}

metric::score_options options_of(const settings& wanted, std::string prefix = {}) {
  return {.prefix = std::move(prefix), .resamples = wanted.resamples, .seed = wanted.seed, .threads = wanted.threads};
}
/// How silhouettes are measured of very many cells.
metric::silhouette_lots lots_of(const settings& wanted) { return {.each_up_to = wanted.sample_above, .seed = wanted.seed}; }

/// What a probe says of every cell, scored, with the resamples that comparisons between embeddings need.
struct probed {
  std::vector<metric::resampled_score> scores;
  confusion_table confusion;
};

/// Of very many cells, which ones probes are asked for; they learn from all others of the fold all the same.
/// out    [cells], or empty: all
constexpr std::int64_t most_asked = 100'000;
std::vector<char> asked_cells(const named_embedding& of, const settings& wanted) {
  if (of.cells.n_cells() <= wanted.sample_above || of.cells.n_cells() <= most_asked) return {};
  const tp::kernel::draws random(wanted.seed, "evaluate: cells that probes are asked for");
  std::vector<char> out(tp::usize(of.cells.n_cells()), 0);
  for (const std::int64_t row : metric::some_cells(of.cells.cell_id, most_asked, random)) out[tp::usize(row)] = 1;
  return out;
}
/// Scores of probes say themselves that not all cells were asked for.
void say_asked(tp::score& of, const std::vector<char>& asked) {
  if (!asked.empty())
    of.unit += fmt::format(", of {} of {} cells by lot, predicted from all others", most_asked, asked.size());
}

template <class Probe>
probed probe(const Probe& with, const named_embedding& of, const tp::categorical& label, const settings& wanted,
             const std::string& prefix = {}) {
  const std::vector<char> asked = asked_cells(of, wanted);
  const metric::labelled_embedding view{of.cells.view(), label.code, label.category, asked};
  const metric::pooled_answers said = metric::stratified_answers(with, view, wanted.folds, wanted.seed, wanted.threads);
  const metric::predicted_cells answered(said.given(label.category));
  const auto options = options_of(wanted, prefix + std::string(Probe::name) + ".");
  probed out;
  const auto add = [&](const auto&... heads) {
    const auto one = [&](std::vector<metric::resampled_score> some) {
      for (auto& s : some) {
        say_asked(s.whole, asked);
        out.scores.push_back(std::move(s));
      }
    };
    (one(heads.resampled(answered, options)), ...);
  };
  add(metric::accuracy{}, metric::macro_f1{}, metric::balanced_accuracy{}, metric::weighted_f1{}, metric::mcc{},
      metric::kappa{}, metric::rare_class_recall{}, metric::auroc{}, metric::auprc{}, metric::calibration_error{},
      metric::f1_by_class{});
  const std::size_t n = label.category.size();
  out.confusion.type = label.category;
  out.confusion.cells.assign(n * n, 0);
  for (std::size_t i = 0; i < said.truth.size(); ++i)
    ++out.confusion.cells[tp::usize(said.truth[i]) * n + tp::usize(said.predicted[i])];
  return out;
}

std::vector<tp::score> whole(const std::vector<metric::resampled_score>& some) {
  std::vector<tp::score> out;
  for (const auto& s : some) out.push_back(s.whole);
  return out;
}

section held_out(const named_embedding& of, const labelled_cells& cells, const settings& wanted) {
  section out{"Labels in batches that were not learned from",
              "Each batch is held out once: the probes learn from the others. Types that only one batch has are not scored.",
              {}};
  const std::vector<char> asked = asked_cells(of, wanted);
  const metric::labelled_embedding view{of.cells.view(), cells.label.code, cells.label.category, asked};
  const auto n_batches = static_cast<std::int32_t>(cells.batch.category.size());
  const auto add = [&](const auto& with) {
    const auto options = options_of(wanted, std::string(with.name) + ".held_out_batch.");
    auto some = metric::held_out_scores(with, view, cells.batch.code, n_batches, options, wanted.threads);
    for (tp::score& s : some) say_asked(s, asked);
    append(out.scores, std::move(some));
  };
  add(metric::knn_probe{});
  add(metric::logistic_probe{.standardise = true});
  return out;
}

section biology(const metric::embedded_cells& subject, const metric::score_options& options, const settings& wanted) {
  section out{
      "Types kept apart",
      "How well cells of one type lie together: silhouettes, neighbours, and clusters that were found without the labels.",
      {}};
  append(out.scores, metric::measure(subject, options, metric::silhouette_label{}, metric::clisi{}, metric::clisi_graph{},
                                     metric::graph_connectivity_undirected{}, metric::graph_connectivity_strong{},
                                     metric::kmeans_nmi{{.seed = wanted.seed}}, metric::kmeans_ari{{.seed = wanted.seed}}));
#if TEPUI_HAS_IGRAPH
  append(
      out.scores,
      metric::measure(subject, options, metric::leiden_nmi{{.seed = wanted.seed}}, metric::leiden_ari{{.seed = wanted.seed}},
                      metric::leiden_scan_nmi{{.seed = wanted.seed}}, metric::leiden_scan_ari{{.seed = wanted.seed}}));
  if (wanted.louvain) {
    // Ten beginnings at twenty resolutions take minutes at 50,000 cells.
    const metric::louvain with{.beginnings = subject.cells.n_cells() > 20'000 ? 1 : 10, .seed = wanted.seed};
    auto some = metric::measure(subject, options, metric::scan_nmi<metric::louvain>{with, metric::opt_louvain},
                                metric::scan_ari<metric::louvain>{with, metric::opt_louvain});
    for (tp::score& one : some) one.unit += fmt::format(", best of {} beginnings", with.beginnings);
    append(out.scores, std::move(some));
  }
#endif
  if (subject.batch.given()) {
    append(out.scores, metric::measure(subject, options, metric::isolated_label_silhouette{}));
#if TEPUI_HAS_IGRAPH
    append(out.scores, metric::measure(subject, options, metric::leiden_isolated_label_f1{{.seed = wanted.seed}}));
#endif
  }
  return out;
}

section mixing(const metric::embedded_cells& subject, const metric::score_options& options) {
  section out{"Batches mixed",
              "How little of the batch is left where the type is the same. 1 is fully mixed in every score of this section.",
              {}};
  append(out.scores, metric::measure(subject, options, metric::silhouette_batch{}, metric::bras{}, metric::ilisi{},
                                     metric::ilisi_graph{}, metric::kbet{}, metric::kbet_by_label_walks{}));
  if (subject.before.n_cells() > 0) append(out.scores, metric::measure(subject, options, metric::pcr_comparison{}));
  return out;
}

/// Whether cells of one perturbation can be told from those of others, and from the control, by the embedding.
section perturbations(const named_embedding& of, const labelled_cells& cells, const settings& wanted) {
  section out{
      "Perturbations told apart", "The same measures, with the perturbation of each cell in the place of its type.", {}};
  append(out.scores, whole(probe(metric::knn_probe{}, of, cells.perturbation, wanted, "perturbation.").scores));
  append(out.scores,
         whole(probe(metric::logistic_probe{.standardise = true}, of, cells.perturbation, wanted, "perturbation.").scores));
  metric::embedded_cells subject(of.cells.view(), cells.perturbation, {}, wanted.threads);
  subject.lots = lots_of(wanted);
  append(out.scores,
         metric::measure(subject, options_of(wanted, "perturbation."), metric::silhouette_label{}, metric::clisi{}));
  return out;
}

section totals(const std::vector<section>& all, bool with_batches, bool louvain) {
  section out{"Totals", "Means of scores above: scGPT's averages and scIB's total, unscaled.", {}};
  std::vector<tp::score> known;
  for (const section& s : all) known.insert(known.end(), s.scores.begin(), s.scores.end());
  using parts = metric::scib_parts;
  out.scores.push_back(metric::mean_of_parts("avg_bio", known, metric::scgpt_parts::bio));
  if (louvain) out.scores.push_back(metric::mean_of_parts("avg_bio_louvain", known, metric::scgpt_parts::bio_by_louvain));
  if (with_batches) {
    out.scores.push_back(metric::mean_of_parts("avg_batch", known, metric::scgpt_parts::batch));
    const tp::score bio = metric::mean_of_parts("scib_bio", known, parts::bio),
                    mixed = metric::mean_of_parts("scib_batch", known, parts::batch);
    append(out.scores, {bio, mixed, metric::scib_total(bio, mixed)});
  }
  return out;
}

}  // namespace

std::vector<scored_embedding> score_all(const labelled_cells& cells, const settings& wanted,
                                        const std::function<void(const std::string&)>& said) {
  const metric::score_options options = options_of(wanted);
  const bool with_batches = !cells.batch.code.empty();
  std::vector<scored_embedding> out;
  std::vector<metric::competitor> compared;
  std::vector<std::vector<metric::resampled_score>> resampled;
  const named_embedding* before = nullptr;
  for (const named_embedding& of : cells.embeddings)
    if (of.competitor && of.name == "pca") before = &of;

  for (const named_embedding& of : cells.embeddings) {
    said(of.name);
    scored_embedding one{of.name, of.competitor, of.cells.n_columns, {}, {}};
    probed knn = probe(metric::knn_probe{}, of, cells.label, wanted),
           logistic = probe(metric::logistic_probe{.standardise = true}, of, cells.label, wanted);
    one.confusion = std::move(knn.confusion);
    one.sections.push_back({"Labels read off the embedding",
                            fmt::format("5 nearest neighbours and logistic regression (dims brought to one scale), each "
                                        "learning from {} of {} parts of the cells and asked for the rest.",
                                        wanted.folds - 1, wanted.folds),
                            whole(knn.scores)});
    append(one.sections.back().scores, whole(logistic.scores));
    knn.scores.insert(knn.scores.end(), logistic.scores.begin(), logistic.scores.end());
    compared.push_back({of.name, of.cells.view(), of.competitor});
    resampled.push_back(std::move(knn.scores));
    if (with_batches) one.sections.push_back(held_out(of, cells, wanted));

    metric::embedded_cells subject(of.cells.view(), cells.label,
                                   with_batches ? metric::cell_labels(cells.batch) : metric::cell_labels(), wanted.threads);
    subject.reserve_neighbours(90);
    subject.lots = lots_of(wanted);
    if (before != nullptr) subject.before = before->cells.view();
    one.sections.push_back(biology(subject, options, wanted));
    if (with_batches) one.sections.push_back(mixing(subject, options));
    one.sections.push_back(totals(one.sections, with_batches, wanted.louvain));
    if (!cells.perturbation.code.empty()) one.sections.push_back(perturbations(of, cells, wanted));
    out.push_back(std::move(one));
  }
  if (before == nullptr) return out;
  const auto beside = metric::beside_the_simple(compared, resampled, options);
  for (std::size_t e = 0; e < out.size(); ++e)
    out[e].sections.push_back(
        {"Better than a simple embedding?",
         "Difference to the best of the simple embeddings, on the same cells and resamples: above 0 is "
         "better. An interval that holds 0 says "
         "that nothing was gained.",
         beside[e].over_simple});
  return out;
}

}  // namespace evaluate
