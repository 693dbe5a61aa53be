#pragma once
/// Keeps some genes and forgets the others; which ones, a stage that learned from cells has decided.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/dataset.hpp>
#include <tepui/flow/error.hpp>
#include <tepui/stage/check.hpp>
#include <tepui/stage/fitting.hpp>

namespace tepui::transform {

/// Keeps the chosen columns, in their old order, numbered anew from 0.
/// in     counts [cells, genes]                    out    counts [cells, genes kept], same scale; total is passed on
/// empty  stays empty                              errors bad_data where the cells have another number of genes
/// cost   O(genes expressed) per cell              repeat bit-equal everywhere
struct chosen_genes {
  using kind = kind::transform;
  static constexpr std::string_view name = "chosen_genes";
  using takes = port::any_counts;
  template <class In>
  using gives_for = In;

  std::string chosen_by = "hand";   ///< "highly_variable(2000)"
  std::vector<std::int32_t> place;  ///< [genes] column that a gene moves to, or -1
  std::int32_t n_kept = 0;

  /// in     columns to keep, in any order, each once, in [0, n_genes)
  [[nodiscard]] static chosen_genes keeping(std::vector<std::int32_t> columns, std::int32_t n_genes,
                                            std::string chosen_by = "hand") {
    chosen_genes out;
    out.chosen_by = std::move(chosen_by);
    out.place.assign(usize(n_genes), -1);
    std::sort(columns.begin(), columns.end());
    for (const std::int32_t g : columns) out.place[usize(g)] = out.n_kept++;
    return out;
  }

  [[nodiscard]] std::string describe() const { return chosen_by; }
  static void each_array(auto& self, auto&& visit) {
    visit("chosen_by", self.chosen_by);
    visit("place", self.place);
    visit("n_kept", self.n_kept);
  }

  /// The genes that are kept, in their new order.
  [[nodiscard]] gene_table genes_out(const gene_table& genes) const {
    gene_table out;
    for (std::size_t g = 0; g < place.size(); ++g) {
      if (place[g] < 0) continue;
      out.id.push_back(genes.id[g]);
      out.symbol.push_back(genes.symbol[g]);
    }
    return out;
  }

  void operator()(const auto& in, auto& out, auto&, const kernel::draws&) const {
    if (usize(in.n_genes) != place.size())
      throw bad_data("the genes were chosen among " + std::to_string(place.size()) + ", but these cells have " +
                     std::to_string(in.n_genes) + " columns; bring them into the order of the training genes first");
    out.clear();
    out.n_genes = n_kept;
    for (std::int64_t c = 0; c < in.n_cells(); ++c) {
      const auto genes = in.genes_of(c);
      const auto values = in.values_of(c);
      out.row_begin.push_back(isize(out.gene.size()));
      for (std::size_t i = 0; i < genes.size(); ++i) {
        const std::int32_t to = place[usize(genes[i])];
        if (to < 0) continue;
        out.gene.push_back(to);
        out.value.push_back(static_cast<float>(values[i]));
      }
      out.row_end.push_back(isize(out.gene.size()));
      out.cell_id.push_back(in.cells.id[usize(c)]);
      if (!in.total.empty()) out.total.push_back(in.total[usize(c)]);
    }
  }
};

static_assert(is_stage<chosen_genes>);

/// `n` genes at random: what a choice of genes is compared with.            fit    reads no cell, only how many genes there are
struct random_genes {
  using kind = kind::transform;
  static constexpr std::string_view name = "random_genes";
  using takes = port::any_counts;
  template <class In>
  using gives_for = In;
  using fitted = chosen_genes;

  std::int32_t genes = 2000;

  [[nodiscard]] std::string describe() const { return "random_genes(" + std::to_string(genes) + ")"; }
  static void each_array(auto& self, auto&& visit) { visit("genes", self.genes); }

  template <training_cells Cells>
  [[nodiscard]] chosen_genes fit(const Cells& train, const fit_context& context) const {
    if (genes <= 0)
      throw bad_option("random_genes keeps " + std::to_string(genes) + " genes, and at least 1 is needed; ask for more");
    const std::int32_t n = train.genes().size();
    std::vector<std::pair<std::uint64_t, std::int32_t>> order;
    for (std::int32_t g = 0; g < n; ++g) order.emplace_back(context.random.bits(g), g);
    std::sort(order.begin(), order.end());
    std::vector<std::int32_t> kept;
    for (std::size_t i = 0; i < order.size() && i < usize(genes); ++i) kept.push_back(order[i].second);
    return chosen_genes::keeping(std::move(kept), n, describe());
  }
};

static_assert(is_stage<random_genes>);

}  // namespace tepui::transform
