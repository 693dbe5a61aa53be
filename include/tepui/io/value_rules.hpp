#pragma once
/// Decides whether a number from a file may stand in a count matrix, and says in words which cell and gene it belongs to if
/// not.

#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include <tepui/flow/dataset.hpp>
#include <tepui/flow/scale.hpp>
#include <tepui/io/read_options.hpp>

namespace tepui::io {

/// What the values of a matrix have in common.
struct value_facts {
  bool fractions = false, negatives = false, not_finite = false;
  std::int64_t n = 0;
  void see(double v) {
    ++n;
    if (!std::isfinite(v)) not_finite = true;
    if (v < 0) negatives = true;
    if (v != std::floor(v)) fractions = true;
  }
  /// Whole numbers >= 0, as raw counts are.
  [[nodiscard]] bool counts() const { return !fractions && !negatives && !not_finite; }
};

/// Largest whole number up to which a float holds every whole number.
inline constexpr double largest_count = 16'777'216.0;

/// Where a value stands in the matrix.
struct matrix_place {
  std::int64_t cell = 0, gene = 0;
};

/// The rules for one matrix of the given scale.
/// raw               whole numbers from 0 to 2^24
/// normalised, log1p finite, >= 0
/// other             finite; but whole numbers among which some are negative are damaged counts
template <class Scale>
class value_rules {
 public:
  value_rules(std::string path, std::string where, const std::vector<std::string>& cells, const gene_table& genes)
      : path_(std::move(path)), where_(std::move(where)), cells_(&cells), genes_(&genes) {}

  /// Checks values and narrows them. place_of(k) is asked only where in[k] is refused.
  template <class PlaceOf>
  void accept(std::span<const double> in, std::span<float> out, PlaceOf place_of) {
    for (std::size_t k = 0; k < in.size(); ++k) {
      const double v = in[k];
      if (!allowed(v)) fail(place_of(k), v);
      if (v < 0 && !negative_) negative_ = true, first_negative_ = place_of(k), first_negative_value_ = v;
      fraction_ |= v != std::floor(v);
      out[k] = static_cast<float>(v);
    }
  }
  /// A sum of values that stood in one place.
  [[nodiscard]] float accept_sum(double v, matrix_place at) const {
    if (!allowed(v)) fail(at, v);
    return static_cast<float>(v);
  }
  /// Call once, after the last value.
  void finish() const {
    if (negative_ && !fraction_)
      refuse(path_, in_quotes(where_),
             "all values are whole numbers and some are negative (" + place_text(first_negative_) + " holds " +
                 shortest(first_negative_value_) + "), so these are damaged counts; get the counts again");
  }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const std::string& where() const { return where_; }

 private:
  static bool allowed(double v) {
    if constexpr (std::is_same_v<Scale, scale::raw>) return v >= 0 && v <= largest_count && v == std::floor(v);
    if constexpr (std::is_same_v<Scale, scale::other>) return std::fabs(v) <= std::numeric_limits<float>::max();
    return v >= 0 && v <= std::numeric_limits<float>::max();
  }
  [[nodiscard]] std::string place_text(matrix_place at) const {
    std::string text = "cell " + std::to_string(at.cell);
    if (at.cell < isize(cells_->size())) text += " " + in_quotes((*cells_)[usize(at.cell)]);
    text += ", gene " + std::to_string(at.gene);
    if (at.gene < genes_->size()) {
      const std::string& symbol = genes_->symbol[usize(at.gene)];
      text += " " + in_quotes(symbol.empty() ? genes_->id[usize(at.gene)] : symbol);
    }
    return text;
  }
  [[noreturn]] void fail(matrix_place at, double v) const {
    std::string rule;
    if (!std::isfinite(v)) {
      rule = "values must be finite; remove or replace it";
    } else if (std::fabs(v) > std::numeric_limits<float>::max()) {
      rule = "3.4e38 is the largest number that fits; rescale the matrix";
    } else if (std::is_same_v<Scale, scale::raw> && v > largest_count) {
      rule = "16777216 (2^24) is the largest count that is kept exactly; this is no molecule count";
    } else if (std::is_same_v<Scale, scale::raw>) {
      rule = std::string(v < 0 ? "a raw count is never negative" : "a raw count is a whole number") +
             "; name the matrix that holds the counts (raw/X or layers/...), or read it with the scale it has";
    } else {
      rule = std::string(Scale::name) + " values are never negative; read it with scale::other";
    }
    refuse(path_, in_quotes(where_), place_text(at) + " holds " + shortest(v) + ", and " + rule);
  }

  std::string path_, where_;
  const std::vector<std::string>* cells_;
  const gene_table* genes_;
  bool negative_ = false, fraction_ = false;
  matrix_place first_negative_;
  double first_negative_value_ = 0;
};

}  // namespace tepui::io
