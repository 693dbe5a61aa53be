#pragma once
/// Gene vectors that come from outside and stay as they are.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <tepui/embed/layer.hpp>
#include <tepui/embed/learned.hpp>
#include <tepui/embed/named_vectors.hpp>
#include <tepui/stage/match_names.hpp>

namespace tepui::embed {

/// What becomes of the token of a gene that has no vector.
enum class no_vector : std::int32_t {
  left_out,  ///< the token is dropped from the cell (HEIMDALL, UCE)
  zeros,     ///< its vector is zeros
};

/// Vectors from outside, bound to a vocabulary: what `frozen` becomes. Training leaves them alone.
/// shapes  row [tokens of the vocabulary, extra_rows, words that only training uses]: row of the table, or -1;
///         weight [rows, Dims]
template <int Dims>
struct frozen_table {
  static constexpr int dims = Dims;
  using needs = channels<>;

  std::string made_from = "frozen";
  std::vector<std::int32_t> row;
  std::vector<float> weight;
  std::int32_t n_genes = 0;    ///< genes of the vocabulary, special tokens left aside
  std::int32_t n_matched = 0;  ///< of which have a vector
  no_vector missing = no_vector::left_out;

  [[nodiscard]] std::string describe() const { return made_from; }
  static void each_array(auto& self, auto&& visit) {
    visit("made_from", self.made_from);
    visit("row", self.row);
    visit("weight", self.weight);
    visit("n_genes", self.n_genes);
    visit("n_matched", self.n_matched);
    visit("missing", self.missing);
  }
  [[nodiscard]] std::int32_t n_rows() const { return static_cast<std::int32_t>(row.size()); }
  /// The share of the vocabulary's genes that have a vector.
  [[nodiscard]] double share_matched() const {
    return n_genes == 0 ? 1.0 : static_cast<double>(n_matched) / static_cast<double>(n_genes);
  }
  /// Whether the token stays in the cell.
  [[nodiscard]] bool keeps(std::int32_t id) const { return missing == no_vector::zeros || row[usize(id)] >= 0; }
  /// in     id [tokens] in [0, n_rows)            out    [tokens, Dims], zeros for a token without a vector
  template <class Real>
  void forward(std::span<const Real>, std::span<const std::int32_t> id, std::span<Real> out, auto&) const {
    for (std::size_t t = 0; t < id.size(); ++t) {
      const std::int32_t r = row[usize(id[t])];
      if (r < 0) {
        std::fill_n(out.begin() + isize(t) * Dims, Dims, Real(0));
      } else {
        std::copy_n(weight.begin() + std::ptrdiff_t{r} * Dims, Dims, out.begin() + isize(t) * Dims);
      }
    }
  }
};

/// Whether a word of a vocabulary is no gene but a special token such as <cls>.
[[nodiscard]] inline bool is_special_word(const gene_table& words, std::int64_t w) {
  const std::string& text = words.symbol[usize(w)];
  return words.id[usize(w)].empty() && (text.empty() || text[0] == '<' || text[0] == '[');
}

/// Gene vectors from outside: gene2vec, ESM2, GenePT.
/// fit    finds each gene by Ensembl id, else by symbol (match_names); the rows follow the order of the vocabulary; special
///        tokens (words that begin with < or [), extra_rows and words that only training uses get zeros; how many genes matched
///        stands in the result (`share_matched()`)
/// errors bad_option: no vectors, or of other dims than Dims; bad_data: fewer than `min_share` of the genes have a vector
/// twin   untrained() is learned<Dims>: the same shape, and nothing known
/// note   a gene without a vector still takes a slot of the tokenizer; choose genes before it to give the slots to others
/// cost   O(genes); 4 Dims bytes a gene
/// write  frozen<200>{vectors}, frozen<128>{truncated(vectors, 128)}, frozen<128>{principal_components(vectors, 128)}
template <int Dims>
struct frozen {
  static_assert(Dims > 0, "tepui: frozen gene vectors need at least one dimension; write frozen<200>");
  static constexpr int dims = Dims;
  using needs = channels<>;
  using fitted = frozen_table<Dims>;

  named_vectors vectors{};
  double min_share = 0.5;
  no_vector missing = no_vector::left_out;
  std::int32_t extra_rows = 0;

  [[nodiscard]] std::string describe() const {
    return "frozen " + vectors.describe() + (missing == no_vector::zeros ? ", zeros where missing" : "") +
           (extra_rows == 0 ? "" : " and " + std::to_string(extra_rows) + " rows");
  }
  [[nodiscard]] learned<Dims> untrained() const { return {extra_rows}; }

  template <training_cells Cells>
  [[nodiscard]] fitted fit(const Cells& train, const fit_context& context) const {
    if (vectors.size() == 0)
      throw bad_option("frozen was given no gene vectors; fill named_vectors with the names and numbers of your file, or use "
                       "learned<...>");
    if (vectors.dims() != Dims)
      throw bad_option("the gene vectors have " + std::to_string(vectors.dims()) + " dims, and frozen<" + std::to_string(Dims) +
                       "> takes " + std::to_string(Dims) +
                       "; cut them with truncated or principal_components, or use adapted<" + std::to_string(vectors.dims()) +
                       ", " + std::to_string(Dims) + ">");
    const gene_table& words = train.genes();
    gene_table genes;  // the share is one of genes, not of special tokens
    std::vector<std::int32_t> place_of(usize(words.size()), -1);
    for (std::int32_t w = 0; w < words.size(); ++w) {
      if (is_special_word(words, w)) continue;
      place_of[usize(w)] = genes.size();
      genes.id.push_back(words.id[usize(w)]);
      genes.symbol.push_back(words.symbol[usize(w)]);
    }
    const name_match match = match_names(genes, vectors.names(), min_share, "gene vectors", vectors.source());
    fitted out{describe(), {}, {}, genes.size(), match.n_matched, missing};
    std::int32_t rows = 0;
    for (std::int32_t w = 0; w < words.size(); ++w) {
      const std::int32_t gene = place_of[usize(w)];
      const std::int32_t found = gene < 0 ? -1 : match.place[usize(gene)];
      out.row.push_back(gene >= 0 && found < 0 ? -1 : rows++);
      if (found >= 0) out.weight.insert(out.weight.end(), vectors.row(found).begin(), vectors.row(found).end());
      if (gene < 0) out.weight.resize(out.weight.size() + usize(Dims));
    }
    for (std::int32_t e = 0; e < extra_rows + context.extra_tokens; ++e) out.row.push_back(rows++);
    out.weight.resize(usize(rows) * usize(Dims));
    return out;
  }
};

static_assert(part<frozen<8>> && part<frozen_table<8>> && !learns<frozen_table<8>>);

}  // namespace tepui::embed
