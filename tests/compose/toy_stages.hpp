#pragma once
/// Small stages with results that a pencil can check. Used by the tests of composing.

#include <cmath>
#include <string>
#include <string_view>
#include <tepui/compose/pipeline.hpp>
#include <vector>

namespace toy {
using namespace tepui;

/// Doubles every count.
struct twice {
  using kind = tepui::kind::transform;
  static constexpr std::string_view name = "twice";
  using takes = port::counts<scale::raw>;
  using gives = port::counts<scale::normalised>;
  void operator()(const auto& in, auto& out, auto&, const kernel::draws&) const {
    out.clear();
    out.n_genes = in.n_genes;
    for (std::int64_t c = 0; c < in.n_cells(); ++c) out.add_cell(in.cells.id[usize(c)], in.genes_of(c), in.values_of(c));
    for (float& v : out.value) v *= 2;
  }
};

/// Every expressed gene is a token, with its value.
struct as_tokens {
  using kind = tepui::kind::tokenizer;
  static constexpr std::string_view name = "as_tokens";
  using takes = port::any_counts;
  using gives = port::tokens<channel::value>;
  void operator()(const auto& in, auto& out, auto&, const kernel::draws&) const {
    out.clear();
    out.n_vocabulary = in.n_genes;
    for (std::int64_t c = 0; c < in.n_cells(); ++c) {
      const auto genes = in.genes_of(c);
      const auto values = in.values_of(c);
      for (std::size_t i = 0; i < genes.size(); ++i) out.add_token(genes[i], values[i]);
      out.end_cell();
    }
  }
};

/// Two dims: the sum of the cell's values, and that sum less the mean over training cells.
struct centred_sum {
  using kind = tepui::kind::encoder;
  static constexpr std::string_view name = "sum";
  using takes = port::tokens<channel::value>;
  using gives = port::embedding;
  double mean = 0;
  [[nodiscard]] std::string describe() const { return "sum"; }
  static void each_array(auto& self, auto&& visit) { visit("mean", self.mean); }
  void operator()(const auto& in, auto& out, auto&, const kernel::draws&) const {
    out.resize(in.n_cells(), 2);
    for (std::int64_t c = 0; c < in.n_cells(); ++c) {
      float sum = 0;
      for (const float v : in.template of<channel::value>(c)) sum += v;
      out.row(c)[0] = sum;
      out.row(c)[1] = static_cast<float>(sum - mean);
    }
  }
};
struct sum {
  using kind = tepui::kind::encoder;
  static constexpr std::string_view name = "sum";
  using takes = port::tokens<channel::value>;
  using gives = port::embedding;
  using fitted = centred_sum;
  template <training_cells Cells>
  [[nodiscard]] fitted fit(const Cells& train, const fit_context&) const {
    double total = 0;
    train.for_each([&](const auto& batch) {
      for (const float v : batch.template get<channel::value>()) total += static_cast<double>(v);
    });
    return {train.n_cells() == 0 ? 0 : total / static_cast<double>(train.n_cells())};
  }
  [[nodiscard]] centred_sum untrained() const { return {}; }
};

/// Three cells of two genes: sums 4, 0 and 10.
inline dataset<> three_cells() {
  dataset<> d;
  d.source = "three cells";
  d.x.n_genes = 2;
  d.genes = {{"ENSG01", "ENSG02"}, {"A", "B"}};
  const std::vector<std::int32_t> g0{0, 1}, g2{1};
  const std::vector<float> v0{1, 3}, v2{10};
  d.x.add_cell(7, g0, v0);
  d.x.add_cell(8, {}, {});
  d.x.add_cell(9, g2, v2);
  return d;
}
}  // namespace toy
