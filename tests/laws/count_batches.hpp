#pragma once
/// Cells to try the laws on: small, with ties, zeros that are written down, empty cells, and rows that do not touch.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <rapidcheck.h>

#include <tepui/flow/cell_source.hpp>
#include <tepui/stage/fitting.hpp>

#include "laws/other_place.hpp"

namespace tepui::laws {

/// One cell as a reader sees it: gene and value, genes ascending.
using plain_cell = std::vector<std::pair<std::int32_t, float>>;
using plain_cells = std::vector<plain_cell>;

/// Counts in memory of a place. Between the rows lies rubbish that nobody may read, and cell ids are not positions.
template <class Scale, class Place = host>
[[nodiscard]] counts<Scale, float, Place> batch_of(const plain_cells& cells, std::int32_t n_genes) {
  counts<Scale, float, Place> out;
  out.n_genes = n_genes;
  const auto rubbish = [&] {
    out.gene.push_back(-7);
    out.value.push_back(std::numeric_limits<float>::quiet_NaN());
  };
  for (std::size_t c = 0; c < cells.size(); ++c) {
    rubbish();
    out.row_begin.push_back(isize(out.gene.size()));
    for (const auto& [gene, value] : cells[c]) {
      out.gene.push_back(gene);
      out.value.push_back(value);
    }
    out.row_end.push_back(isize(out.gene.size()));
    out.cell_id.push_back(1000 + 17 * isize(c));
  }
  rubbish();
  return out;
}

/// Values of a scale from few levels, so that ties are common. 0 is among them: files hold written zeros.
template <class Scale>
[[nodiscard]] float value_of_level(int level) {
  if constexpr (std::is_same_v<Scale, scale::raw>) return static_cast<float>(level);
  if constexpr (std::is_same_v<Scale, scale::other>) return static_cast<float>(level - 2) * 0.75F;
  return static_cast<float>(level) * 0.7F;
}

template <class Scale>
[[nodiscard]] rc::Gen<plain_cells> any_cells(std::int32_t n_genes) {
  // A level of -1 means that the gene is not there.
  const auto levels =
      rc::gen::container<std::vector<int>>(usize(n_genes), rc::gen::element(-1, -1, -1, -1, 0, 1, 1, 1, 2, 3, 9));
  const auto cell = rc::gen::map(rc::gen::pair(rc::gen::inRange(0, 6), levels), [](const auto& drawn) {
    plain_cell out;
    if (drawn.first == 0) return out;  // an empty cell
    for (std::size_t g = 0; g < drawn.second.size(); ++g)
      if (drawn.second[g] >= 0) out.emplace_back(static_cast<std::int32_t>(g), value_of_level<Scale>(drawn.second[g]));
    return out;
  });
  return rc::gen::container<plain_cells>(cell);
}

/// A training corpus of 40 cells in two groups, the same in every run. It reaches every gene and has an empty cell.
template <class Scale>
[[nodiscard]] plain_cells training_plain(std::int32_t n_genes) {
  plain_cells out;
  const kernel::draws draws(5, "laws");
  for (std::int64_t c = 0; c < 40; ++c) {
    auto& cell = out.emplace_back();
    if (c == 7) continue;
    for (std::int32_t g = 0; g < n_genes; ++g) {
      const bool own = (g < n_genes / 2) == (c % 2 == 0);
      if (draws.uniform(c, usize(g)) < (own ? 0.9 : 0.2))
        cell.emplace_back(g, value_of_level<Scale>(1 + static_cast<int>(draws.below(own ? 9 : 2, c, usize(g) + 1000))));
    }
  }
  return out;
}

/// Genes g0, g1, ... (symbols) with ids ENSG00, ENSG01, ...
[[nodiscard]] inline gene_table law_genes(std::int32_t n_genes) {
  gene_table genes;
  for (std::int32_t g = 0; g < n_genes; ++g) {
    genes.id.push_back("ENSG" + std::to_string(g / 10) + std::to_string(g % 10));
    genes.symbol.push_back("g" + std::to_string(g));
  }
  return genes;
}

/// Training cells as a stage's fit reads them, in batches of a given size.
template <class Scale>
class training {
 public:
  training(const plain_cells& cells, std::int32_t n_genes, std::int64_t batch = 16)
      : batch_(batch), cells_(batch_of<Scale>(cells, n_genes)), genes_(law_genes(n_genes)) {}
  [[nodiscard]] std::int64_t n_cells() const { return cells_.n_cells(); }
  [[nodiscard]] const gene_table& genes() const { return genes_; }
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (std::int64_t first = 0; first < n_cells(); first += batch_)
      visit(cells_.view().part(first, std::min(batch_, n_cells() - first)));
  }

 private:
  std::int64_t batch_;
  counts<Scale> cells_;
  gene_table genes_;
};

/// The stage itself, or what it becomes on the training corpus of the laws.
template <class Scale, class Stage>
[[nodiscard]] auto ready(const Stage& stage, std::int32_t n_genes) {
  if constexpr (needs_fit<Stage>) {
    return stage.fit(training<Scale>(training_plain<Scale>(n_genes), n_genes), fit_context{kernel::draws(3, "law")});
  } else {
    return stage;
  }
}

/// A permutation of n that depends on n and a number.
[[nodiscard]] inline std::vector<std::int64_t> permutation(std::int64_t n, std::uint64_t number) {
  std::vector<std::pair<std::uint64_t, std::int64_t>> order;
  for (std::int64_t i = 0; i < n; ++i) order.emplace_back(kernel::draws(number, "permutation").bits(i), i);
  std::sort(order.begin(), order.end());
  std::vector<std::int64_t> out;
  for (const auto& [bits, i] : order) out.push_back(i);
  return out;
}

/// Overwrites a buffer with rubbish of another size.
inline void spoil(auto& buffer, std::size_t n) {
  using T = typename std::remove_cvref_t<decltype(buffer)>::value_type;
  buffer.assign(n, static_cast<T>(113));
}

}  // namespace tepui::laws
