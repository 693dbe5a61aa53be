#pragma once
/// What each score measures, in one plain sentence: the only place where the page, and whoever else asks, takes it from.

#include <algorithm>
#include <string>
#include <string_view>
#include <tepui/flow/score.hpp>
#include <utility>

namespace evaluate {

/// name    a score without what stands before and behind it (who predicts, a type, .skill); instead of a star anything may
///         stand
struct explained {
  std::string_view name, sentence;
  bool good = true;  ///< whether there is a good direction at all
};

inline constexpr explained glossary[] = {
    // Labels that were predicted.
    {"accuracy", "Share of cells whose label is predicted rightly"},
    {"macro_f1",
     "Mean over labels of F1, which is high where a label is both found and not given to others; rare labels count as much "
     "as "
     "common ones"},
    {"weighted_f1",
     "Mean over labels of F1, which is high where a label is both found and not given to others; common labels count more"},
    {"f1", "F1 of one label: high where its cells are found and no others are taken for it"},
    {"balanced_accuracy",
     "Mean over labels of the share of their cells that is found; rare labels count as much as common ones"},
    {"mcc", "Correlation of true and predicted labels (Matthews): 1 is perfect, 0 is chance"},
    {"kappa", "Agreement of true and predicted labels beyond chance (Cohen): 1 is perfect, 0 is chance"},
    {"rare_class_recall", "Share of the cells of rare labels that is found"},
    {"macro_auroc",
     "How often a cell of a label is held more likely to have it than a cell without; mean over labels, 0.5 is chance"},
    {"weighted_auroc",
     "How often a cell of a label is held more likely to have it than a cell without; common labels count more, 0.5 is "
     "chance"},
    {"auroc", "How often a cell of this label is held more likely to have it than a cell without; 0.5 is chance"},
    {"macro_auprc",
     "Area under precision and recall, mean over labels: whether the likeliest cells of a label truly have it"},
    {"micro_auprc", "Area under precision and recall over all cells and labels: whether the likeliest answers are right"},
    {"auprc", "Area under precision and recall: whether the likeliest cells of this label truly have it"},
    {"calibration_error", "How far the confidence of the predictions lies from the share that is right; 0 is honest"},
    // Types kept apart.
    {"silhouette_label",
     "Whether cells lie nearer to cells of their own type than to the next type: 1 is far apart, 0.5 says nothing"},
    {"clisi", "Whether the nearest cells of a cell are of its own type: 1 is all of them"},
    {"clisi_graph", "Whether the nearest cells along the graph of neighbours are of the cell's own type: 1 is all of them"},
    {"graph_connectivity_undirected",
     "Whether the cells of each type hang together in the graph of neighbours: share in the largest piece"},
    {"graph_connectivity_strong",
     "Whether cells of each type reach each other both ways from neighbour to neighbour: share in the largest such piece; "
     "strict"},
    {"nmi",
     "Agreement of clusters, found without the labels, with the labels (shared information): 1 is the same, 0 is nothing"},
    {"ari",
     "Agreement of clusters, found without the labels, with the labels, beyond chance (pairs of cells): 1 is the same, 0 is "
     "chance"},
    {"isolated_label_silhouette",
     "Whether types that few batches have still lie apart from the others: 1 is far apart, 0.5 says nothing"},
    {"isolated_label_f1", "Whether types that few batches have still form a cluster of their own (best F1 of any cluster)"},
    // Batches mixed.
    {"silhouette_batch",
     "Whether batches lie in one place within each type: 1 is mixed; batches that merely touch may pass for mixed"},
    {"bras", "Whether batches lie in one place within each type, each compared with all others: 1 is mixed"},
    {"ilisi", "How many batches are among the nearest cells of a cell: 1 is all in equal parts, 0 is one"},
    {"ilisi_graph",
     "How many batches are among the nearest cells along the graph of neighbours: 1 is all in equal parts, 0 is one"},
    {"kbet", "Share of cells around which batches are as frequent as among all cells, by a test"},
    {"kbet_by_label_walks",
     "Share of cells around which batches are as frequent as among all cells of the type, by a test within each type"},
    {"pcr_comparison",
     "How much of the variance that goes with the batch was removed, beside the principal components before: 1 is all"},
    // Totals.
    {"avg_bio*", "scGPT's mean of scores of types: agreement of clusters, and silhouette"},
    {"avg_batch", "scGPT's mean of scores of mixing: silhouette of batches, and graph connectivity"},
    {"scib_bio", "scIB's mean of scores of types kept apart, unscaled"},
    {"scib_batch", "scIB's mean of scores of batches mixed, unscaled"},
    {"scib_total", "scIB's total: 0.6 of the mean for types and 0.4 of the mean for batches, unscaled"},
    // Predicted means.
    {"mse", "Mean squared error of the predicted mean expression"},
    {"mae", "Mean absolute error of the predicted mean expression"},
    {"mse_delta", "Mean squared error of the predicted changes from the control"},
    {"mae_delta", "Mean absolute error of the predicted changes from the control"},
    {"r2",
     "Share of the variance of mean expression over genes that is predicted: 1 is all, 0 is no better than one number for "
     "all"},
    {"pearson_delta", "Correlation over genes of predicted with real changes from the control"},
    {"spearman_delta", "Correlation over genes of the ranks of predicted and real changes from the control"},
    {"pearson_delta_without_systematic",
     "Correlation of predicted with real changes, once what all perturbations change alike is taken off"},
    {"pearson_delta_top*", "Correlation of predicted with real changes over the genes that truly change most"},
    {"tail_recall_signed_*",
     "Of the largest real changes, the share that is among the largest predicted ones, in the same direction"},
    {"tail_recall_*", "Of the largest real changes, the share that is among the largest predicted ones"},
    // Telling perturbations apart.
    {"discrimination_score_*",
     "Whether the predicted change lies nearer to the real change of the same perturbation than to those of others: 1 is "
     "nearest"},
    {"target_mrr_*",
     "Mean of 1 / rank of the true perturbation among all, by nearness of the predicted change: 1 is always nearest"},
    {"target_top*", "Share of perturbations whose true one is among the first 1 or 5 by nearness of the predicted change"},
    {"target_median_rank_*",
     "Median rank of the true perturbation among all, by nearness of the predicted change: 1 is nearest"},
    {"pearson_edistance",
     "Whether perturbations that truly lie far from the control are predicted to lie far: correlation of energy distances"},
    // Differential expression.
    {"de_overlap_at_*", "Of the most changed real genes, the share that is among as many most changed predicted ones"},
    {"de_precision_at_*", "Of the most changed predicted genes, the share that is among as many most changed real ones"},
    {"overlap_at_*", "Of the most changed real genes, the share that is among as many most changed predicted ones"},
    {"precision_at_*", "Of the most changed predicted genes, the share that is among as many most changed real ones"},
    {"de_direction_match", "Share of the genes changed on both sides that are predicted to change in the right direction"},
    {"de_spearman_lfc*", "Correlation of the ranks of predicted and real fold changes over the genes that truly change"},
    {"de_spearman_n",
     "Whether perturbations that truly change many genes are predicted to: correlation of ranks of their numbers"},
    {"de_spearman_sig",
     "Whether perturbations that truly change many genes are predicted to: correlation of ranks of their numbers"},
    {"de_recall", "Share of the genes that truly change that are predicted to change"},
    {"de_sig_genes_recall", "Share of the genes that truly change that are predicted to change"},
    {"pr_auc", "Area under precision and recall of finding truly changed genes by the predicted significance"},
    {"roc_auc", "How often a truly changed gene is predicted more significant than an unchanged one: 0.5 is chance"},
    {"de_nsig_counts_real", "Number of genes found changed in the real cells", false},
    {"de_nsig_counts_pred", "Number of genes found changed in the predicted cells; compare with that of the real ones",
     false},
};

/// Takes `what` off the front, or back, of the name.
inline bool takes_off(std::string_view& name, std::string_view what, bool front = true) {
  if (!(front ? name.starts_with(what) : name.ends_with(what))) return false;
  front ? name.remove_prefix(what.size()) : name.remove_suffix(what.size());
  return true;
}

/// The sentence of a score, with who predicts and which direction is good.               empty  no sentence is known
inline std::string meaning_of(const tepui::score& of) {
  std::string_view name = of.name;
  std::string before, how;
  const auto say = [&](const std::string& words) { how += (how.empty() ? " (" : "; ") + words; };
  if (takes_off(name, " over the best simple embedding", false))
    before = "How much better than the best simple embedding: ";
  if (takes_off(name, ".skill", false)) before = "Share of the way from the best trivial predictor to the ceiling: ";
  if (const auto at = name.find('['); at != std::string_view::npos) {
    say("of " + std::string(name.substr(at + 1, name.size() - at - 2)) + " alone");
    name = name.substr(0, at);
  }
  if (takes_off(name, "celleval.")) say("by cell-eval's formula");
  if (takes_off(name, "perturbation.")) say("with perturbations in the place of labels");
  if (takes_off(name, "knn."))
    say("by a vote of the 5 nearest cells");
  else if (takes_off(name, "logistic."))
    say("by logistic regression");
  if (takes_off(name, "held_out_batch.")) say("in batches that were not learned from");
  for (const auto& [method, words] :
       {std::pair("leiden_", "Leiden"), std::pair("louvain_", "Louvain"), std::pair("kmeans_", "k-means")})
    if (takes_off(name, method))
      say(std::string("clusters by ") + words +
          (takes_off(name, "scan_") ? " at the resolution that agrees best, which is optimistic" : ""));
  if (!how.empty()) how += ")";
  for (const explained& one : glossary) {
    const bool begins = one.name.ends_with('*');
    if (begins ? !name.starts_with(one.name.substr(0, one.name.size() - 1)) : name != one.name) continue;
    const bool higher = of.better == tepui::direction::higher_is_better;
    return before + std::string(one.sentence) + how + "." +
           (!one.good ? " Neither high nor low is better."
            : higher  ? " Higher is better."
                      : " Lower is better.");
  }
  return "";
}

}  // namespace evaluate
