#pragma once
/// Brings the genes of new data into the order that a fitted pipeline knows.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <tepui/flow/cell_source.hpp>
#include <tepui/flow/dataset.hpp>
#include <tepui/flow/error.hpp>
#include <tepui/transform/moved_columns.hpp>

namespace tepui {

/// For each gene of the data, its column in the pipeline's vocabulary, or -1.
struct gene_map {
  std::vector<std::int32_t> to;   ///< [genes of the data]
  std::int32_t n_vocabulary = 0;
  std::int32_t n_matched = 0;     ///< genes of the vocabulary that the data has
  bool identity = false;          ///< same genes in the same order: nothing to do
  [[nodiscard]] double share() const {
    return n_vocabulary == 0 ? 1.0 : static_cast<double>(n_matched) / static_cast<double>(n_vocabulary);
  }
};

/// Matches genes by Ensembl id where both sides have one (version suffixes are taken off by the readers), else by symbol.
/// in     the genes of the pipeline and of the data; the smallest share of the pipeline's genes that must be found
/// ties   a name that stands twice in the vocabulary means its first column; data columns of one gene are added up
/// errors bad_data below `min_share`, with the share, an example of each side, and the likely cause
/// cost   O(genes)
[[nodiscard]] inline gene_map match_genes(const gene_table& vocabulary, const gene_table& data, double min_share,
                                          const std::string& source = "the data") {
  gene_map map;
  map.n_vocabulary = vocabulary.size();
  map.identity = vocabulary == data;
  std::unordered_map<std::string, std::int32_t> by_id, by_symbol;
  for (std::int32_t g = 0; g < vocabulary.size(); ++g) {
    if (!vocabulary.id[usize(g)].empty()) by_id.emplace(vocabulary.id[usize(g)], g);
    if (!vocabulary.symbol[usize(g)].empty()) by_symbol.emplace(vocabulary.symbol[usize(g)], g);
  }
  std::vector<char> seen(usize(map.n_vocabulary), 0);
  map.to.assign(usize(data.size()), -1);
  for (std::int32_t g = 0; g < data.size(); ++g) {
    std::int32_t found = -1;
    if (const auto hit = by_id.find(data.id[usize(g)]); hit != by_id.end() && !hit->first.empty()) {
      found = hit->second;
    } else if (const auto named = by_symbol.find(data.symbol[usize(g)]);
               named != by_symbol.end() &&
               (data.id[usize(g)].empty() || vocabulary.id[usize(named->second)].empty())) {
      found = named->second;
    }
    map.to[usize(g)] = found;
    if (found >= 0 && !seen[usize(found)]) {
      seen[usize(found)] = 1;
      ++map.n_matched;
    }
  }
  if (map.share() < min_share) {
    const auto example = [](const gene_table& t) {
      if (t.size() == 0) return std::string("none");
      return t.id[0].empty() ? t.symbol[0] : t.id[0] + " " + t.symbol[0];
    };
    char numbers[160];
    std::snprintf(numbers, sizeof numbers, "only %d of %d genes of the fitted pipeline (%.1f %%, wanted %.1f %%)", map.n_matched,
                  map.n_vocabulary, 100 * map.share(), 100 * min_share);
    throw bad_data(std::string(numbers) + " are in " + source + ": the pipeline knows genes such as '" + example(vocabulary) +
                   "', the data has '" + example(data) +
                   "'; check the species and whether genes are named by Ensembl id or by symbol, or lower min_share");
  }
  return map;
}

/// A source with its genes brought into the order of a vocabulary; genes that it does not know are left out, and totals count them.
/// Borrows the source.
template <cell_source Source>
class aligned_source {
 public:
  using inner_view = view_of_t<Source>;
  using buffer = counts<typename inner_view::scale, typename inner_view::value_type, typename inner_view::place>;
  struct room {
    typename Source::room inner;
    buffer aligned;
    transform::moving_room moving;
  };
  aligned_source(const Source& source, const gene_table& vocabulary, gene_map map)
      : source_(&source), vocabulary_(&vocabulary), map_(std::move(map)) {}
  [[nodiscard]] std::int64_t n_cells() const { return source_->n_cells(); }
  [[nodiscard]] const gene_table& genes() const { return *vocabulary_; }
  [[nodiscard]] inner_view read(std::int64_t first, std::int64_t n, room& r) const {
    const inner_view in = source_->read(first, n, r.inner);
    if (map_.identity) return in;
    transform::move_columns(map_.to, map_.n_vocabulary, in, r.aligned, r.moving);
    return r.aligned.view(in.cells);
  }

 private:
  const Source* source_;
  const gene_table* vocabulary_;
  gene_map map_;
};

}  // namespace tepui
