#pragma once
/// Describes a gene by the genes that share gene sets with it: pathways, processes, functions.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <tepui/embed/layer.hpp>
#include <tepui/flow/gene_set.hpp>
#include <tepui/stage/match_names.hpp>

namespace tepui::embed {

/// The neighbours of every gene.                     begin [genes + 1]; gene [neighbours], the most alike first
struct gene_neighbours {
  std::vector<std::int64_t> begin{0};
  std::vector<std::int32_t> gene;
};

/// The genes that share gene sets with each gene, by the share of sets in common: sets of both over sets of either.
/// in     sets; words of the vocabulary; at most so many neighbours a gene (0: all that share a set)
/// out    without the gene itself; none where no set names it            ties   lower gene first
/// cost   O(sum of squares of the set sizes)            repeat bit-equal everywhere
[[nodiscard]] inline gene_neighbours neighbours_by_sets(const std::vector<gene_set>& sets, const gene_table& words,
                                                        std::int32_t most) {
  std::unordered_map<std::string_view, std::int32_t> column;
  for (std::int32_t g = 0; g < words.size(); ++g)
    if (!words.id[usize(g)].empty()) column.emplace(without_version(words.id[usize(g)]), g);
  for (std::int32_t g = 0; g < words.size(); ++g)
    if (!words.symbol[usize(g)].empty()) column.emplace(words.symbol[usize(g)], g);
  std::vector<std::vector<std::int32_t>> members, sets_of(usize(words.size()));
  for (const gene_set& set : sets) {
    auto& found = members.emplace_back();
    for (const std::string& gene : set.genes)
      if (const auto hit = column.find(without_version(gene)); hit != column.end()) found.push_back(hit->second);
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    for (const std::int32_t g : found) sets_of[usize(g)].push_back(static_cast<std::int32_t>(members.size()) - 1);
  }
  gene_neighbours out;
  std::vector<std::int32_t> shared(usize(words.size()), 0), touched;
  for (std::int32_t g = 0; g < words.size(); ++g) {
    touched.clear();
    for (const std::int32_t s : sets_of[usize(g)])
      for (const std::int32_t other : members[usize(s)])
        if (other != g && shared[usize(other)]++ == 0) touched.push_back(other);
    const auto alike = [&](std::int32_t other) {  // as a fraction: sets of both, sets of either
      const auto both = std::int64_t{shared[usize(other)]};
      return std::pair(both, isize(sets_of[usize(g)].size() + sets_of[usize(other)].size()) - both);
    };
    const auto before = [&](std::int32_t a, std::int32_t b) {
      const auto [both_a, either_a] = alike(a);
      const auto [both_b, either_b] = alike(b);
      if (both_a * either_b != both_b * either_a) return both_a * either_b > both_b * either_a;
      return a < b;
    };
    const auto kept = most <= 0 ? touched.size() : std::min(touched.size(), usize(most));
    std::partial_sort(touched.begin(), touched.begin() + isize(kept), touched.end(), before);
    out.gene.insert(out.gene.end(), touched.begin(), touched.begin() + isize(kept));
    out.begin.push_back(isize(out.gene.size()));
    for (const std::int32_t other : touched) shared[usize(other)] = 0;
  }
  return out;
}

/// Means of the vectors of a gene's neighbours: what `neighbours_of` becomes.
/// shapes  begin [rows + 1]; neighbour [neighbours]; weights: those of the base
template <class Base>
struct neighbour_means {
  static constexpr int dims = Base::dims;
  using needs = channels<>;
  template <class Real>
  struct room {
    room_t<Base, Real> base;
    memory<std::int32_t> id;
    memory<Real> of;
  };

  std::string made_from = "neighbours";
  Base base;
  std::vector<std::int64_t> begin{0};
  std::vector<std::int32_t> neighbour;

  [[nodiscard]] std::string describe() const { return made_from; }
  static void each_array(auto& self, auto&& visit) {
    visit("made_from", self.made_from);
    each_array_of(self.base, "base.", visit);
    visit("begin", self.begin);
    visit("neighbour", self.neighbour);
  }
  static void each_part(auto& self, auto&& visit) { visit("base", self.base); }
  [[nodiscard]] std::int32_t n_rows() const { return static_cast<std::int32_t>(begin.size()) - 1; }

