#pragma once
/// Vectors for the tokens that open and close chromosomes; all other tokens are combined as usual.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>

#include <tepui/embed/combine.hpp>

namespace tepui::embed {

/// How often the vector of a special token is added.
enum class special_added : std::int32_t { once, twice };

/// `Inner` for genes, a row of `meta` for special tokens, whatever their id and value.            weights: meta [Rows, dims]
template <class Inner, int Rows, special_added Added>
struct chromosome_layer {
  static constexpr int dims = Inner::dims;
  using needs = channels<channel::special>;
  static constexpr std::int32_t rows = Rows;
  template <class Real>
  struct room {
    room_t<Inner, Real> inner;
    memory<Real> d_genes;
  };

  Inner inner{};

  [[nodiscard]] std::string describe() const {
    return inner.describe() + " with " + std::to_string(Rows) + " special rows" +
           (Added == special_added::twice ? ", twice" : "");
  }
  void each_weight(auto&& visit) const { visit("meta", table_of(Rows, dims)); }
  static void each_part(auto& self, auto&& visit) { visit("inner", self.inner); }

  /// in     special [tokens]: 0 for a gene, otherwise 1 + row of meta            errors  bad_data: a row that is not there
  template <class Real>
  void forward(std::span<const Real> w, std::span<const Real> identity, std::span<const Real> value, std::span<Real> out,
               std::span<const std::int32_t> special, room<Real>& r) const {
    slices cut(w);
    const auto meta = cut.next(Rows * dims);
    inner.forward(cut.of(inner), identity, value, out, r.inner);
    for (std::size_t t = 0; t < special.size(); ++t) {
      if (special[t] == 0) continue;
      if (special[t] < 0 || special[t] > Rows)
        throw bad_data("a token is special token " + std::to_string(special[t] - 1) + ", but there are vectors for " +
                       std::to_string(Rows) + "; give chromosome as many rows as there are chromosomes and one more");
      for (std::size_t d = 0; d < usize(dims); ++d)
        out[t * usize(dims) + d] = times * meta[usize(special[t] - 1) * usize(dims) + d];
    }
  }
  template <class Real>
  void backward(std::span<const Real> w, std::span<const Real> identity, std::span<const Real> value,
                std::span<const Real> d_out, std::span<Real> dw, std::span<Real> d_identity, std::span<Real> d_value,
                std::span<const std::int32_t> special, room<Real>& r) const {
    slices cut(w);
    slices cut_d(dw);
    (void)cut.next(Rows * dims);
    const auto d_meta = cut_d.next(Rows * dims);
    const auto d_genes = grown(r.d_genes, isize(d_out.size()));  // special tokens owe nothing to gene and value
    std::copy(d_out.begin(), d_out.end(), d_genes.begin());
    for (std::size_t t = 0; t < special.size(); ++t) {
      if (special[t] == 0) continue;
      for (std::size_t d = 0; d < usize(dims); ++d) {
        d_meta[usize(special[t] - 1) * usize(dims) + d] += times * d_out[t * usize(dims) + d];
        d_genes[t * usize(dims) + d] = 0;
      }
    }
    inner.backward(cut.of(inner), identity, value, std::span<const Real>(d_genes), cut_d.of(inner), d_identity, d_value, r.inner);
  }

 private:
  static constexpr int times = Added == special_added::twice ? 2 : 1;
};

/// The gene alone, and a learned vector for each token that opens or closes a chromosome (UCE; HEIMDALL's ChromosomeReduce).
/// needs  channel special beside the tokens            rows   0 closes, c + 1 opens chromosome c; drawn standard normal
template <int Rows = 100>
struct chromosome {
  template <int I, int V>
  static consteval bool check() {
    return identity_only::check<I, V>();
  }
  template <int I, int V>
  using layer = chromosome_layer<identity_only::layer<I, V>, Rows, special_added::once>;
};

/// The same with the value added to the gene; a special token has no value.
template <int Rows = 100, special_added Added = special_added::once>
struct chromosome_sum {
  template <int I, int V>
  static consteval bool check() {
    return sum::check<I, V>();
  }
  template <int I, int V>
  using layer = chromosome_layer<sum::layer<I, V>, Rows, Added>;
};

namespace compat {
/// As HEIMDALL does it, where the vector of a special token stands on both sides of the sum and so counts twice.
template <int Rows = 100>
using chromosome_sum = embed::chromosome_sum<Rows, special_added::twice>;
}  // namespace compat

}  // namespace tepui::embed
