#pragma once
/// HEIMDALL's own versions of five systems: every one of them on logged values, one of them with all three axes taken apart.

#include <array>
#include <cstdint>
#include <string_view>

#include <tepui/system/published.hpp>
#include <tepui/tokenize/compat.hpp>
#include <tepui/tokenize/composition/chromosomes.hpp>
#include <tepui/tokenize/composition/cut.hpp>
#include <tepui/tokenize/composition/order.hpp>
#include <tepui/tokenize/expression/mapped.hpp>
#include <tepui/tokenize/expression/quantile_bins.hpp>
#include <tepui/tokenize/expression/values.hpp>
#include <tepui/tokenize/identity/columns.hpp>
#include <tepui/transform/log1p.hpp>
#include <tepui/transform/named_genes.hpp>
#include <tepui/transform/normalise.hpp>

namespace tepui::system::heimdall {

/// What all five begin with: 10,000 counts a cell, logged.
[[nodiscard]] inline auto logged() { return compose(transform::normalise{}, transform::log1p{}); }

/// Genes by logged expression, without medians and without values beside them.
/// ties   lower gene first (the original: as the processor sorts)            source Haber et al. 2025 (HEIMDALL)
struct geneformer {
  static constexpr std::string_view name = "heimdall-geneformer";
  static constexpr std::array<need, 0> needs{};
  using writes = channels<channel::value>;
  std::int32_t slots = 2048;
  [[nodiscard]] padding pads(std::int32_t n_genes) const { return {n_genes, static_cast<double>(n_genes)}; }
  [[nodiscard]] auto stages() const {
    return compose(logged(), tokenizer_of(tokenize::identity::columns{}, tokenize::expression::values{},
                                          tokenize::composition::by_expression<>{slots}));
  }
};

/// Expressed genes in a random order, cut, with 50 bins from inner quantiles, ties drawn.
struct scgpt {
  static constexpr std::string_view name = "heimdall-scgpt";
  static constexpr std::array<need, 0> needs{};
  using writes = channels<channel::bin>;
  std::int32_t slots = 1200;
  [[nodiscard]] padding pads(std::int32_t n_genes) const { return {n_genes, 51}; }
  [[nodiscard]] auto stages() const {
    namespace c = tokenize::composition;
    return compose(logged(),
                   tokenizer_of(tokenize::identity::columns{},
                                tokenize::expression::quantile_bins<51, tokenize::edges::inner>{tokenize::side::random},
                                c::in_sequence(c::expressed_first_at_random{}, c::truncate<>{slots})));
  }
};

/// Expressed genes that have a vector, in a random order, with the whole part of their logged value up to 7.
/// note   the bin decides which genes count as expressed: those below 1 stand behind the others and are cut first
struct scbert {
  static constexpr std::string_view name = "heimdall-scbert";
  static constexpr std::array needs{
      need{file::vocabulary, "the genes that have a vector (gene2vec): a table gene_name, index"}};
  using writes = channels<channel::bin>;
  vocabulary words{};
  std::int32_t slots = 1200;
  double min_share = 0.5;
  [[nodiscard]] padding pads(std::int32_t n_genes) const { return {n_genes, 8}; }
  [[nodiscard]] auto stages() const {
    namespace c = tokenize::composition;
    return compose(logged(), transform::known_genes{words.name, min_share, words.source},
                   tokenizer_of(tokenize::identity::columns{}, tokenize::expression::floor_bins<7>{},
                                c::in_sequence(c::expressed_first_at_random{}, c::truncate<>{slots})));
  }
};

/// Genes that have a vector, 924 of them drawn by log(1 + logged value) and grouped by chromosome, each chromosome
/// sorted by start.
/// ids    genes as columns; close -1, open chromosome c -(c + 2), unknown chromosomes open with -1 (see written_id)
/// note   opens every chromosome that the cell expresses, also where the sample drew none; compat::slots_by_token_start
///        is its order as it is, with the starts of unrelated genes
template <std::int32_t Sample = 924, class Order = tokenize::composition::slots_by_start>
struct uce {
  static constexpr std::string_view name = "heimdall-uce";
  static constexpr std::array needs{
      need{file::vocabulary, "the genes that have a vector (ESM2): a table gene_name, index"},
      need{file::positions, "where genes lie: a table with species, chromosome, start and gene_symbol"}};
  using writes = channels<>;
  vocabulary words{};
  gene_positions positions{};
  std::int32_t slots = 1024;
  double min_share = 0.5;

  /// Finds the places of the genes when the names are known.
  struct order_by_start {
    static constexpr std::string_view name = Order::name;
    using fitted = Order;
    gene_positions positions;
    double min_share = 0.5;
    template <training_cells Cells>
    [[nodiscard]] fitted fit(const Cells& train, const fit_context&) const {
      Order out;
      out.genes = tokenize::placed_genes::of(train.genes(), positions, min_share);
      return out;
    }
  };
  /// in     id and channel special of a token            out    the number that HEIMDALL writes
  [[nodiscard]] static std::int32_t written_id(std::int32_t id, std::int32_t special, std::int32_t n_chromosomes) {
    return special == 0 ? id : special == 1 || special == n_chromosomes + 2 ? -1 : -special;
  }
  [[nodiscard]] padding pads(std::int32_t n_genes) const { return {n_genes, static_cast<double>(n_genes)}; }
  [[nodiscard]] auto stages() const {
    namespace c = tokenize::composition;
    using grouped = c::by_chromosome<c::within::as_they_stand, c::opened::those_expressed>;
    return compose(logged(), transform::known_genes{words.name, min_share, words.source},
                   tokenizer_of(tokenize::identity::columns{}, tokenize::expression::unsaid{},
                                c::in_sequence(order_by_start{positions, min_share}, c::weighted_sample<Sample>{},
                                               grouped{positions, true, min_share}, c::truncate<>{slots})));
  }
};

/// Expressed genes in a random order, cut, with their logged values.
struct scfoundation {
  static constexpr std::string_view name = "heimdall-scfoundation";
  static constexpr std::array<need, 0> needs{};
  using writes = channels<channel::value>;
  std::int32_t slots = 1200;
  [[nodiscard]] padding pads(std::int32_t n_genes) const { return {n_genes, static_cast<double>(n_genes)}; }
  [[nodiscard]] auto stages() const {
    namespace c = tokenize::composition;
    return compose(logged(), tokenizer_of(tokenize::identity::columns{}, tokenize::expression::values{},
                                          c::in_sequence(c::expressed_first_at_random{}, c::truncate<>{slots})));
  }
};

static_assert(published<geneformer> && published<scgpt> && published<scbert> && published<uce<>> && published<scfoundation>);

}  // namespace tepui::system::heimdall
