#pragma once
/// Describes a gene by where it lies in the genome.

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <tepui/embed/frozen.hpp>
#include <tepui/embed/sinusoid.hpp>
#include <tepui/flow/vocabulary.hpp>
#include <tepui/kernel/rng.hpp>

namespace tepui::embed {

/// The genes of a table numbered along the genome: chromosomes by name, genes by start; a gene that starts within `near` bases
/// of the first gene of a number shares it.
/// out    number [genes of the table], from 0            ties   lower place in the table
[[nodiscard]] inline std::vector<std::int32_t> places_along_genome(const gene_positions& genes, double near) {
  std::vector<std::size_t> order(genes.name.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (genes.chromosome[a] != genes.chromosome[b]) return genes.chromosome[a] < genes.chromosome[b];
    if (genes.start[a] != genes.start[b]) return genes.start[a] < genes.start[b];
    return a < b;
  });
  std::vector<std::int32_t> number(order.size(), 0);
  std::int32_t at = -1;
  std::size_t first = 0;
  for (const std::size_t g : order) {
    if (at < 0 || genes.chromosome[g] != genes.chromosome[first] || genes.start[g] - genes.start[first] > near) {
      ++at;
      first = g;
    }
    number[g] = at;
  }
  return number;
}

/// Waves by a gene's place along the genome; zeros where it is not known. Learns nothing; add it to the vector of the gene.
/// write  summed(learned<128>{}, genomic_position<128>{positions})
/// errors bad_option: no positions; bad_data: fewer than `min_share` of the genes have one, or a start that is not finite
/// twin   itself: it says nothing of cells            source  scPRINT (Kalfon et al. 2025), with its 10,000 bases
template <int Dims>
struct genomic_position {
  static constexpr int dims = Dims;
  using needs = channels<>;
  using fitted = frozen_table<Dims>;

  gene_positions positions;
  double near = 10000;
  double min_share = 0.5;

  [[nodiscard]] std::string describe() const {
    std::uint64_t h = 0;
    const auto numbers = places_along_genome(positions, near);
    for (std::size_t g = 0; g < numbers.size(); ++g)
      h = kernel::mix64(h ^ kernel::hash_text(positions.name[g]) ^ static_cast<std::uint64_t>(numbers[g]));
    return "genomic position " + std::to_string(Dims) + " of " + (positions.source.empty() ? "" : positions.source + ", ") +
           std::to_string(positions.name.size()) + " genes " + std::to_string(h);
  }

  template <training_cells Cells>
  [[nodiscard]] fitted fit(const Cells& train, const fit_context& context) const {
    if (positions.name.empty()) throw bad_option("genomic_position was given no positions; read some from a file");
    const auto fits = [&](std::size_t n) { return n == positions.name.size(); };
    if (!fits(positions.chromosome.size()) || !fits(positions.start.size()))
      throw bad_data("the gene positions have " + std::to_string(positions.name.size()) + " names, " +
                     std::to_string(positions.chromosome.size()) + " chromosomes and " +
                     std::to_string(positions.start.size()) + " starts; give one of each a gene");
    for (std::size_t g = 0; g < positions.start.size(); ++g)
      if (!std::isfinite(positions.start[g]))
        throw bad_data("the gene '" + positions.name[g] + "' starts nowhere in the gene positions " + positions.source +
                       "; take it out");
    const auto numbers = places_along_genome(positions, near);
    std::vector<float> values(positions.name.size() * usize(Dims));
    for (std::size_t g = 0; g < numbers.size(); ++g)
      sinusoid(numbers[g], std::span(values).subspan(g * usize(Dims), usize(Dims)));
    frozen<Dims> table;
    table.vectors = named_vectors(positions.name, Dims, std::move(values), positions.source);
    table.min_share = min_share;
    table.missing = no_vector::zeros;
    fitted out = table.fit(train, context);
    out.made_from = describe();
    return out;
  }
};

static_assert(part<genomic_position<8>>);

}  // namespace tepui::embed
