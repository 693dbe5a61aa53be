#include "cells.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tepui/compose/pipeline.hpp>
#include <tepui/encode/genes.hpp>
#include <tepui/io/h5ad.hpp>
#include <tepui/io/h5ad_cells.hpp>
#include <tepui/system/scanpy_pca.hpp>
#include <utility>

namespace evaluate {
namespace {

/// A column of obs as labels.                           errors  bad_data that names the file
tp::categorical column(const std::string& path, const tp::table& obs, const std::string& name) try {
  return obs.labels(name);
} catch (const tp::bad_data& error) {
  throw tp::bad_data(fmt::format("file '{}', obs: {}", path, error.what()));
}

std::string without_folder(const std::string& name) { return name.starts_with("obsm/") ? name.substr(5) : name; }

/// Variable genes and their principal components, which any new embedding has to beat (Kedzierska et al. 2025).
void add_competitors(const settings& wanted, const std::vector<std::int64_t>& rows, labelled_cells& to) {
  constexpr std::int32_t genes = 2000;
  const tp::fit_options fit{.seed = wanted.seed, .threads = wanted.threads};
  const tp::embed_options embed{.threads = wanted.threads};
  try {
    const auto counts = tp::io::read_raw_counts(wanted.file);
    const auto cells = tp::cells_of(counts, rows);
    to.embeddings.push_back({"pca", true, tp::system::scanpy_pca<50>(genes).fit(cells, fit).embed(cells, embed)});
    if (tp::isize(rows.size()) > wanted.hvg_cells) {
      to.notes.push_back(
          fmt::format("{} variable genes are not scored themselves, only their principal components: with {} cells the "
                      "distances in so many "
                      "dims would take longer than all else; --hvg-cells {} brings them.",
                      genes, rows.size(), rows.size()));
      return;
    }
    const auto variable = tp::compose(tp::transform::normalise{}, tp::transform::log1p{},
                                      tp::transform::highly_variable{.genes = genes}, tp::encode::genes{});
    to.embeddings.push_back({"hvg", true, variable.fit(cells, fit).embed(cells, embed)});
  } catch (const tp::bad_data& why) {
    to.notes.push_back(fmt::format(
        "Variable genes and their components, which an embedding has to beat, could not be computed: {}", why.what()));
  }
}

}  // namespace

labelled_cells read_cells(const settings& wanted) {
  const tp::io::h5ad_file file(wanted.file);
  const auto& there = file.contents().embeddings;
  for (const std::string& name : wanted.embeddings)
    if (std::find(there.begin(), there.end(), without_folder(name)) == there.end())
      throw tp::bad_data(
          fmt::format("file '{}' has no embedding '{}' in obsm; it has: {}; name one of them with --embedding", wanted.file,
                      without_folder(name), there.empty() ? "none" : fmt::format("{}", fmt::join(there, ", "))));
  const tp::table obs = file.obs();
  const tp::categorical label = column(wanted.file, obs, wanted.label);
  tp::categorical batch, perturbation;
  if (!wanted.batch.empty()) batch = column(wanted.file, obs, wanted.batch);
  if (!wanted.perturbation.empty()) {
    perturbation = column(wanted.file, obs, wanted.perturbation);
    const auto& names = perturbation.category;
    if (std::find(names.begin(), names.end(), wanted.control) == names.end()) {
      const auto shown = std::min<std::ptrdiff_t>(5, tp::isize(names.size()));
      throw tp::bad_data(fmt::format(
          "file '{}', obs/{}: no perturbation is called '{}'; there are {}{}; name the control as it stands there",
          wanted.file, wanted.perturbation, wanted.control, fmt::join(names.begin(), names.begin() + shown, ", "),
          tp::isize(names.size()) > shown ? " and others" : ""));
    }
  }
  labelled_cells out;
  std::vector<std::int64_t> rows;
  std::int64_t without_label = 0, without_batch = 0, without_perturbation = 0;
  for (std::int64_t row = 0; row < tp::isize(label.code.size()); ++row) {
    if (label.code[tp::usize(row)] < 0)
      ++without_label;
    else if (!batch.code.empty() && batch.code[tp::usize(row)] < 0)
      ++without_batch;
    else if (!perturbation.code.empty() && perturbation.code[tp::usize(row)] < 0)
      ++without_perturbation;
    else
      rows.push_back(row);
  }
  const auto left_out = [&](std::int64_t n, const std::string& of, const std::string& lacking) {
    if (n > 0) out.notes.push_back(fmt::format("{} {} have no '{}' and are left out.", n, of, lacking));
  };
  left_out(without_label, fmt::format("of {} cells", label.code.size()), wanted.label);
  left_out(without_batch, "labelled cells", wanted.batch);
  left_out(without_perturbation, "labelled cells", wanted.perturbation);
  if (tp::isize(rows.size()) < wanted.folds)
    throw tp::bad_data(fmt::format(
        "file '{}', obs/{}: {} cells have a label, and {} folds need at least {}; name another column with --label",
        wanted.file, wanted.label, rows.size(), wanted.folds, wanted.folds));
  out.label = label.of_rows(rows);
  if (!batch.code.empty()) out.batch = batch.of_rows(rows);
  if (!perturbation.code.empty()) out.perturbation = perturbation.of_rows(rows);
  for (const std::string& name : wanted.embeddings)
    out.embeddings.push_back({without_folder(name), false, tp::rows_of(file.embedding(without_folder(name)).view(), rows)});
  if (wanted.competitors) add_competitors(wanted, rows, out);
  return out;
}

}  // namespace evaluate
