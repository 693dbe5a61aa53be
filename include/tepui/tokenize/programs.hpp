#pragma once
/// Reads a cell as known gene programs, from a GMT file for instance: pathways, hallmarks, marker sets.

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <tepui/flow/gene_set.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/stage/match_names.hpp>
#include <tepui/tokenize/bound_programs.hpp>

namespace tepui::tokenize {

/// Each gene set is a token. `fit` finds the columns of the sets' genes, and looks at no cell.
/// in     counts [cells, genes], any scale         out    tokens, see bound_programs; token id: place of the set in `sets`
/// fit    a gene is named by Ensembl id (its version suffix is taken off) or by symbol, letter case as it stands; a name that
///        stands twice means its first column; a set of which no gene is there keeps its number and is never active
/// errors bad_option: no sets, slots <= 0; bad_data: no gene of any set is a column
/// cost   O(genes + names in sets)                 repeat bit-equal everywhere
template <std::int32_t Slots = usual_slots>
struct programs {
  using kind = kind::tokenizer;
  static constexpr std::string_view name = "programs";
  static consteval bool check_shape() {
    static_assert(Slots > 0,
                  "tepui: a tokenizer needs at least one slot, or no cell could have a token; write programs<300>, or any "
                  "number above 0");
    return Slots > 0;
  }
  using takes = port::any_counts;
  using gives = port::tokens<channel::value>;
  using fitted = bound_programs<Slots>;

  std::vector<gene_set> sets;
  std::int32_t slots = Slots;

  /// "programs(50 sets 8c1f09d27a6b3e54, 2048)": the hash stands for the names and genes of the sets.
  [[nodiscard]] std::string describe() const {
    std::uint64_t h = kernel::hash_text("");
    for (const gene_set& set : sets) {
      h = kernel::hash_text(set.name + "\n", h);
      for (const std::string& gene : set.genes) h = kernel::hash_text(gene + "\t", h);
    }
    char text[80];
    std::snprintf(text, sizeof text, "programs(%zu sets %016llx, %d)", sets.size(), static_cast<unsigned long long>(h),
                  static_cast<int>(slots));
    return text;
  }

  template <training_cells Cells>
  [[nodiscard]] fitted fit(const Cells& train, const fit_context&) const {
    check_slots(name, slots);
    if (sets.empty()) throw bad_option("programs was given no gene sets; read some from a GMT file, or use learned_programs");
    const gene_table& genes = train.genes();
    std::unordered_map<std::string_view, std::int32_t> column;
    for (std::int32_t g = 0; g < genes.size(); ++g)
      if (!genes.id[usize(g)].empty()) column.emplace(genes.id[usize(g)], g);
    for (std::int32_t g = 0; g < genes.size(); ++g)
      if (!genes.symbol[usize(g)].empty()) column.emplace(genes.symbol[usize(g)], g);

    std::vector<std::vector<std::int32_t>> members;
    std::vector<std::string> names;
    std::size_t n_found = 0;
    for (const gene_set& set : sets) {
      auto& found = members.emplace_back();
      names.push_back(set.name);
      for (const std::string& gene : set.genes)
        if (const auto hit = column.find(without_version(gene)); hit != column.end()) found.push_back(hit->second);
      n_found += found.size();
    }
    if (n_found == 0) throw bad_data(nothing_found(genes));
    return fitted::of(std::move(members), std::move(names), genes.size(), slots, describe());
  }

 private:
  [[nodiscard]] std::string nothing_found(const gene_table& genes) const {
    std::string sizes, example;
    for (std::size_t i = 0; i < sets.size() && i < 3; ++i)
      sizes += (i == 0 ? "" : ", ") + sets[i].name + " with " + std::to_string(sets[i].genes.size());
    if (sets.size() > 3) sizes += ", ...";
    for (const gene_set& set : sets)
      if (example.empty() && !set.genes.empty()) example = set.genes[0];
    const std::string have = genes.size() == 0 ? "none" : genes.symbol[0].empty() ? genes.id[0] : genes.symbol[0];
    return "no gene of the " + std::to_string(sets.size()) + " gene sets (" + sizes + " genes) is among the " +
           std::to_string(genes.size()) + " genes of the cells: the sets name genes such as '" + example +
           "', the cells have '" + have + "'; check the species and whether genes are named by Ensembl id or by symbol";
  }
};

static_assert(is_stage<programs<>>);

}  // namespace tepui::tokenize
