#pragma once
/// Holds out combinations of perturbed genes (Perturb-seq, "A+B") by how many of their genes were seen perturbed alone.

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/number_text.hpp>
#include <tepui/flow/table.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/split/by_perturbation.hpp>
#include <tepui/split/levels.hpp>
#include <tepui/split/parts.hpp>

namespace tepui::split {

/// What is held out. Names come before shares.
struct combination_options {
  std::vector<std::string> genes{};         ///< never perturbed in train, alone or together
  std::vector<std::string> combinations{};  ///< tested although each of their genes may be seen alone
  double share_genes = 0.25;                ///< of all perturbed genes; used where `genes` is empty
  double share_combinations =
      0.25;                     ///< of the combinations whose genes are all seen alone; used where `combinations` is empty
  double share_validation = 0;  ///< of the genes, and of such combinations, that are then left, by the same rule
  std::string separator = "+";
  std::uint64_t seed = 0;
};

/// A perturbation that is held out, and how hard it is.
struct held_perturbation {
  std::string name;                ///< as it stands in the column
  part where = part::test;         ///< test or validation
  std::int64_t n_genes = 0;        ///< 1: a gene alone; 2: a pair
  std::int64_t n_seen = 0;         ///< how many of its genes are perturbed alone in train
  std::vector<std::int64_t> rows;  ///< its cells, ascending
};

/// The parts, and what was held out with its class, in the order of the column's levels.
struct combination_parts {
  parts split;
  std::vector<held_perturbation> held;

  /// The cells of one class of the test part: rows(2, 1) are pairs of which one gene was seen alone.
  [[nodiscard]] std::vector<std::int64_t> rows(std::int64_t n_genes, std::int64_t n_seen, part where = part::test) const {
    std::vector<std::int64_t> out;
    for (const held_perturbation& h : held)
      if (h.where == where && h.n_genes == n_genes && h.n_seen == n_seen)
        out.insert(out.end(), h.rows.begin(), h.rows.end());
    std::sort(out.begin(), out.end());
    return out;
  }
};

/// The genes of a perturbation, sorted, each once, without controls: "B+A" is "A+B", "A+ctrl" is A, "ctrl" is none.
/// errors  bad_data where there is nothing before, between or after a separator
[[nodiscard]] inline std::vector<std::string> genes_of(std::string_view name, std::string_view separator,
                                                       const std::vector<std::string>& control) {
  std::vector<std::string> out;
  if (std::find(control.begin(), control.end(), name) != control.end()) return out;
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find(separator, begin), name.size());
    std::string gene(name.substr(begin, end - begin));
    if (gene.empty())
      throw bad_data("split: the perturbation '" + std::string(name) + "' names no gene on one side of '" +
                     std::string(separator) + "'; write it as A" + std::string(separator) +
                     "B, or give the separator that is used");
    if (std::find(control.begin(), control.end(), gene) == control.end()) out.push_back(std::move(gene));
    begin = end + separator.size();
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

/// Holds out genes with every perturbation that they stand in, and some combinations of genes that are all seen alone. So
/// combinations that are tested fall into classes: none, one, or all of their genes seen perturbed alone in train.
/// in     table [rows], options, which are controls (as in by_perturbation), column
/// out    parts, and the perturbations held out with their classes; "A+B" and "B+A" are one combination
/// ties   genes and combinations are drawn by name: the order of rows and of categories does not matter
/// cost   O(rows + levels log levels)                  repeat bit-equal everywhere
/// errors bad_data: no level has the separator; a gene, combination or control that is not there; a missing value; no
///        perturbation left to train on or to test; bad_option: shares outside [0, 1]
/// source Roohani et al. 2023 (GEARS): the classes 0/2, 1/2 and 2/2 seen
[[nodiscard]] inline combination_parts by_combination(const table& obs, const combination_options& wanted = {},
                                                      const controls& control = {},
                                                      std::string_view column = "perturbation") {
  for (const double share : {wanted.share_genes, wanted.share_combinations, wanted.share_validation})
    if (!(share >= 0 && share <= 1))
      throw bad_option("split::by_combination: a share is " + shortest(share) + ", but must be from 0 to 1; choose another");
  if (wanted.separator.empty())
    throw bad_option("split::by_combination: the separator is empty; give what stands between two genes, such as +");
  const levels of = levels_of(obs, column);
  for (const std::string& name : control.level) (void)of.at(name);

  // Perturbations by their genes, whatever the order in which these are written.
  std::vector<std::string> names, genes;
  std::vector<std::vector<std::size_t>> made_of;  // [perturbations], places in `genes`
  std::vector<std::size_t> number(of.n_levels());
  std::vector<std::vector<std::string>> genes_here(of.n_levels());
  for (std::size_t level = 0; level < of.n_levels(); ++level) {
    genes_here[level] = genes_of(of.name(level), wanted.separator, control.level);
    genes.insert(genes.end(), genes_here[level].begin(), genes_here[level].end());
  }
  std::sort(genes.begin(), genes.end());
  genes.erase(std::unique(genes.begin(), genes.end()), genes.end());
  const auto place_of = [&](const std::string& gene) {
    return usize(std::lower_bound(genes.begin(), genes.end(), gene) - genes.begin());
  };
  const auto joined = [&](const std::vector<std::string>& these) {
    std::string name;
    for (const std::string& gene : these) name += (name.empty() ? "" : wanted.separator) + gene;
    return name;
  };
  std::map<std::string, std::size_t> number_of;
  bool any_combination = false;
  std::vector<bool> alone(genes.size(), false);
  for (std::size_t level = 0; level < of.n_levels(); ++level) {
    any_combination |= genes_here[level].size() > 1;
    if (genes_here[level].size() == 1) alone[place_of(genes_here[level][0])] = true;
    std::string name = joined(genes_here[level]);
    const auto [at, is_new] = number_of.try_emplace(name, names.size());
    number[level] = at->second;
    if (!is_new) continue;
    names.push_back(std::move(name));
    made_of.emplace_back();
    for (const std::string& gene : genes_here[level]) made_of.back().push_back(place_of(gene));
  }
  if (!any_combination)
    throw bad_data("split: no level of column " + of.quoted() + " names two genes with '" + wanted.separator +
                   "' between them" + of.there_are() +
                   "; give the separator that is used, or hold out single perturbations with split::by_perturbation");

  // Genes first: what one of them stands in goes with it, to test before validation.
  std::vector<part> part_of_gene(genes.size(), part::train);
  for (const std::string& gene : wanted.genes) {
    if (!std::binary_search(genes.begin(), genes.end(), gene))
      throw bad_data("split: no perturbation in column " + of.quoted() + " names the gene '" + gene +
                     "'; the genes are: " + few_of(genes) + "; name one of them");
    part_of_gene[place_of(gene)] = part::test;
  }
  const kernel::draws random(wanted.seed, "split.by_combination");
  const auto all_of = [](std::size_t n, auto&& is) {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < n; ++i)
      if (is(i)) out.push_back(i);
    return out;
  };
  const auto draw = [&](const std::vector<std::string>& from, std::vector<part>& part_of,
                        const std::vector<std::size_t>& among, double share, part which) {
    const auto order = in_order_of_lots(from, among, random);
    for (std::int64_t i = 0; i < whole_share(share, isize(order.size())); ++i) part_of[order[usize(i)]] = which;
  };
  const auto free_gene = [&](std::size_t g) { return part_of_gene[g] == part::train; };
  if (wanted.genes.empty()) draw(genes, part_of_gene, all_of(genes.size(), free_gene), wanted.share_genes, part::test);
  draw(genes, part_of_gene, all_of(genes.size(), free_gene), wanted.share_validation, part::validation);

