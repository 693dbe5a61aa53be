#pragma once
/// Sentences that follow the genome: genes side by side that lie side by side on a chromosome.

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/vocabulary.hpp>
#include <tepui/stage/fitting.hpp>
#include <tepui/stage/match_names.hpp>
#include <tepui/tokenize/sentence.hpp>

namespace tepui::tokenize {

/// Where each column lies in the genome.
/// shapes  chromosome [genes]: 0 ... chromosomes - 1 in the order of their names, -1 not known; start [genes], infinite where not known
struct placed_genes {
  std::vector<std::int32_t> chromosome;
  std::vector<double> start;
  std::vector<std::string> chromosome_name;

  /// in     genes of the cells; positions by name            errors see match_names
  [[nodiscard]] static placed_genes of(const gene_table& genes, const gene_positions& positions, double min_share) {
    placed_genes out;
    out.chromosome_name = positions.chromosome;
    std::sort(out.chromosome_name.begin(), out.chromosome_name.end());
    out.chromosome_name.erase(std::unique(out.chromosome_name.begin(), out.chromosome_name.end()), out.chromosome_name.end());
    const auto match = match_names(genes, positions.name, min_share, "table of gene positions", positions.source);
    for (const std::int32_t place : match.place) {
      if (place < 0) {
        out.chromosome.push_back(-1);
        out.start.push_back(std::numeric_limits<double>::infinity());
        continue;
      }
      const auto at = std::lower_bound(out.chromosome_name.begin(), out.chromosome_name.end(), positions.chromosome[usize(place)]);
      out.chromosome.push_back(static_cast<std::int32_t>(at - out.chromosome_name.begin()));
      out.start.push_back(positions.start[usize(place)]);
    }
    return out;
  }
  static void each_array(auto& self, auto&& visit) {
    visit("chromosome", self.chromosome);
    visit("start", self.start);
    visit("chromosome_name", self.chromosome_name);
  }
  void check(std::int32_t n_genes) const {
    if (chromosome.size() != usize(n_genes))
      throw bad_data("positions are known of " + std::to_string(chromosome.size()) + " genes, but these cells have " +
                     std::to_string(n_genes) + " columns; bring them into the order of the training genes first");
  }
  /// Whether gene a lies before gene b on their chromosome: unknown starts last.
  [[nodiscard]] bool starts_before(std::int32_t a, std::int32_t b) const { return start[usize(a)] < start[usize(b)]; }
};

namespace composition {

/// How genes stand inside of a chromosome.
enum class within {
  by_start,  ///< by where they begin (UCE)
  as_they_stand,  ///< in the order that the sentence had
};
/// For which chromosomes the sentence opens.
enum class opened {
  those_said,  ///< those that have a token in the sentence (UCE)
  those_expressed,  ///< all of which the cell has a gene, also where the sample drew none (HEIMDALL)
};

/// Brings the tokens of each chromosome together: <open c> genes <close>, chromosomes in an order drawn for the cell.
/// ties   equal starts in ascending gene; repeats side by side      empty  no tokens
/// draws  one a chromosome: the smallest comes first               tokens "<close>", "<open NAME>"; unknown genes stand under
///        "<open ?>" where `keep_unknown`, else they are left out
/// out    channel special: 0 gene, 1 close, 2 + c open chromosome c; the unknown one is the last c
/// cost   O(tokens log tokens)            repeat bit-equal everywhere
/// source Rosen et al. 2023 (UCE)
template <within Within = within::by_start, opened Opened = opened::those_said>
struct grouped_by_chromosome {
  static constexpr std::string_view name = "by_chromosome";
  using channel_list = tepui::channels<channel::special>;

  std::string bound_from = "hand";
  placed_genes genes;
  bool keep_unknown = true;

  struct scratch {
    std::vector<std::int32_t> old, count;
    std::vector<std::pair<double, std::int32_t>> chromosome;
    std::vector<std::pair<std::int32_t, std::int32_t>> members;  // place in the sentence, entry
  };
  [[nodiscard]] std::string describe() const { return bound_from; }
  static void each_array(auto& self, auto&& visit) {
    visit("bound_from", self.bound_from);
    placed_genes::each_array(self.genes, visit);
    visit("keep_unknown", self.keep_unknown);
  }
  void check(std::int32_t n_genes) const { genes.check(n_genes); }
  [[nodiscard]] std::int32_t n_chromosomes() const { return static_cast<std::int32_t>(genes.chromosome_name.size()); }
  [[nodiscard]] std::int32_t n_special() const { return n_chromosomes() + (keep_unknown ? 2 : 1); }
  [[nodiscard]] std::vector<std::string> special_names() const {
    std::vector<std::string> out{"<close>"};
    for (const std::string& c : genes.chromosome_name) out.push_back("<open " + c + ">");
    if (keep_unknown) out.push_back("<open ?>");
    return out;
  }

