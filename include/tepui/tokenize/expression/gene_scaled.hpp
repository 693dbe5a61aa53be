#pragma once
/// Divides each gene by its usual level before genes are compared, so that a gene that is always abundant is not always first.

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/vocabulary.hpp>
#include <tepui/kernel/simd/scaled.hpp>
#include <tepui/stage/fitting.hpp>
#include <tepui/stage/match_names.hpp>
#include <tepui/stage/port.hpp>
#include <tepui/tokenize/sentence.hpp>

namespace tepui::tokenize::expression {

/// count / total * target / usual level of the gene, in float64 from left to right.
/// in     raw counts [entries]; `total` of the cell: its own where known, else the sum of the row, genes outside included
/// out    channel value: a float within 5 floats of that number (two products with the inverse); key::level orders genes by the
///        float64 number itself
/// errors bad_data: another number of genes; a total <= 0 beside counts
/// cost   O(entries) per cell, and divisions only for genes too close to tell            repeat bit-equal everywhere
/// source Theodoris et al. 2023 (Geneformer): nonzero medians of its corpus; Nicheformer: nonzero means by technology
class gene_scaled {
 public:
  static constexpr std::string_view name = "gene_scaled";
  static constexpr bool reads_total = true;
  using takes = port::counts<scale::raw>;
  using channel_list = channels<channel::value>;
  template <class Value>
  using level = float;
  struct scratch {
    std::vector<float> near;
  };

  gene_scaled() = default;
  /// in     usual [genes] above 0; 0: the gene is not in the list and never ranks
  gene_scaled(std::vector<double> usual, double target = 1e4, std::string bound_from = "gene_scaled(by hand)")
      : bound_from_(std::move(bound_from)), usual_(std::move(usual)), target_(target) {
    for (const double u : usual_) inverse_.push_back(u > 0 ? static_cast<float>(1.0 / u) : 0.0F);
  }
  [[nodiscard]] std::span<const double> usual() const { return usual_; }

  [[nodiscard]] std::string describe() const { return bound_from_; }
  static void each_array(auto& self, auto&& visit) {
    visit("bound_from", self.bound_from_);
    visit("usual", self.usual_);
    visit("inverse", self.inverse_);
    visit("target", self.target_);
  }
  void check(std::int32_t n_genes) const {
    if (usual_.size() != usize(n_genes))
      throw bad_data("the usual levels are those of " + std::to_string(usual_.size()) + " genes, but these cells have " +
                     std::to_string(n_genes) + " columns; bring them into the order of the training genes first");
  }

  template <class Value>
  [[nodiscard]] std::span<const float> levels(const cell_entries<Value, float>& cell, scratch& room, const auto&) const {
    check_total(cell);
    room.near.resize(cell.size());
    const auto scale = static_cast<float>(target_ / (cell.total > 0 ? cell.total : 1.0));
    kernel::simd::scaled_by_gene(cell.value, cell.gene, std::span<const float>(inverse_), scale, room.near.data());
    return room.near;
  }
  /// The number itself, of one entry.
  [[nodiscard]] double exact_level(const auto& cell, std::size_t entry) const {
    const double u = usual_[usize(cell.gene[entry])];
    return u > 0 ? static_cast<double>(cell.value[entry]) / cell.total * target_ / u : 0.0;
  }

 private:
  std::string bound_from_;       // description of the stage that made it
  std::vector<double> usual_;    // [genes]
  std::vector<float> inverse_;   // [genes]
  double target_ = 1e4;
};

/// The same with published levels, by name. A gene that the list does not know gets no token.
/// fit    finds the genes in the list and looks at no cell            errors see match_names; bad_data: a level that is not above 0
struct gene_scaled_by {
  static constexpr std::string_view name = "gene_scaled";
  using takes = gene_scaled::takes;
  using channel_list = gene_scaled::channel_list;
  template <class Value>
  using level = float;
  using fitted = gene_scaled;

  gene_numbers usual;
  double target = 1e4;
  double min_share = 0.5;

  [[nodiscard]] std::string describe() const {
    char text[48];
    std::snprintf(text, sizeof text, ", %.17g)", target);
    return "gene_scaled(" + (usual.source.empty() ? std::to_string(usual.name.size()) + " genes" : usual.source) + text;
  }

  template <training_cells Cells>
  [[nodiscard]] fitted fit(const Cells& train, const fit_context&) const {
    const name_match match = match_names(train.genes(), usual.name, min_share, "list of usual levels", usual.source);
    std::vector<double> found;
    for (const std::int32_t place : match.place) {
      const double m = place < 0 ? 0.0 : usual.value[usize(place)];
      if (place >= 0 && (!(m > 0) || !std::isfinite(m)))
        throw bad_data("the list of usual levels " + usual.source + " gives gene '" + usual.name[usize(place)] + "' the level " +
                       std::to_string(m) + ", and a level must be above 0; correct it, or leave the gene out");
      found.push_back(m);
    }
    return {std::move(found), target, describe()};
  }
};

}  // namespace tepui::tokenize::expression
