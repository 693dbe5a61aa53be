#pragma once
/// Finds gene programs in the training cells, for users without a file of gene sets: genes that rise and fall together.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/kernel/gene_correlation.hpp>
#include <tepui/kernel/gene_moments.hpp>
#include <tepui/kernel/segment_sum.hpp>
#include <tepui/tokenize/bound_programs.hpp>

namespace tepui::tokenize {

/// Groups genes into programs, one after the other: the gene whose `genes_each - 1` best partners still free are the most
/// correlated with it, taken together, begins a program, and takes those partners with it.
/// in     correlations [genes, genes]               out    members [n_programs], in the order found, the beginning gene first
/// rules  a gene is in one program at most; partners correlate above 0, so a program may have fewer genes, and none at the end
/// ties   lower gene index                          cost   O(genes^2 + programs genes partners)
[[nodiscard]] inline std::vector<std::vector<std::int32_t>> correlated_groups(const kernel::gene_correlation& correlation,
                                                                              std::int32_t n_programs,
                                                                              std::int32_t genes_each) {
  using partner = std::pair<double, std::int32_t>;  // minus correlation, gene: sorts the best first, ties by lower gene
  const std::int32_t n = correlation.n_genes();
  const std::size_t most = usize(genes_each) * 8;  // enough that the best free partners are almost always among them
  std::vector<std::vector<partner>> partners(usize(n));
  for (std::int32_t i = 0; i < n; ++i) {
    auto& list = partners[usize(i)];
    for (std::int32_t j = 0; j < n; ++j)
      if (const double r = j == i ? 0.0 : correlation.of(i, j); r > 0) list.emplace_back(-r, j);
    if (list.size() > most) {
      std::nth_element(list.begin(), list.begin() + isize(most), list.end());
      list.resize(most);
    }
    std::sort(list.begin(), list.end());
    list.shrink_to_fit();
  }

  std::vector<char> taken(usize(n), 0);
  std::vector<std::vector<std::int32_t>> groups(usize(n_programs));
  for (auto& group : groups) {
    std::int32_t best = -1;
    double best_sum = -1;
    for (std::int32_t i = 0; i < n; ++i) {
      if (taken[usize(i)]) continue;
      double sum = 0;
      std::int32_t free = 1;
      for (const auto& [minus_r, j] : partners[usize(i)]) {
        if (free == genes_each) break;
        if (taken[usize(j)]) continue;
        sum -= minus_r;
        ++free;
      }
      if (sum > best_sum) best = i, best_sum = sum;
    }
    if (best < 0) break;
    group.push_back(best);
    for (const auto& [minus_r, j] : partners[usize(best)]) {
      if (isize(group.size()) == genes_each) break;
      if (!taken[usize(j)]) group.push_back(j);
    }
    for (const std::int32_t g : group) taken[usize(g)] = 1;
  }
  return groups;
}

/// Programs of genes drawn at random, disjoint: what learned programs are compared with. Reads no cell, only the genes.
template <std::int32_t Programs = 50, std::int32_t GenesEach = 20, std::int32_t Slots = usual_slots>
struct random_programs {
  using kind = kind::tokenizer;
  static constexpr std::string_view name = "random_programs";
  using takes = port::any_counts;
  using gives = port::tokens<channel::value>;
  using fitted = bound_programs<Slots>;

  std::int32_t slots = Slots;

  [[nodiscard]] std::string describe() const {
    return "random_programs(" + std::to_string(Programs) + " x " + std::to_string(GenesEach) + ", " + std::to_string(slots) +
           ")";
  }
  static void each_array(auto& self, auto&& visit) { visit("slots", self.slots); }

  template <training_cells Cells>
  [[nodiscard]] fitted fit(const Cells& train, const fit_context& context) const {
    check_slots(name, slots);
    const std::int32_t n = train.genes().size();
    std::vector<std::pair<std::uint64_t, std::int32_t>> order;
    for (std::int32_t g = 0; g < n; ++g) order.emplace_back(context.random.bits(g), g);
    std::sort(order.begin(), order.end());
    std::vector<std::vector<std::int32_t>> members(usize(Programs));
    std::vector<std::string> names;
    std::size_t next = 0;
    for (auto& group : members) {
      names.push_back("random " + std::to_string(names.size() + 1));
      for (; next < order.size() && isize(group.size()) < GenesEach; ++next) group.push_back(order[next].second);
    }
    return fitted::of(std::move(members), std::move(names), n, slots, describe());
  }
};

static_assert(is_stage<random_programs<>>);

/// Learns `Programs` gene programs of `GenesEach` genes from the training cells, without labels.
/// in     counts [cells, genes], any scale          out    tokens, see bound_programs; token id: the order of discovery
/// fit    correlated_groups of the genes that vary most on a log scale (2 * Programs * GenesEach, at most 1,500 of them) over
///        2,000 training cells drawn at random (all where there are fewer); counts that are not logged are scaled to 10,000 a
///        cell (raw) and logged for this, because sequencing depth alone would correlate them all
/// empty  no tokens; an empty training cell counts as zeros               ties   lower gene index
/// errors bad_option: slots <= 0; bad_data: fewer than 2 training cells, or no gene varies between them
/// cost   two passes over the training cells, and O(genes expressed squared) for each of the 2,000: a second, or two for cells
///        that express everything                   repeat bit-equal for one C library (log)
/// source greedy form of co-expression modules (Zhang and Horvath 2005); no published system tokenizes so
template <std::int32_t Programs = 50, std::int32_t GenesEach = 20, std::int32_t Slots = usual_slots>
struct learned_programs {
  using kind = kind::tokenizer;
  static constexpr std::string_view name = "learned_programs";
  static consteval bool check_shape() {
    static_assert(Programs > 0, "tepui: learned_programs needs at least one program; write learned_programs<50, 20>");
    static_assert(!(Programs > 0) || GenesEach > 0,
                  "tepui: learned_programs needs at least one gene a program; write learned_programs<50, 20>");
    static_assert(
        !(Programs > 0 && GenesEach > 0) || Slots > 0,
        "tepui: a tokenizer needs at least one slot, or no cell could have a token; write learned_programs<50, 20, 50>");
    return Programs > 0 && GenesEach > 0 && Slots > 0;
  }
  using takes = port::any_counts;
  using gives = port::tokens<channel::value>;
  using fitted = bound_programs<Slots>;