  void operator()(const auto& cell, sentence& s, scratch& r, const random_source auto& random) const {
    r.old.assign(s.at.begin(), s.at.end());
    r.count.assign(usize(n_chromosomes()) + 1, 0);
    if (Opened == opened::those_said) {
      for (const std::int32_t at : r.old)
        if (at >= 0) ++r.count[slot_of(cell.gene[usize(at)])];
    } else {
      for (const std::int32_t g : cell.gene) ++r.count[slot_of(g)];
    }
    r.chromosome.clear();
    for (std::size_t c = 0; c < r.count.size(); ++c)
      if (r.count[c] > 0 && (keep_unknown || c < usize(n_chromosomes())))
        r.chromosome.emplace_back(random.uniform(cell.cell_id, c), static_cast<std::int32_t>(c));
    std::sort(r.chromosome.begin(), r.chromosome.end());
    s.at.clear();
    for (const auto& [draw, c] : r.chromosome) {
      r.members.clear();
      for (std::size_t i = 0; i < r.old.size(); ++i)
        if (r.old[i] >= 0 && slot_of(cell.gene[usize(r.old[i])]) == usize(c))
          r.members.emplace_back(static_cast<std::int32_t>(i), r.old[i]);
      if (Within == within::by_start)
        std::sort(r.members.begin(), r.members.end(), [&](const auto& a, const auto& b) {
          const std::int32_t ga = cell.gene[usize(a.second)], gb = cell.gene[usize(b.second)];
          if (genes.starts_before(ga, gb)) return true;
          return !genes.starts_before(gb, ga) && std::pair(a.second, a.first) < std::pair(b.second, b.first);
        });
      s.at.push_back(s.make_special(1 + c));
      for (const auto& [place, entry] : r.members) s.at.push_back(entry);
      s.at.push_back(s.make_special(0));
    }
  }

 private:
  [[nodiscard]] std::size_t slot_of(std::int32_t gene) const {
    const std::int32_t c = genes.chromosome[usize(gene)];
    return c < 0 ? usize(n_chromosomes()) : usize(c);
  }
};

/// by_chromosome{.positions = io::read_gene_positions("genes.tsv")}: becomes grouped_by_chromosome.
/// fit    finds the genes in the table and looks at no cell            errors see match_names
template <within Within = within::by_start, opened Opened = opened::those_said>
struct by_chromosome {
  static constexpr std::string_view name = "by_chromosome";
  using fitted = grouped_by_chromosome<Within, Opened>;
  gene_positions positions;
  bool keep_unknown = true;
  double min_share = 0.5;
  [[nodiscard]] std::string describe() const {
    return "by_chromosome(" + (positions.source.empty() ? std::to_string(positions.name.size()) + " genes" : positions.source) + ")";
  }
  template <training_cells Cells>
  [[nodiscard]] fitted fit(const Cells& train, const fit_context&) const {
    return {describe(), placed_genes::of(train.genes(), positions, min_share), keep_unknown};
  }
};

/// Sorts the genes of each chromosome by start among the places that this chromosome has in ascending gene: the order itself
/// is not by chromosome.
/// ties   equal starts in ascending gene            cost   O(entries log entries)
/// source ChromosomeOrder of HEIMDALL as it was meant; as it is: compat::slots_by_token_start
struct slots_by_start {
  static constexpr std::string_view name = "slots_by_start";
  static constexpr bool begins = true;
  placed_genes genes;
  struct scratch {
    std::vector<std::pair<std::int32_t, std::int32_t>> by_chromosome;  // chromosome, entry
    std::vector<std::int32_t> places;
  };
  [[nodiscard]] std::string describe() const { return std::string(name); }
  static void each_array(auto& self, auto&& visit) { placed_genes::each_array(self.genes, visit); }
  void check(std::int32_t n_genes) const { genes.check(n_genes); }
  void operator()(const auto& cell, sentence& s, scratch& r, const auto&) const {
    sort_slots(cell, s, r, [&](std::int32_t entry) { return cell.gene[usize(entry)]; });
  }

 protected:
  /// in     where_of(entry): the gene whose start stands for the entry
  void sort_slots(const auto& cell, sentence& s, scratch& r, const auto& where_of) const {
    r.by_chromosome.clear();
    for (std::size_t i = 0; i < cell.size(); ++i)
      r.by_chromosome.emplace_back(genes.chromosome[usize(cell.gene[i])], static_cast<std::int32_t>(i));
    std::sort(r.by_chromosome.begin(), r.by_chromosome.end());
    s.at.resize(cell.size());
    for (std::size_t from = 0, to = 0; from < r.by_chromosome.size(); from = to) {
      while (to < r.by_chromosome.size() && r.by_chromosome[to].first == r.by_chromosome[from].first) ++to;
      r.places.clear();
      for (std::size_t i = from; i < to; ++i) r.places.push_back(r.by_chromosome[i].second);
      std::sort(r.by_chromosome.begin() + isize(from), r.by_chromosome.begin() + isize(to), [&](const auto& a, const auto& b) {
        const std::int32_t ga = where_of(a.second), gb = where_of(b.second);
        if (genes.starts_before(ga, gb)) return true;
        return !genes.starts_before(gb, ga) && a.second < b.second;
      });
      for (std::size_t i = from; i < to; ++i) s.at[usize(r.places[i - from])] = r.by_chromosome[i].second;
    }
  }
};

}  // namespace composition
}  // namespace tepui::tokenize
