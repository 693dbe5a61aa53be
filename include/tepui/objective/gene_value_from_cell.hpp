#pragma once
/// Hides the expression of some genes and asks how high it was, of the cell's embedding and the gene's name alone.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <tepui/layer/linear.hpp>
#include <tepui/objective/questions.hpp>
#include <tepui/objective/seen_values.hpp>
#include <tepui/objective/word_shares.hpp>

namespace tepui::objective {

/// gene_value_from_cell, bound to a vocabulary and a model of Dims.
template <int Dims, class Channel>
struct gene_value_from_cell_head {
  static constexpr std::string_view name = "gene_value_from_cell";
  static constexpr bool reads_tokens = false, reads_cells = true;
  using label_means = asks::gene;
  using value_means = asks::beside<Channel>;
  static constexpr std::int64_t tile = 256;

  double rate = 0;
  typename Channel::type marker{};
  double scale = 1;  ///< of the inner product
  token_facts facts;
  gene_words words;
  seen_values seen;
  layer::linear<Dims, Dims> query{};
  layer::linear<Dims, Dims, layer::bias::without> cell{};

  template <class Real>
  struct room {
    layer::memory<Real> u, du, dz, e, q, dq, de;
    layer::memory<std::int64_t> cell_of;
    typename layer::linear<Dims, Dims>::template room<Real> query;
    typename layer::linear<Dims, Dims, layer::bias::without>::template room<Real> cell;
  };

  [[nodiscard]] std::string describe() const { return "gene_value_from_cell"; }
  static void each_part(auto& self, auto&& visit) {
    visit("query", self.query);
    visit("cell", self.cell);
  }

  template <class View, class Channels>
  void ask(const View& view, const kernel::draws& random, asked_tokens<Channels>& asked) const {
    ask_together(view, random, 1, facts.n_rows, asked, *this);
  }
  template <class View, class Channels>
  void choose(const View& view, const kernel::draws& random, int passes, asked_tokens<Channels>& asked) const {
    choose_genes(view, passes, words, rate, random, asked);
  }
  template <class View, class Channels>
  void hide(const View& view, const kernel::draws&, int passes, asked_tokens<Channels>& asked) const {
    hide_values<Channel>(view, passes, marker, asked);
    if (asked.label.size() == asked.row.size()) return;  // another objective has asked for the gene
    each_question(view, passes, asked, [&](std::int64_t, std::int64_t, std::int64_t token, std::int64_t) {
      asked.label.push_back(view.id[usize(token)]);
    });
  }

  template <class Real, class Channels>
  double loss(std::span<const Real> w, const layer::packed& at, const states<Real>& have, const asked_tokens<Channels>& asked,
              room<Real>& r) const {
    return all<false>(w, at, have, asked, std::span<Real>{}, state_gradients<Real>{}, r, Real(0));
  }
  template <class Real, class Channels>
  double gradient(std::span<const Real> w, const layer::packed& at, const states<Real>& have,
                  const asked_tokens<Channels>& asked, std::span<Real> dw, const state_gradients<Real>& d, room<Real>& r,
                  double weight = 1) const {
    return all<true>(w, at, have, asked, dw, d, r, static_cast<Real>(weight));
  }

  /// Learns what each gene usually has.
  template <class View>
  void count(const View& view) {
    const auto value = view.template get<Channel>();
    for (std::int64_t t = 0; t < isize(view.id.size()); ++t)
      if (words.is_gene(view, t)) seen.count(view.id[usize(t)], static_cast<float>(value[usize(t)]));
  }
  template <class Channels>
  [[nodiscard]] double floor(const asked_tokens<Channels>& asked) const {
    return seen.squares([&](std::size_t i) { return asked.label[i]; }, asked.value);
  }

