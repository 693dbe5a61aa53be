#pragma once
/// What a sampler is: it looks at a whole corpus and says which of its cells to keep.

#include <cmath>
#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/matrix.hpp>
#include <tepui/flow/number_text.hpp>
#include <tepui/kernel/rng.hpp>

namespace tepui::sample {

/// A column of obs as codes.                           code [cells], -1 where missing
struct column {
  std::string_view name;
  std::span<const std::int32_t> code;
};

/// The cells that a sampler chooses from, and what it may know of them. A sampler that needs what is not there says so.
/// shapes  cell_id [cells], or empty: then a cell's row is its id; label [cells] codes, -1 where missing, or empty: not known;
///         columns [columns] of [cells] codes (donor, tissue, dose ...); embedding [cells, dims], or empty
struct population {
  std::int64_t n_cells = 0;
  std::span<const std::int64_t> cell_id{};
  std::span<const std::int32_t> label{};
  std::span<const column> columns{};
  embedding_view<> embedding{};

  [[nodiscard]] std::int64_t id_of(std::int64_t row) const { return cell_id.empty() ? row : cell_id[usize(row)]; }
};

/// Refuses a share of cells that is not in (0, 1].
/// errors  bad_option that names the sampler and the value
inline void check_fraction(std::string_view sampler_name, double fraction) {
  if (!(fraction > 0 && fraction <= 1))
    throw bad_option("sample::" + std::string(sampler_name) + ": fraction is " + shortest(fraction) +
                     ", but must be above 0 and at most 1; give the share of the cells to keep, such as 0.1");
}

/// Refuses a population whose cells have no labels, or too few, or codes that are no label.
/// errors bad_option; bad_data where a code is below -1        cost  O(cells)
inline void check_labels(std::string_view sampler_name, const population& cells) {
  if (isize(cells.label.size()) != cells.n_cells)
    throw bad_option("sample::" + std::string(sampler_name) + ": there are " + std::to_string(cells.label.size()) + " labels for " +
                     std::to_string(cells.n_cells) + " cells; give population::label, one code a cell");
  for (std::size_t row = 0; row < cells.label.size(); ++row)
    if (cells.label[row] < -1)
      throw bad_data("sample::" + std::string(sampler_name) + ": the cell in row " + std::to_string(row) +
                     " has the label code " + std::to_string(cells.label[row]) +
                     "; codes are 0 and above, and -1 where the label is missing");
}

/// Refuses a population whose cells have no embedding, or one of other cells.
inline void check_embedding(std::string_view sampler_name, const population& cells) {
  const std::int64_t dims = cells.embedding.n_columns;
  if (cells.n_cells > 0 && (dims < 1 || isize(cells.embedding.value.size()) != cells.n_cells * dims))
    throw bad_option("sample::" + std::string(sampler_name) + ": the embedding holds " + std::to_string(cells.embedding.value.size()) +
                     " numbers in " + std::to_string(dims) + " dims for " + std::to_string(cells.n_cells) +
                     " cells; give population::embedding, one row a cell, such as X_pca");
}

/// Refuses an embedding with a number that is none.
/// errors bad_data that names the row and the dim
/// cost   O(cells * dims)
inline void check_finite(std::string_view sampler_name, const population& cells) {
  for (std::size_t i = 0; i < cells.embedding.value.size(); ++i)
    if (!std::isfinite(cells.embedding.value[i]))
      throw bad_data("sample::" + std::string(sampler_name) + ": the embedding is " + shortest(cells.embedding.value[i]) +
                     " in row " + std::to_string(isize(i) / cells.embedding.n_columns) + ", dim " +
                     std::to_string(isize(i) % cells.embedding.n_columns) +
                     "; distances need finite numbers: leave such cells out or embed them again");
}

/// A sampler has a name, tells its settings, and gives the chosen rows, ascending. Its random numbers are keyed by cell id: the
/// order of the rows does not change which cells are chosen.
template <class S>
concept sampler = requires(const S& s, const population& cells, const kernel::draws& random) {
  { S::name } -> std::convertible_to<std::string_view>;
  { s.describe() } -> std::convertible_to<std::string>;
  { s(cells, random) } -> std::same_as<std::vector<std::int64_t>>;
};

}  // namespace tepui::sample
