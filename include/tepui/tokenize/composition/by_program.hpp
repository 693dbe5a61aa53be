#pragma once
/// Groups a cell's tokens by gene programs: a sentence for each pathway, inside of the cell's sentence.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/gene_set.hpp>
#include <tepui/stage/fitting.hpp>
#include <tepui/stage/match_names.hpp>
#include <tepui/tokenize/programs_of_genes.hpp>
#include <tepui/tokenize/sentence.hpp>

namespace tepui::tokenize::composition {

/// For each program the tokens of its genes, in the order that the sentence had; a gene of two programs stands twice, a gene of
/// none is left out.
/// out    channel program: number of the program            order  by program; largest share of its genes present first (ties:
///        lower program) where `fullest_first`              empty  a program without genes in the cell has no tokens
/// cost   O(tokens programs_a_gene)                         repeat bit-equal everywhere
/// source Tripso (level 1: tokens of a program in the cell's rank order; level 2: programs by the share of genes present)
struct gathered_by_program {
  static constexpr std::string_view name = "by_program";
  using channel_list = tepui::channels<channel::program>;

  std::string bound_from = "hand";
  std::vector<std::string> program_name;    ///< [programs]
  std::vector<std::int32_t> n_members;      ///< [programs] genes of the program, also those that are no columns
  std::vector<std::int64_t> gene_begin{0};  ///< [genes + 1] positions in program
  std::vector<std::int32_t> program;        ///< [memberships] programs of each gene, ascending
  bool fullest_first = false;

  struct scratch {
    std::vector<std::vector<std::int32_t>> of_program;
    std::vector<std::int32_t> order;
  };
  [[nodiscard]] std::string describe() const { return bound_from; }
  static void each_array(auto& self, auto&& visit) {
    visit("bound_from", self.bound_from);
    visit("program_name", self.program_name);
    visit("n_members", self.n_members);
    visit("gene_begin", self.gene_begin);
    visit("program", self.program);
    visit("fullest_first", self.fullest_first);
  }
  void check(std::int32_t n_genes) const { check_programs_of_genes(gene_begin, n_genes); }
  void operator()(const auto& cell, sentence& s, scratch& r, const auto&) const {
    r.of_program.resize(n_members.size());
    for (auto& tokens : r.of_program) tokens.clear();
    for (const std::int32_t at : s.at) {
      if (at < 0) continue;
      const std::int32_t g = cell.gene[usize(at)];
      for (std::int64_t i = gene_begin[usize(g)]; i < gene_begin[usize(g) + 1]; ++i) r.of_program[usize(program[usize(i)])].push_back(at);
    }
    r.order.resize(n_members.size());
    for (std::size_t p = 0; p < r.order.size(); ++p) r.order[p] = static_cast<std::int32_t>(p);
    if (fullest_first) {
      // a / b > c / d without a division: the same order everywhere.
      std::sort(r.order.begin(), r.order.end(), [&](std::int32_t a, std::int32_t b) {
        const std::int64_t left = isize(r.of_program[usize(a)].size()) * n_members[usize(b)];
        const std::int64_t right = isize(r.of_program[usize(b)].size()) * n_members[usize(a)];
        return left > right || (left == right && a < b);
      });
    }
    s.at.clear();
    s.program.clear();
    for (const std::int32_t p : r.order) {
      s.at.insert(s.at.end(), r.of_program[usize(p)].begin(), r.of_program[usize(p)].end());
      s.program.insert(s.program.end(), r.of_program[usize(p)].size(), p);
    }
  }
};

/// by_program{.sets = io::read_gmt("hallmarks.gmt")}: becomes gathered_by_program.
/// fit    finds the genes of the sets among the columns and looks at no cell
/// errors bad_option: no sets; bad_data: no gene of any set is a column
struct by_program {
  static constexpr std::string_view name = "by_program";
  using channel_list = tepui::channels<channel::program>;
  using fitted = gathered_by_program;
  std::vector<gene_set> sets;
  bool fullest_first = false;

  [[nodiscard]] std::string describe() const { return "by_program(" + std::to_string(sets.size()) + " sets)"; }

  template <training_cells Cells>
  [[nodiscard]] fitted fit(const Cells& train, const fit_context&) const {
    if (sets.empty()) throw bad_option("by_program was given no gene sets; read some from a GMT file");
    fitted out;
    out.bound_from = describe();
    out.fullest_first = fullest_first;
    std::vector<std::pair<std::int32_t, std::int32_t>> pairs;  // gene, program
    for (std::size_t p = 0; p < sets.size(); ++p) {
      out.program_name.push_back(sets[p].name);
      out.n_members.push_back(static_cast<std::int32_t>(sets[p].genes.size()));
      const name_match match = match_names(train.genes(), sets[p].genes, 0.0, "gene set", sets[p].name);
      for (std::size_t g = 0; g < match.place.size(); ++g)
        if (match.place[g] >= 0) pairs.emplace_back(static_cast<std::int32_t>(g), static_cast<std::int32_t>(p));
    }
    if (pairs.empty())
      throw bad_data("no gene of the " + std::to_string(sets.size()) + " gene sets is among the " + std::to_string(train.genes().size()) +
                     " genes of the cells; check the species and whether genes are named by Ensembl id or by symbol");
    list_programs_of_genes(std::move(pairs), train.genes().size(), out.gene_begin, out.program);
    return out;
  }
};

}  // namespace tepui::tokenize::composition
