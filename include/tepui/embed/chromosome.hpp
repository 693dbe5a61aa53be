#pragma once
/// Vectors for the tokens that open and close chromosomes; all other tokens are combined as usual.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <tepui/embed/combine.hpp>

namespace tepui::embed {

/// How often the vector of a special token is added.
enum class special_added : std::int32_t { once, twice };

/// `Inner` for genes, a row of `meta` for special tokens, whatever their id and value.            meta [Rows, dims]
template <class Inner, int Rows, special_added Added>
struct chromosome_layer {
  static constexpr int dims = Inner::dims;
  using needs = channels<channel::special>;
  static constexpr std::int32_t rows = Rows;

  Inner inner;
  std::vector<float> meta;

  [[nodiscard]] std::string describe() const {
    return inner.describe() + " with " + std::to_string(Rows) + " special rows" +
           (Added == special_added::twice ? ", twice" : "");
  }
  static void each_array(auto& self, auto&& visit) { visit("meta", self.meta); }
  void draw(const kernel::draws& random) { meta = normal_table(Rows, dims, random); }

  /// in     special [tokens]: 0 for a gene, otherwise 1 + row of meta            errors  bad_data: a row that is not there
  void forward(std::span<const float> identity, std::span<const float> value, std::span<float> out,
               std::span<const std::int32_t> special, auto& room) const {
    inner.forward(identity, value, out, room);
    for (std::size_t t = 0; t < special.size(); ++t) {
      if (special[t] == 0) continue;
      if (special[t] < 0 || special[t] > Rows)
        throw bad_data("a token is special token " + std::to_string(special[t] - 1) + ", but there are vectors for " +
                       std::to_string(Rows) + "; give chromosome as many rows as there are chromosomes and one more");
      for (std::size_t d = 0; d < usize(dims); ++d) {
        const float m = meta[usize(special[t] - 1) * usize(dims) + d];
        out[t * usize(dims) + d] = Added == special_added::twice ? m + m : m;
      }
    }
  }
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
  using layer = fresh<chromosome_layer<identity_only::layer<I, V>, Rows, special_added::once>>;
};

/// The same with the value added to the gene; a special token has no value.
template <int Rows = 100, special_added Added = special_added::once>
struct chromosome_sum {
  template <int I, int V>
  static consteval bool check() {
    return sum::check<I, V>();
  }
  template <int I, int V>
  using layer = fresh<chromosome_layer<sum::layer<I, V>, Rows, Added>>;
};

namespace compat {
/// As HEIMDALL does it, where the vector of a special token stands on both sides of the sum and so counts twice.
template <int Rows = 100>
using chromosome_sum = embed::chromosome_sum<Rows, special_added::twice>;
}  // namespace compat

}  // namespace tepui::embed
