#include "perturbed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tepui/io/h5ad.hpp>
#include <tepui/metric/head.hpp>
#include <tepui/metric/perturbation/bulk_errors.hpp>
#include <tepui/metric/perturbation/celleval_profile.hpp>
#include <tepui/metric/perturbation/de_direction.hpp>
#include <tepui/metric/perturbation/de_overlap.hpp>
#include <tepui/metric/perturbation/de_recall.hpp>
#include <tepui/metric/perturbation/de_spearman.hpp>
#include <tepui/metric/perturbation/delta_correlations.hpp>
#include <tepui/metric/perturbation/discrimination.hpp>
#include <tepui/metric/perturbation/energy_distance.hpp>
#include <tepui/metric/perturbation/perturbed_cells.hpp>
#include <tepui/metric/perturbation/tail_recall.hpp>
#include <utility>

namespace evaluate {
namespace {
namespace metric = tepui::metric;

/// Whole expression vectors of a file's cells, with the perturbation of each.
struct expressed {
  double total = 0;  ///< that counts were scaled to; 0: the file holds no counts
  tp::dense<tp::scale::log1p> cells;
  tp::categorical perturbation;
  std::vector<std::string> gene;
};

double median(std::vector<double> v) {
  if (v.empty()) return 1e4;
  std::sort(v.begin(), v.end());
  return (v[(v.size() - 1) / 2] + v[v.size() / 2]) / 2;
}

/// Raw counts become log1p at the median total of the real cells; values that are no counts are taken as log1p already.
/// in     like: the real cells, whose scale the others must have; nothing for the real cells themselves
expressed read_expressed(const std::string& path, const std::string& column, std::vector<std::string>& notes,
                         const expressed* like = nullptr) {
  const tp::io::h5ad_file file(path);
  expressed out;
  const tp::table obs = file.obs();
  try {
    out.perturbation = obs.labels(column);
  } catch (const tp::bad_data& error) {
    throw tp::bad_data(fmt::format("file '{}', obs: {}", path, error.what()));
  }
  if (const auto gap = std::count(out.perturbation.code.begin(), out.perturbation.code.end(), -1); gap > 0)
    throw tp::bad_data(
        fmt::format("file '{}', obs/{}: {} cells have no perturbation; name it, or leave these cells out of the file", path,
                    column, gap));
  const auto fill = [&](const auto& x, auto&& value) {
    out.cells.resize(x.n_cells(), x.n_genes);
    std::fill(out.cells.value.begin(), out.cells.value.end(), 0.0F);
    for (std::int64_t c = 0; c < x.n_cells(); ++c) {
      out.cells.cell_id[tp::usize(c)] = c;
      const auto genes = x.genes_of(c);
      const auto values = x.values_of(c);
      for (std::size_t i = 0; i < genes.size(); ++i)
        out.cells.row(c)[tp::usize(genes[i])] = value(c, static_cast<double>(values[i]));
    }
  };
  tp::gene_table genes;
  try {
    const auto counts = tp::io::read_raw_counts(path);
    genes = counts.genes;
    const auto x = counts.x.view();
    std::vector<double> total;
    for (std::int64_t c = 0; c < x.n_cells(); ++c) {
      double sum = 0;
      for (const auto v : x.values_of(c)) sum += static_cast<double>(v);
      total.push_back(sum);
    }
    const double target = like != nullptr && like->total > 0 ? like->total : median(total);
    out.total = target;
    fill(x, [&](std::int64_t c, double v) { return static_cast<float>(std::log1p(v * target / total[tp::usize(c)])); });
    notes.push_back(
        fmt::format("{}: counts were scaled to the median total of the real cells ({:.0f}) and logged.", path, target));
  } catch (const tp::bad_data&) {  // no counts: log1p already, or the check of the metrics will say what is wrong
    const auto values = tp::io::read_h5ad<tp::scale::other>(path);
    genes = values.genes;
    fill(values.x.view(), [](std::int64_t, double v) { return static_cast<float>(v); });
    notes.push_back(fmt::format("{}: X holds no counts and is taken as logged expression.", path));
  }
  if (like != nullptr && (like->total > 0) != (out.total > 0))
    throw tp::bad_data(
        fmt::format("file '{}' holds {} and the real cells are {}; give both as counts, or both logged in the same way",
                    path, out.total > 0 ? "counts" : "no counts", like->total > 0 ? "counts" : "logged"));
  for (std::int32_t g = 0; g < genes.size(); ++g)
    out.gene.push_back(genes.symbol[tp::usize(g)].empty() ? genes.id[tp::usize(g)] : genes.symbol[tp::usize(g)]);
  return out;
}

/// Brings cells to the genes and the perturbation names of others.
/// Leaves out cells of perturbations that the other side has none of.
void keep_shared(expressed& of, const std::vector<char>& keep, const std::vector<std::string>& names) {
  std::vector<std::int64_t> rows;
  for (std::size_t i = 0; i < of.perturbation.code.size(); ++i) {
    const std::string& name = of.perturbation.category[tp::usize(of.perturbation.code[i])];
    if (keep[tp::usize(std::lower_bound(names.begin(), names.end(), name) - names.begin())]) rows.push_back(tp::isize(i));
  }
  if (tp::isize(rows.size()) == of.cells.n_cells()) return;
  of.perturbation = of.perturbation.of_rows(rows);
  of.cells = tp::rows_of(of.cells.view(), rows);
}

void bring_to(expressed& from, const expressed& to, const std::string& path, const std::string& other) {
  std::map<std::string, std::int64_t> at;
  for (std::size_t g = 0; g < from.gene.size(); ++g) at.emplace(from.gene[g], tp::isize(g));
  if (from.gene != to.gene) {
    tp::dense<tp::scale::log1p> moved;
    moved.resize(from.cells.n_cells(), tp::isize(to.gene.size()));
    for (std::size_t g = 0; g < to.gene.size(); ++g) {
      const auto place = at.find(to.gene[g]);
      if (place == at.end())
        throw tp::bad_data(fmt::format("file '{}' lacks the gene '{}' that '{}' has; give both files the same genes", path,
                                       to.gene[g], other));
      for (std::int64_t c = 0; c < from.cells.n_cells(); ++c) moved.row(c)[g] = from.cells.row(c)[tp::usize(place->second)];
    }
    moved.cell_id = from.cells.cell_id;
    from.cells = std::move(moved);
    from.gene = to.gene;
  }
}

/// Names that several files share, in sorted order, and the codes of one of them.
std::vector<std::int32_t> codes_into(const std::vector<std::string>& names, const tp::categorical& of) {
  std::vector<std::int32_t> number;
  for (const std::string& name : of.category)
    number.push_back(static_cast<std::int32_t>(std::lower_bound(names.begin(), names.end(), name) - names.begin()));
  std::vector<std::int32_t> out;
  for (const std::int32_t c : of.code) out.push_back(number[tp::usize(c)]);
  return out;
}

}  // namespace

std::vector<section> score_prediction(const settings& wanted, std::vector<std::string>& notes) {
  expressed real = read_expressed(wanted.file, wanted.perturbation, notes),
            predicted = read_expressed(wanted.predicted, wanted.perturbation, notes, &real), train;
  bring_to(predicted, real, wanted.predicted, wanted.file);
  if (!wanted.train.empty()) {
    train = read_expressed(wanted.train, wanted.perturbation, notes, &real);
    bring_to(train, real, wanted.train, wanted.file);
  }
  std::vector<std::string> names;
  for (const expressed* one : {&real, &predicted, &train})
    names.insert(names.end(), one->perturbation.category.begin(), one->perturbation.category.end());
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::vector<char> in_real(names.size(), 0), in_predicted = in_real, in_train = in_real, shared = in_real;
  for (const auto& [side, has] :
       {std::pair(&real, &in_real), std::pair(&predicted, &in_predicted), std::pair(&train, &in_train)})
    for (const std::string& name : side->perturbation.category)
      (*has)[tp::usize(std::lower_bound(names.begin(), names.end(), name) - names.begin())] = 1;
  std::int64_t only_real = 0, only_predicted = 0, trained = 0;
  for (std::size_t p = 0; p < names.size(); ++p) {
    shared[p] = in_real[p] && in_predicted[p];
    only_real += in_real[p] && !in_predicted[p];
    only_predicted += in_predicted[p] && !in_real[p];
    trained += shared[p] && in_train[p] && names[p] != wanted.control;
  }
  if (only_real > 0)
    notes.push_back(fmt::format("{} perturbations have real cells but no predicted ones, and are not scored.", only_real));
  if (only_predicted > 0)
    notes.push_back(
        fmt::format("{} perturbations have predicted cells but no real ones, and are not scored.", only_predicted));
  if (trained > 0)
    notes.push_back(fmt::format(
        "{} of the scored perturbations are among the training cells, too: trivial predictors may repeat what they "
        "saw there, and "
        "where --train holds the scored cells themselves, no prediction can have a skill.",
        trained));
  keep_shared(real, shared, names);
  keep_shared(predicted, shared, names);
  const std::vector<std::int32_t> real_code = codes_into(names, real.perturbation),
                                  predicted_code = codes_into(names, predicted.perturbation),
                                  train_code = codes_into(names, train.perturbation);

  metric::perturbed_cells subject({real.cells.view(), {real_code, names}}, {predicted.cells.view(), {predicted_code, names}},
                                  metric::code_named(names, wanted.control), real.gene, {}, wanted.threads);
  if (!wanted.train.empty())
    subject.learn_from({train.cells.view(), {train_code, names}});
  else
    notes.push_back(
        "Without --train only the unperturbed control stands beside the prediction; the mean of training perturbations "
        "often "
        "is the harder one to beat.");
  const metric::score_options options{.resamples = wanted.resamples, .seed = wanted.seed, .threads = wanted.threads};
  std::vector<section> out;
  out.push_back(
      {"Predicted means",
       "Means over the cells of each perturbation, and their differences to the control. Behind each score: what trivial "
       "predictors reach, and the skill beyond them.",
       metric::measure(subject, options, metric::mse{}, metric::mae{}, metric::mse_delta{}, metric::mae_delta{},
                       metric::r2{}, metric::pearson_delta{}, metric::spearman_delta{},
                       metric::pearson_delta_without_systematic{}, metric::pearson_delta_top{}, metric::tail_recall{})});
  out.push_back({"Telling perturbations apart",
                 "Whether the prediction of a perturbation lies nearest to the real cells of that one.",
                 metric::measure(subject, options, metric::discrimination_score{}, metric::target_ranking{})});
  out.push_back({"Predicted cells", "Distances between populations of cells.",
                 metric::measure(subject, options, metric::pearson_edistance{})});
  out.push_back({"Differential expression", "Genes found changed by Mann-Whitney tests, in real and in predicted cells.",
                 metric::measure(subject, options, metric::de_overlap{}, metric::de_direction_match{}, metric::de_spearman{},
                                 metric::de_recall{})});
  section as{"As cell-eval has them",
             "Means over perturbations by cell-eval's own formulas and names, quirks included (docs/differences.md).",
             {}};
  for (const metric::celleval_column& column : metric::celleval_profile(subject).column) {
    const metric::celleval_summary s = metric::summary_of(column);
    tp::score one =
        metric::without_value("celleval." + column.name, "cell-eval gives none", static_cast<std::int64_t>(s.count));
    one.unit = "cell-eval's";
    if (column.name.starts_with("mse") || column.name.starts_with("mae")) one.better = tp::direction::lower_is_better;
    one.value = std::isnan(s.mean) ? tp::measured::missing("a perturbation without a number makes cell-eval's mean none")
                                   : tp::measured(s.mean);
    as.scores.push_back(std::move(one));
  }
  out.push_back(std::move(as));
  return out;
}

}  // namespace evaluate