  std::int32_t slots = Slots;

  [[nodiscard]] std::string describe() const {
    return "learned_programs(" + std::to_string(Programs) + " x " + std::to_string(GenesEach) + ", " + std::to_string(slots) +
           ")";
  }
  static void each_array(auto& self, auto&& visit) { visit("slots", self.slots); }

  template <training_cells Cells>
  [[nodiscard]] fitted fit(const Cells& train, const fit_context& context) const {
    check_slots(name, slots);
    if (train.n_cells() < 2)
      throw bad_data(
          "learned_programs learns from " + std::to_string(train.n_cells()) +
          " training cells, and nothing correlates between fewer than 2; give it more cells, or programs from a GMT file");
    const gene_table& genes = train.genes();
    const std::vector<std::int32_t> candidate = most_variable(train);
    if (candidate.empty())
      throw bad_data("no gene varies between the " + std::to_string(train.n_cells()) +
                     " training cells, so there are no programs to learn; look at the counts, or use programs from a GMT file");

    std::vector<std::int32_t> place(usize(genes.size()), -1);
    for (std::size_t i = 0; i < candidate.size(); ++i) place[usize(candidate[i])] = static_cast<std::int32_t>(i);
    kernel::gene_correlation correlation(static_cast<std::int32_t>(candidate.size()));
    const double share = 2000.0 / static_cast<double>(train.n_cells());
    std::int64_t position = 0;
    std::vector<std::int32_t> cell_gene;
    std::vector<double> cell_value;
    train.for_each([&](const auto& batch) {
      for (std::int64_t c = 0; c < batch.n_cells(); ++c) {
        if (context.random.uniform(position++) >= share || correlation.n_cells() == kernel::gene_correlation::most_cells)
          continue;
        cell_gene.clear();
        cell_value.clear();
        const auto log_of = log_scale(batch, c);
        for (std::size_t i = 0; i < batch.genes_of(c).size(); ++i) {
          const std::int32_t to = place[usize(batch.genes_of(c)[i])];
          if (to < 0) continue;
          cell_gene.push_back(to);
          cell_value.push_back(log_of(static_cast<double>(batch.values_of(c)[i])));
        }
        correlation.add(cell_gene, cell_value);
      }
    });

    auto members = correlated_groups(correlation, Programs, GenesEach);
    std::vector<std::string> names;
    for (auto& group : members) {
      for (std::int32_t& g : group) g = candidate[usize(g)];
      if (group.empty()) {
        names.emplace_back("empty");
      } else {
        const auto first = usize(group[0]);
        names.push_back("with " + (genes.symbol[first].empty() ? genes.id[first] : genes.symbol[first]));
      }
    }
    return fitted::of(std::move(members), std::move(names), genes.size(), slots, describe());
  }

  /// The same number of programs of the same size, of genes drawn at random.
  [[nodiscard]] random_programs<Programs, GenesEach, Slots> untrained() const { return {.slots = slots}; }

 private:
  /// Values of a cell on a log scale, whatever they came in.
  template <class Batch>
  [[nodiscard]] static auto log_scale(const Batch& batch, std::int64_t cell) {
    double factor = 1;
    if constexpr (std::is_same_v<typename Batch::scale, scale::raw>) {
      const double sum = kernel::row_sum(batch.values_of(cell));
      factor = sum > 0 ? 1e4 / sum : 0.0;
    }
    return [=](double v) {
      if constexpr (std::is_same_v<typename Batch::scale, scale::raw> ||
                    std::is_same_v<typename Batch::scale, scale::normalised>) {
        return std::log1p(v * factor);
      } else {
        return v;
      }
    };
  }

  template <class Cells>
  [[nodiscard]] static std::vector<std::int32_t> most_variable(const Cells& train) {
    kernel::gene_moments moments(train.genes().size());
    train.for_each([&](const auto& batch) {
      for (std::int64_t c = 0; c < batch.n_cells(); ++c)
        moments.add(batch.genes_of(c), batch.values_of(c), log_scale(batch, c));
    });
    std::vector<std::pair<double, std::int32_t>> order;
    for (std::int32_t g = 0; g < train.genes().size(); ++g)
      if (moments.variance(g) > 0) order.emplace_back(-moments.variance(g), g);
    std::sort(order.begin(), order.end());
    order.resize(std::min(order.size(),
                          usize(std::clamp(2 * std::int64_t{Programs} * GenesEach, std::int64_t{200}, std::int64_t{1500}))));
    std::vector<std::int32_t> out;
    for (const auto& [minus_variance, g] : order) out.push_back(g);
    std::sort(out.begin(), out.end());
    return out;
  }
};

static_assert(is_stage<learned_programs<>>);

}  // namespace tepui::tokenize
