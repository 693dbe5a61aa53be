#pragma once
/// What a sampler is: it looks at a whole corpus and says which of its cells to keep.

#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/number_text.hpp>
#include <tepui/kernel/rng.hpp>

namespace tepui::sample {

/// The cells that a sampler chooses from.
/// shapes  cell_id [cells], or empty: then a cell's row is its id; label [cells] codes, -1 where missing, or empty: not known
struct population {
  std::int64_t n_cells = 0;
  std::span<const std::int64_t> cell_id{};
  std::span<const std::int32_t> label{};

  [[nodiscard]] std::int64_t id_of(std::int64_t row) const {
    return cell_id.empty() ? row : cell_id[static_cast<std::size_t>(row)];
  }
};

/// A sampler has a name, tells its settings, and gives the chosen rows, ascending. Its random numbers are keyed by cell id: the
/// order of the rows does not change which cells are chosen.
template <class S>
concept sampler = requires(const S& s, const population& cells, const kernel::draws& random) {
  { S::name } -> std::convertible_to<std::string_view>;
  { s.describe() } -> std::convertible_to<std::string>;
  { s(cells, random) } -> std::same_as<std::vector<std::int64_t>>;
};

}  // namespace tepui::sample