  std::vector<part> part_of(names.size(), part::train);
  for (std::size_t i = 0; i < names.size(); ++i)
    for (const std::size_t g : made_of[i]) part_of[i] = std::max(part_of[i], part_of_gene[g]);
  for (const std::string& name : wanted.combinations) {
    const auto found = number_of.find(joined(genes_of(name, wanted.separator, control.level)));
    if (found == number_of.end() || made_of[found->second].size() < 2)
      throw bad_data("split: column " + of.quoted() + " has no combination '" + name + "'" + of.there_are() +
                     "; name one of them");
    part_of[found->second] = part::test;
  }
  const auto seen_alone = [&](std::size_t i) {
    return part_of[i] == part::train && made_of[i].size() > 1 &&
           std::all_of(made_of[i].begin(), made_of[i].end(), [&](std::size_t g) { return alone[g]; });
  };
  if (wanted.combinations.empty())
    draw(names, part_of, all_of(names.size(), seen_alone), wanted.share_combinations, part::test);
  draw(names, part_of, all_of(names.size(), seen_alone), wanted.share_validation, part::validation);

  std::vector<part> part_of_level(of.n_levels());
  std::vector<bool> is_control(usize(of.n_rows()), false), seen(genes.size(), false);
  std::set<part> there;
  for (std::size_t level = 0; level < of.n_levels(); ++level) {
    const auto& here = made_of[number[level]];
    part_of_level[level] = part_of[number[level]];
    if (!here.empty()) there.insert(part_of_level[level]);
    if (here.size() == 1 && part_of_level[level] == part::train) seen[here[0]] = true;
  }
  for (const part p : {part::train, part::test, part::validation})
    if (!there.contains(p) && (p != part::validation || wanted.share_validation > 0))
      throw bad_data("split: no perturbation of column " + of.quoted() + " is left for the " + name_of(p) + " part, of " +
                     std::to_string(names.size()) + " with " + std::to_string(genes.size()) +
                     " genes; choose other shares or name others");

  combination_parts out;
  out.split = rows_of(of, part_of_level);
  out.split.seed = wanted.seed;
  out.split.how = "held out " + std::string(column) + ": " + held_names(of.label.category, part_of_level);
  std::vector<std::size_t> held_as(of.n_levels());
  for (std::size_t level = 0; level < of.n_levels(); ++level) {
    if (part_of_level[level] == part::train) continue;
    const auto& here = made_of[number[level]];
    held_as[level] = out.held.size();
    out.held.push_back({of.name(level),
                        part_of_level[level],
                        isize(here.size()),
                        std::count_if(here.begin(), here.end(), [&](std::size_t g) { return seen[g]; }),
                        {}});
  }
  for (std::int64_t row = 0; row < of.n_rows(); ++row) {
    const std::size_t level = of.level_of(row);
    is_control[usize(row)] = made_of[number[level]].empty();
    if (part_of_level[level] != part::train) out.held[held_as[level]].rows.push_back(row);
  }
  refuse_leaks(out.split, of.label, column);
  divide_controls(out.split, obs, is_control, control);
  return out;
}

}  // namespace tepui::split