  template <class Real>
  void forward(std::span<const Real> w, std::span<const std::int32_t> id, std::span<Real> out, room<Real>& r) const {
    constexpr auto width = usize(dims);
    for (std::size_t t = 0; t < id.size();) {
      const std::size_t end = gather(id, t, r.id);
      const std::span<const std::int32_t> who(r.id.data(), r.id.size());
      const auto of = grown(r.of, isize(who.size()) * dims);
      base.forward(w, who, of, r.base);
      for (const Real* from = of.data(); t < end; ++t) {
        Real* const to = out.data() + t * width;
        std::fill_n(to, width, Real(0));
        const std::size_t n = n_of(id[t]);
        for (std::size_t i = 0; i < n; ++i, from += width)
          for (std::size_t d = 0; d < width; ++d) to[d] += from[d];
        if (n > 0)
          for (std::size_t d = 0; d < width; ++d) to[d] /= static_cast<Real>(n);
      }
    }
  }
  template <class Real>
  void backward(std::span<const Real> w, std::span<const std::int32_t> id, std::span<const Real> d_out, std::span<Real> dw,
                room<Real>& r) const {
    constexpr auto width = usize(dims);
    for (std::size_t t = 0; t < id.size();) {
      const std::size_t end = gather(id, t, r.id);
      const std::span<const std::int32_t> who(r.id.data(), r.id.size());
      const auto d_of = grown(r.of, isize(who.size()) * dims);
      for (Real* to = d_of.data(); t < end; ++t) {
        const std::size_t n = n_of(id[t]);
        for (std::size_t i = 0; i < n; ++i, to += width)
          for (std::size_t d = 0; d < width; ++d) to[d] = d_out[t * width + d] / static_cast<Real>(n);
      }
      base.backward(w, who, std::span<const Real>(d_of), dw, r.base);
    }
  }

 private:
  static constexpr std::size_t together = 512;  // vectors that are worth one call of the base

  [[nodiscard]] std::size_t n_of(std::int32_t id) const { return usize(begin[usize(id) + 1] - begin[usize(id)]); }
  /// The neighbours of token t and of those behind it, until they are many.            -> the first token that is left
  [[nodiscard]] std::size_t gather(std::span<const std::int32_t> id, std::size_t t, memory<std::int32_t>& who) const {
    who.clear();
    for (; t < id.size() && (who.empty() || who.size() + n_of(id[t]) <= together); ++t) {
      const auto first = neighbour.begin() + begin[usize(id[t])];
      who.insert(who.end(), first, first + isize(n_of(id[t])));
    }
    return t;
  }
};

/// A gene's vector is the mean of those of the genes that share gene sets with it; zeros where there are none, for special
/// tokens, and for rows behind the vocabulary.
/// write  summed(learned<200>{}, neighbours_of<learned<200>>{sets}), with sets = io::read_gmt("go.gmt")
/// errors bad_option: no sets; bad_data: no two genes of the vocabulary share one
/// cost   fit see neighbours_by_sets; O(most dims) a token            twin   the twin of the base, without the sets
/// source one round over the 20 most alike genes by Gene Ontology in scLong (Bai et al. 2024), without its weights
template <class Base>
struct neighbours_of {
  static constexpr int dims = Base::dims;
  using needs = channels<>;
  using fitted = neighbour_means<fitted_t<Base>>;

  std::vector<gene_set> sets;
  std::int32_t most = 20;  ///< neighbours a gene; 0: all that share a set
  Base base{};

  [[nodiscard]] std::string describe() const {
    std::uint64_t h = 0;
    for (const gene_set& set : sets) {
      h = kernel::mix64(h ^ kernel::hash_text(set.name));
      for (const std::string& gene : set.genes) h = kernel::mix64(h ^ kernel::hash_text(gene));
    }
    return "neighbours " + std::to_string(most) + " by " + std::to_string(sets.size()) + " sets " + std::to_string(h) + " of " +
           base.describe();
  }
  [[nodiscard]] auto untrained() const { return untrained_twin(base); }
  template <training_cells Cells>
  [[nodiscard]] fitted fit(const Cells& train, const fit_context& context) const {
    if (sets.empty()) throw bad_option("neighbours_of was given no gene sets; read some from a GMT file");
    gene_neighbours found = neighbours_by_sets(sets, train.genes(), most);
    if (found.gene.empty())
      throw bad_data("no two genes of the vocabulary share one of the " + std::to_string(sets.size()) + " gene sets ('" +
                     sets[0].name + "' with '" + (sets[0].genes.empty() ? "no gene" : sets[0].genes[0]) +
                     "', ...); check the species and whether genes are named by Ensembl id or by symbol");
    fitted out{describe(), made_ready(base, train, context, "base"), std::move(found.begin), std::move(found.gene)};
    out.begin.resize(usize(out.base.n_rows()) + 1, out.begin.back());  // rows behind the vocabulary have no neighbours
    return out;
  }
};

}  // namespace tepui::embed