 private:
  /// y = sigmoid(query e) . u with u = cell z, once a cell: the same as (W sigmoid(query e)) . z, a product a cell and not a
  /// gene.
  template <bool Gradient, class Real>
  double all(std::span<const Real> w, const layer::packed& at, const states<Real>& have, const auto& asked, std::span<Real> dw,
             const state_gradients<Real>& d, room<Real>& r, Real weight) const {
    const std::int64_t questions = isize(asked.row.size()), cells = at.n_cells();
    if (questions == 0) return 0;
    if (isize(have.table.size()) != std::int64_t{facts.n_rows} * Dims)
      throw bad_option("gene_value_from_cell reads the table of token vectors, which has " + std::to_string(have.table.size()) +
                       " numbers, but " + std::to_string(facts.n_rows) + " rows of " + std::to_string(Dims) +
                       " dims were wanted; learn the identity with as many dims as the model has");
    layer::slices<const Real> cut(w);
    const auto w_query = cut.of(query), w_cell = cut.of(cell);
    layer::nothing none;
    const auto u = layer::grown(r.u, cells * Dims);
    cell.forward(w_cell, at, have.cell, u, none, r.cell);
    layer::slices<Real> cut_d(dw);
    std::span<Real> dw_query, dw_cell, du;
    if constexpr (Gradient) {
      dw_query = cut_d.of(query), dw_cell = cut_d.of(cell);
      du = layer::grown(r.du, cells * Dims);
      std::fill(du.begin(), du.end(), Real(0));
    }
    const auto cell_of = layer::grown(r.cell_of, questions);
    std::int64_t c = 0;
    for (std::int64_t i = 0; i < questions; ++i) {
      while (at.cell_begin[usize(c) + 1] <= asked.row[usize(i)]) ++c;
      cell_of[usize(i)] = c;
    }
    const Real by = static_cast<Real>(scale);
    double sum = 0;
    for (std::int64_t first = 0; first < questions; first += tile) {
      const std::int64_t m = std::min(tile, questions - first), n = m * Dims;
      const auto e = layer::grown(r.e, n), q = layer::grown(r.q, n), dq = layer::grown(r.dq, Gradient ? n : 0);
      for (std::int64_t i = 0; i < m; ++i)
        std::copy_n(have.table.begin() + std::ptrdiff_t{asked.label[usize(first + i)]} * Dims, Dims, e.begin() + i * Dims);
      query.forward(w_query, at, std::span<const Real>(e), q, none, r.query);
      for (std::int64_t i = 0; i < m; ++i)
        sum += one<Gradient, Real>(q.data() + i * Dims, u.data() + cell_of[usize(first + i)] * Dims,
                                   static_cast<Real>(asked.value[usize(first + i)]), by, weight,
                                   Gradient ? dq.data() + i * Dims : nullptr,
                                   Gradient ? du.data() + cell_of[usize(first + i)] * Dims : nullptr);
      if constexpr (Gradient) {
        const auto de = layer::grown(r.de, d.table.empty() ? 0 : n);
        query.backward(w_query, at, std::span<const Real>(e), std::span<const Real>(dq), dw_query, de, none, r.query);
        if (d.table.empty()) continue;
        for (std::int64_t i = 0; i < m; ++i)
          for (std::int64_t k = 0; k < Dims; ++k)
            d.table[usize(std::int64_t{asked.label[usize(first + i)]} * Dims + k)] += de[usize(i * Dims + k)];
      }
    }
    if constexpr (Gradient) {
      const auto dz = layer::grown(r.dz, d.cell.empty() ? 0 : cells * Dims);
      cell.backward(w_cell, at, have.cell, std::span<const Real>(du), dw_cell, dz, none, r.cell);
      for (std::size_t i = 0; i < d.cell.size(); ++i) d.cell[i] += dz[i];
    }
    return sum;
  }
  /// One question: the squared error of sigmoid(q) . u; dq overwritten, du added to.
  template <bool Gradient, class Real>
  [[gnu::noinline]] static double one(const Real* q, const Real* u, Real value, Real by, Real weight, Real* dq, Real* du) {
    Real y = 0;
    for (int k = 0; k < Dims; ++k) y += u[k] / (Real(1) + share_power(-q[k]));
    const Real off = by * y - value, dy = 2 * weight * by * off;
    if constexpr (Gradient)
      for (int k = 0; k < Dims; ++k) {
        const Real s = Real(1) / (Real(1) + share_power(-q[k]));
        dq[k] = dy * u[k] * s * (1 - s);
        du[k] += dy * s;
      }
    return static_cast<double>(off) * static_cast<double>(off);
  }
};

/// How high hidden values were, by the cell's embedding: y = (W sigmoid(Wq e + b)) . z, with e the gene's vector in the
/// learned table and z the cell's embedding (scGPT's gene expression prediction for cell modelling).
/// asks    as masked_values            loss    squared error            floor   each gene's mean over the training tokens
/// scaled  true: y / sqrt(dims) (Tahoe-x1)
/// errors  bad_option: a rate outside of [0, 1]; a table of other dims than the model's
/// cost    2 dims^2 operations a question and a cell, twice that more with its gradient            source  Cui et al. 2024
template <class Channel = channel::value>
struct gene_value_from_cell {
  static constexpr std::string_view name = "gene_value_from_cell";
  using needs = channels<Channel>;

  double rate = 0.4;                                                        ///< share of the genes whose value is hidden
  typename Channel::type marker = static_cast<typename Channel::type>(-1);  ///< what stands in its place
  bool scaled = false;  ///< whether the inner product is divided by sqrt(dims)

  [[nodiscard]] std::string describe() const {
    return "gene_value_from_cell (" + shortest(rate) + " hidden behind " + shortest(static_cast<double>(marker)) +
           (scaled ? ", scaled)" : ")");
  }
  template <int Dims>
  [[nodiscard]] gene_value_from_cell_head<Dims, Channel> bind(const token_facts& facts) const {
    check_share(rate, "gene_value_from_cell", "rate");
    check_facts(facts, "gene_value_from_cell");
    return {
        rate, marker, scaled ? 1 / std::sqrt(double(Dims)) : 1.0, facts, gene_words(facts), seen_values(facts.n_vocabulary)};
  }
};

}  // namespace tepui::objective
