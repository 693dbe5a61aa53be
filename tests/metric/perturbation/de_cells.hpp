#pragma once
/// Cells for the tests of differential expression: the golden ones, and small ones drawn with a known effect.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/kernel/rng.hpp>
#include <tepui/metric/perturbation/de_table.hpp>
#include <tepui/metric/perturbation/perturbed_cells.hpp>

#include "laws/npy.hpp"

namespace tepui::tests::de_cells {

/// Owned cells.                                         value [cells, genes]; code, id [cells]
struct cells {
  std::int64_t n_genes = 0;
  std::vector<float> value;
  std::vector<std::int32_t> code;
  std::vector<std::int64_t> id;

  [[nodiscard]] metric::labelled_cells view(std::span<const std::string> names) const {
    return {dense_view<scale::log1p>{n_genes, value, cell_axis<>(id)}, {code, names}};
  }
  void add(std::span<const float> row, std::int32_t label) {
    value.insert(value.end(), row.begin(), row.end());
    code.push_back(label);
    id.push_back(isize(id.size()));
  }
  [[nodiscard]] std::span<const float> row(std::size_t cell) const {
    return std::span(value).subspan(cell * usize(n_genes), usize(n_genes));
  }
};

/// Cells of P0 (the control), P1 ...: perturbation p moves gene g by effect where (g + p) % 4 == 0; the last moves none.
inline cells drawn(std::uint64_t seed, std::int32_t n_labels, std::int64_t each, std::int64_t n_genes, double effect) {
  const kernel::draws random(seed, "test: cells");
  cells out{n_genes, {}, {}, {}};
  for (std::int64_t c = 0; c < each * n_labels; ++c) {
    const auto p = static_cast<std::int32_t>(c % n_labels);
    std::vector<float> row;
    for (std::int64_t g = 0; g < n_genes; ++g) {
      const auto draw = static_cast<std::uint64_t>(g);
      const bool moved = p > 0 && p < n_labels - 1 && (g + p) % 4 == 0;
      const double v = 1 + 0.3 * random.normal(c, draw) + (moved ? effect * (g % 2 == 0 ? 1 : -1) : 0.0);
      row.push_back(random.uniform(c, draw + 1000) < 0.2 ? 0.0F : static_cast<float>(std::max(0.0, v)));
    }
    out.add(row, p);
  }
  return out;
}
inline std::vector<std::string> names_of(std::int32_t n) {
  std::vector<std::string> out;
  for (std::int32_t p = 0; p < n; ++p) out.push_back("P" + std::to_string(p));
  return out;
}

/// The golden cells: 660 cells of 80 genes, 40 perturbations of 14 cells and 100 control cells (label 0).
inline cells golden(const std::string& shared, const std::string& file) {
  cells out{80,
            laws::npy<float>(shared, "golden/metrics/" + file),
            laws::npy<std::int32_t>(shared, "golden/metrics/pert_code_660.npy"),
            {}};
  for (std::size_t c = 0; c < out.code.size(); ++c) out.id.push_back(isize(c));
  return out;
}
inline metric::de_table table_of(const cells& of, std::int32_t n_labels = 41, int threads = 1) {
  return metric::differential_expression(std::span<const float>(of.value), of.n_genes, {of.code, n_labels, 0}, threads);
}

/// The lines of a table with a header, cut at commas.
inline std::vector<std::vector<std::string>> lines_of(const std::string& text) {
  std::vector<std::vector<std::string>> out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    out.emplace_back();
    for (std::size_t from = at; from <= end;) {
      const std::size_t to = std::min(text.find(',', from), end);
      out.back().push_back(text.substr(from, to - from));
      from = to + 1;
    }
    at = end + 1;
  }
  return out;
}
/// A number as Python writes it; NaN where there is none.
inline double number(const std::string& text) {
  return text.empty() ? std::numeric_limits<double>::quiet_NaN() : std::stod(text);
}
/// A column of such a table by its name. errors  std::out_of_range
inline std::vector<double> column(const std::vector<std::vector<std::string>>& lines, std::string_view name) {
  std::size_t c = 0;
  while (lines.at(0).at(c) != name) ++c;
  std::vector<double> out;
  for (std::size_t l = 1; l < lines.size(); ++l) out.push_back(number(lines[l].at(c)));
  return out;
}
/// A table of cell-eval's, as golden files hold it.
inline metric::de_table golden_table(const std::string& shared, const std::string& file) {
  const auto lines = lines_of(laws::shared_text(shared, "golden/metrics/" + file));
  metric::de_table out;
  out.n_genes = 80;
  for (std::int32_t p = 1; p <= 40; ++p) out.perturbation.push_back(p);
  out.log2_fold_change = column(lines, "log2_fold_change");
  out.p = column(lines, "p_value");
  out.fdr = column(lines, "fdr");
  return out;
}
inline bool near(double a, double b, double relative) {
  return (std::isnan(a) && std::isnan(b)) || a == b || std::abs(a - b) <= relative * std::abs(b);
}

}  // namespace tepui::tests::de_cells
