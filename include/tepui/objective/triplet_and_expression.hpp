#pragma once
/// Pulls cells of one kind together across studies while the embedding must still tell how high every gene is:
/// SCimilarity's loss.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <tepui/flow/error.hpp>
#include <tepui/layer/mlp_between.hpp>
#include <tepui/objective/expression_decoder.hpp>
#include <tepui/objective/triplet.hpp>

namespace tepui::objective {

/// triplet_and_expression, bound to the genes of a model and its Dims.            types   Decoder: from Dims up, a layer
/// of rows
template <int Dims, class Decoder>
struct triplet_and_expression_head {
  static constexpr std::string_view name = "triplet_and_expression";
  static constexpr bool reads_tokens = false, reads_cells = true, of_counts = true, whole = true;

  triplet_head<Dims> pulls;
  double share = 0;
  expression_decoder<Decoder> guess{};

  template <class Real>
  struct room {
    typename triplet_head<Dims>::template room<Real> pulls;
    typename expression_decoder<Decoder>::template room<Real> guess;
  };

  static void each_part(auto& self, auto&& visit) { expression_decoder<Decoder>::each_part(self.guess, visit); }
  [[nodiscard]] std::string describe() const { return "triplet_and_expression"; }

  /// Every cell is a question; nothing is hidden.
  template <class View, class Channels>
  void ask(const View& view, const kernel::draws&, asked_tokens<Channels>& asked) const {
    asked.tokens.append(view);
    for (std::int64_t c = 0; c < view.n_cells(); ++c) asked.row.push_back(c);
  }
  template <class Real, class Channels>
  double loss(std::span<const Real> w, const layer::packed& at, const states<Real>& have, const asked_tokens<Channels>& asked,
              room<Real>& r) const {
    return share * pulls.template loss<Real>({}, at, have, asked, r.pulls) +
           expression<false, Real>(w, at, have, asked, {}, {}, r);
  }
  template <class Real, class Channels>
  double gradient(std::span<const Real> w, const layer::packed& at, const states<Real>& have,
                  const asked_tokens<Channels>& asked, std::span<Real> dw, const state_gradients<Real>& d,
                  room<Real>& r) const {
    return share * pulls.template gradient<Real>({}, at, have, asked, {}, d, r.pulls, share) +
           expression<true, Real>(w, at, have, asked, dw, d.cell, r);
  }

 private:
  /// The squared error, a mean over genes and a sum over cells, times its weight.
  template <bool Gradient, class Real>
  double expression(std::span<const Real> w, const layer::packed& at, const states<Real>& have, const auto& asked,
                    std::span<Real> dw, std::span<Real> dz, room<Real>& r) const {
    const double of_gene = (1 - share) / static_cast<double>(guess.out.n_genes);
    const auto begin = std::span<const std::int64_t>(asked.tokens.cell_begin);
    const auto& value = asked.tokens.template get<channel::value>();
    const auto error = [&](std::int64_t c, std::span<Real> y) {
      for (auto t = usize(begin[usize(c)]); t < usize(begin[usize(c) + 1]); ++t)
        y[usize(asked.tokens.id[t])] -= static_cast<Real>(value[t]);
      const double of_cell = squares(std::span<const Real>(y));
      if constexpr (Gradient)
        for (Real& off : y) off *= static_cast<Real>(2 * of_gene);
      return of_cell;
    };
    return of_gene * guess.template each_cell<Gradient, Real>(w, at, have.cell, dw, dz, r.guess, error);
  }
  /// In 8 sums, then from left to right.
  template <class Real>
  [[nodiscard]] static double squares(std::span<const Real> row) {
    std::array<double, 8> part{};
    for (std::size_t i = 0; i < row.size(); ++i) part[i % 8] += static_cast<double>(row[i]) * static_cast<double>(row[i]);
    double sum = 0;
    for (const double p : part) sum += p;
    return sum;
  }
};

/// share times the mean over triplets of a batch (see triplet), and 1 - share times the mean squared error of all genes
/// of its cells, guessed from their embeddings by a decoder.
/// write   triplet_and_expression<layer::mlp_between_up<Shape, 128, 1024, 1024>>{.pulls = {.cells =
///        objective::studied(...)}}
/// types   Decoder: from the embedding to the last hidden layer
/// loss    both means, times the cells; a batch without a triplet has the second alone
/// batch   triplets are those of a shard of a step: one shard (.cut.shards = 1) for those of the whole batch
/// errors  does not compile where the decoder takes another number of dims; bad_option: a share outside of [0, 1]; as
///        triplet
/// cost    as triplet, and 6 width genes operations a cell            repeat  as triplet
/// source  Heimberg et al. 2025 (SCimilarity), with a share of 0.001
template <class Decoder>
struct triplet_and_expression {
  static constexpr std::string_view name = "triplet_and_expression";
  static constexpr bool of_counts = true, whole = true;
  using needs = channels<channel::value>;

  triplet pulls;
  double share = 0.001;

  [[nodiscard]] std::string describe() const {
    return "triplet_and_expression (" + shortest(share) + " of " + pulls.describe() + "; " + Decoder{}.describe() + ")";
  }
  template <int Dims>
  [[nodiscard]] auto bind(const token_facts& facts) const {
    constexpr bool fits = Decoder::dims_in == Dims;
    static_assert(fits,
                  "tepui: the decoder of triplet_and_expression takes another number of dims than the embedding has; begin it "
                  "with as many, as in layer::mlp_between_up<Shape, 128, 1024>");
    check_share(share, "triplet_and_expression", "share");
    if constexpr (fits) {
      triplet_and_expression_head<Dims, Decoder> head{pulls.template bind<Dims>(facts), share};
      head.guess.out.n_genes = facts.n_rows;
      return head;
    }
  }
};

}  // namespace tepui::objective
