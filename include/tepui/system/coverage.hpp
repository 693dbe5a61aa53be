#pragma once
/// How much of a data set a system reads: which of its genes have a token, and how many counts fall to the others.

#include <cstdint>
#include <cstdio>
#include <numeric>
#include <string>
#include <tuple>
#include <vector>

#include <tepui/compose/fitted_pipeline.hpp>
#include <tepui/flow/cell_source.hpp>

namespace tepui::system {

struct coverage {
  std::int32_t n_genes = 0, n_known = 0;
  double counts = 0, counts_outside = 0;
  /// "11,208 of 13,714 genes have a token (81.7 %); 3.1 % of the counts fall to the others"
  [[nodiscard]] std::string describe() const {
    const auto percent = [](double part, double of) { return of > 0 ? 100 * part / of : 0.0; };
    char text[160];
    std::snprintf(text, sizeof text, "%d of %d genes have a token (%.1f %%); %.1f %% of the counts fall to the others",
                  n_known, n_genes, percent(n_known, n_genes), percent(counts_outside, counts));
    return text;
  }
};

/// Whether each gene of the data can become a token behind these stages.            -> [genes] 1 or 0
/// note   follows stages that move or choose genes, vocabularies, and lists of usual levels; others are taken to keep all
template <class... Stages>
[[nodiscard]] std::vector<std::uint8_t> genes_with_token(const fitted_pipeline<Stages...>& fitted) {
  std::vector<std::int32_t> column(usize(fitted.genes().size()));
  std::iota(column.begin(), column.end(), 0);
  const auto through = [&](const auto& to) {
    for (std::int32_t& c : column)
      if (c >= 0) c = to(usize(c));
  };
  const auto one = [&](const auto& stage) {
    if constexpr (requires {
                    stage.to;
                    stage.moved_by;
                  }) {
      through([&](std::size_t c) { return stage.to[c]; });
    } else if constexpr (requires {
                           stage.place;
                           stage.n_kept;
                         }) {
      through([&](std::size_t c) { return stage.place[c]; });
    } else if constexpr (requires {
                           stage.identity;
                           stage.expression;
                         }) {
      if constexpr (requires { stage.expression.usual(); })
        if (!stage.expression.usual().empty())
          through([&](std::size_t c) { return stage.expression.usual()[c] > 0 ? static_cast<std::int32_t>(c) : -1; });
      through([&](std::size_t c) { return stage.identity.gene_id(static_cast<std::int32_t>(c)); });
    }
  };
  std::apply([&](const auto&... stage) { (one(stage), ...); }, fitted.stages());
  std::vector<std::uint8_t> out;
  for (const std::int32_t c : column) out.push_back(c >= 0 ? 1 : 0);
  return out;
}

/// in     a fitted pipeline and cells with the genes that it was fitted on            cost   one pass over the counts
template <class... Stages, cell_source Source>
[[nodiscard]] coverage coverage_of(const fitted_pipeline<Stages...>& fitted, const Source& cells) {
  const std::vector<std::uint8_t> known = genes_with_token(fitted);
  coverage out;
  out.n_genes = static_cast<std::int32_t>(known.size());
  out.n_known = static_cast<std::int32_t>(std::accumulate(known.begin(), known.end(), 0));
  typename Source::room room;
  for (std::int64_t first = 0; first < cells.n_cells(); first += cells_per_batch) {
    const auto part = cells.read(first, std::min(cells_per_batch, cells.n_cells() - first), room);
    for (std::int64_t c = 0; c < part.n_cells(); ++c) {
      const auto genes = part.genes_of(c);
      const auto values = part.values_of(c);
      for (std::size_t i = 0; i < genes.size(); ++i) {
        out.counts += static_cast<double>(values[i]);
        if (known[usize(genes[i])] == 0) out.counts_outside += static_cast<double>(values[i]);
      }
    }
  }
  return out;
}

}  // namespace tepui::system
