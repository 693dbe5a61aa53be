#pragma once
/// Brings the columns of a matrix into the order of a list of genes: a model's own table, or the genes that a list knows.

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/kernel/segment_sum.hpp>
#include <tepui/stage/check.hpp>
#include <tepui/stage/fitting.hpp>
#include <tepui/stage/match_names.hpp>
#include <tepui/transform/chosen_genes.hpp>
#include <tepui/transform/moved_columns.hpp>

namespace tepui::transform {

/// Which counts a cell's total counts behind `named_genes`.
enum class total_of {
  whole_cell,  ///< all of the cell, also genes that are not in the list: normalising sees what was sequenced
  list_only,   ///< the genes of the list (scFoundation, CellFM: they normalise what the model sees)
};

/// Columns in other places: what named_genes and joined_genes become.
/// in     counts [cells, genes]                    out    counts [cells, columns], same scale; columns of one gene added up
/// total  see `total_of`                           empty  stays empty; a column that no gene moves to has no counts
/// errors bad_data where the cells have another number of genes
/// cost   O(genes expressed) per cell            repeat bit-equal everywhere
struct moved_genes {
  using kind = kind::transform;
  static constexpr std::string_view name = "named_genes";
  using takes = port::any_counts;
  template <class In>
  using gives_for = In;

  std::string moved_by = "hand";        ///< description of the stage that made it
  std::vector<std::int32_t> to;         ///< [genes] new column, or -1: left out
  std::vector<std::string> id, symbol;  ///< [columns]
  std::int32_t n_matched = 0;           ///< genes that have a column
  total_of total = total_of::whole_cell;

  struct scratch {
    moving_room room;
  };
  [[nodiscard]] std::string describe() const { return moved_by; }
  static void each_array(auto& self, auto&& visit) {
    visit("moved_by", self.moved_by);
    visit("to", self.to);
    visit("id", self.id);
    visit("symbol", self.symbol);
    visit("n_matched", self.n_matched);
    visit("total", self.total);
  }
  [[nodiscard]] gene_table genes_out(const gene_table&) const { return {id, symbol}; }

  void operator()(const auto& in, auto& out, scratch& room, const kernel::draws&) const {
    if (usize(in.n_genes) != to.size())
      throw bad_data("the list of genes was bound to " + std::to_string(to.size()) + " genes, but these cells have " +
                     std::to_string(in.n_genes) + " columns; bring them into the order of the training genes first");
    move_columns(to, static_cast<std::int32_t>(id.size()), in, out, room.room);
    if (total == total_of::list_only)
      for (std::int64_t c = 0; c < in.n_cells(); ++c) out.total[usize(c)] = kernel::row_sum(out.view().values_of(c));
  }
};

static_assert(is_stage<moved_genes>);

/// named_genes{.names = {...}}: column i is the gene names[i], whatever the file's order; becomes moved_genes.
/// fit    finds genes by Ensembl id (version suffixes do not count) or symbol, and looks at no cell
/// ties   see match_names: two columns of one gene are added up; a name that stands twice in the list means its first place
/// errors bad_option: no names; bad_data: fewer than `min_share` of the cells' genes are in the list
struct named_genes {
  using kind = kind::transform;
  static constexpr std::string_view name = "named_genes";
  using takes = port::any_counts;
  template <class In>
  using gives_for = In;
  using fitted = moved_genes;

  std::vector<std::string> names{};
  double min_share = 0.5;
  total_of total = total_of::whole_cell;
  std::string source = "";  ///< the file of the list, for messages

  [[nodiscard]] std::string describe() const {
    return "named_genes(" + (source.empty() ? std::to_string(names.size()) + " genes" : source) +
           (total == total_of::list_only ? ", totals of the list)" : ")");
  }
  template <training_cells Cells>
  [[nodiscard]] fitted fit(const Cells& train, const fit_context&) const {
    if (names.empty()) throw bad_option("named_genes was given no names; read them from the model's list of genes");
    const gene_table& genes = train.genes();
    name_match match = match_names(genes, names, min_share, "list of genes", source);
    fitted out{describe(), std::move(match.place), {}, {}, match.n_matched, total};
    for (const std::string& gene : names) {
      const bool ensembl = gene.starts_with("ENS");
      out.id.push_back(ensembl ? std::string(without_version(gene)) : "");
      out.symbol.push_back(ensembl ? "" : gene);
    }
    for (std::size_t g = out.to.size(); g-- > 0;) {  // what the data knows beside the name, from its first column
      if (out.to[g] < 0) continue;
      const std::size_t column = usize(out.to[g]);
      if (out.id[column].empty()) out.id[column] = genes.id[g];
      if (!names[column].starts_with("ENS")) continue;
      if (!genes.symbol[g].empty()) out.symbol[column] = genes.symbol[g];
    }
    return out;
  }
};

static_assert(is_stage<named_genes>);

/// Adds up the columns that have the same Ensembl id (or, without one, the same symbol); the first one's place is kept.
/// fit    looks at the names, and at no cell            source MaxToki, which adds up duplicates before it ranks
struct joined_genes {
  using kind = kind::transform;
  static constexpr std::string_view name = "joined_genes";
  using takes = port::any_counts;
  template <class In>
  using gives_for = In;
  using fitted = moved_genes;

  template <training_cells Cells>
  [[nodiscard]] fitted fit(const Cells& train, const fit_context&) const {
    const gene_table& genes = train.genes();
    fitted out;
    out.moved_by = name;
    out.n_matched = genes.size();
    std::unordered_map<std::string_view, std::int32_t> column;
    for (std::size_t g = 0; g < genes.id.size(); ++g) {
      const std::string& called = genes.id[g].empty() ? genes.symbol[g] : genes.id[g];
      const auto [at, first] = column.emplace(without_version(called), static_cast<std::int32_t>(out.id.size()));
      out.to.push_back(at->second);
      if (!first) continue;
      out.id.push_back(genes.id[g]);
      out.symbol.push_back(genes.symbol[g]);
    }
    return out;
  }
};

static_assert(is_stage<joined_genes>);

/// Keeps the columns that a list knows, in the order of the data; becomes chosen_genes.
/// fit    as named_genes            source HEIMDALL: genes without a vector in its pretrained table are removed
struct known_genes {
  using kind = kind::transform;
  static constexpr std::string_view name = "known_genes";
  using takes = port::any_counts;
  template <class In>
  using gives_for = In;
  using fitted = chosen_genes;

  std::vector<std::string> names{};
  double min_share = 0.5;
  std::string source = "";

  [[nodiscard]] std::string describe() const {
    return "known_genes(" + (source.empty() ? std::to_string(names.size()) + " genes" : source) + ")";
  }
  template <training_cells Cells>
  [[nodiscard]] fitted fit(const Cells& train, const fit_context&) const {
    if (names.empty()) throw bad_option("known_genes was given no names; read them from the model's list of genes");
    const name_match match = match_names(train.genes(), names, min_share, "list of genes", source);
    std::vector<std::int32_t> kept;
    for (std::size_t g = 0; g < match.place.size(); ++g)
      if (match.place[g] >= 0) kept.push_back(static_cast<std::int32_t>(g));
    return chosen_genes::keeping(std::move(kept), train.genes().size(), describe());
  }
};

static_assert(is_stage<known_genes>);

}  // namespace tepui::transform
