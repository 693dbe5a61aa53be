// A tokenizer of one's own in thirty lines: a cell is its genes whose count is at least a threshold, in the order of the genome's columns.
// It composes with every encoder, and a mistake in it is one sentence of the compiler.
#include <cstdio>
#include <tepui/tepui.hpp>

namespace tp = tepui;

/// Keeps the genes with at least `AtLeast` molecules.
template <int AtLeast>
struct seen_often {
  using kind = tp::kind::tokenizer;
  static constexpr std::string_view name = "seen_often";
  using takes = tp::port::counts<tp::scale::raw>;  // molecules can be counted only before they are normalised
  using gives = tp::port::tokens<tp::channel::value>;

  /// The threshold is part of the name that a stored result is found by.
  [[nodiscard]] std::string describe() const { return "seen_often(" + std::to_string(AtLeast) + ")"; }

  void operator()(const auto& in, auto& out, auto& /*scratch*/, const tp::kernel::draws& /*random*/) const {
    out.clear();
    out.n_vocabulary = in.n_genes;
    for (std::int64_t cell = 0; cell < in.n_cells(); ++cell) {
      const auto genes = in.genes_of(cell);
      const auto counts = in.values_of(cell);
      for (std::size_t i = 0; i < genes.size(); ++i)
        if (counts[i] >= AtLeast) out.add_token(genes[i], static_cast<float>(counts[i]));
      out.end_cell();
    }
  }
};
static_assert(tp::is_stage<seen_often<2>>);

int main() {
  const auto atlas = tp::simulate::to_dataset(tp::simulate::corpus({.cells = 500}), 0, 500);
  const auto reader = tp::compose(seen_often<2>{}).fit(atlas);
  const auto tokens = reader.tokens(atlas);
  std::printf("%s: %lld cells, %zu tokens\n", reader.describe().c_str(), static_cast<long long>(tokens.n_cells()), tokens.id.size());

  // The same tokens, embedded: mean of gene vectors learned from which genes stand together.
  const auto model = tp::compose(seen_often<2>{}, tp::encode::mean_of<tp::encode::learned_vectors<16>>{});
  const auto cells = model.fit(atlas, {.seed = 1}).embed(atlas);
  std::printf("%s: [%lld, %lld]\n", model.describe().c_str(), static_cast<long long>(cells.n_cells()), static_cast<long long>(cells.n_columns));
}
