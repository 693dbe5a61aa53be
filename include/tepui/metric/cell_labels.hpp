#pragma once
/// Cells sorted into named groups (types, batches, donors), as metrics read them.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/table.hpp>

namespace tepui::metric {

/// A look at a column of labels.                       code [cells] in [0, name); name [labels]
/// invariants  after check(): no missing code. A label without cells is legal, and counts nowhere
/// cost    copies pointers only
struct cell_labels {
  std::span<const std::int32_t> code;
  std::span<const std::string> name;

  cell_labels() = default;
  cell_labels(std::span<const std::int32_t> codes, std::span<const std::string> names) : code(codes), name(names) {}
  cell_labels(const categorical& column) : code(column.code), name(column.category) {}

  [[nodiscard]] bool given() const { return !code.empty(); }
  [[nodiscard]] std::int32_t n_labels() const { return static_cast<std::int32_t>(name.size()); }
  [[nodiscard]] std::int64_t n_cells() const { return isize(code.size()); }

  /// errors  bad_data, naming the column: another number of cells than n, a code outside [0, labels)
  void check(std::int64_t n, std::string_view column) const {
    if (n_cells() != n)
      throw bad_data("there are " + std::to_string(n_cells()) + " " + std::string(column) + " labels for " +
                     std::to_string(n) + " cells; give one a cell");
    for (std::size_t i = 0; i < code.size(); ++i)
      if (code[i] < 0 || code[i] >= n_labels())
        throw bad_data("cell " + std::to_string(i) + " has the " + std::string(column) + " label " +
                       std::to_string(code[i]) + ", but labels lie between 0 and " + std::to_string(n_labels() - 1) +
                       " (-1 means missing); leave cells without one out");
  }
  /// Cells of each label.                                                                          -> [labels]
  [[nodiscard]] std::vector<std::int64_t> sizes() const {
    std::vector<std::int64_t> out(name.size(), 0);
    for (const std::int32_t c : code) ++out[usize(c)];
    return out;
  }
  /// Labels that have cells.
  [[nodiscard]] std::int64_t n_with_cells() const {
    std::int64_t out = 0;
    for (const std::int64_t size : sizes()) out += size > 0;
    return out;
  }
};

}  // namespace tepui::metric
