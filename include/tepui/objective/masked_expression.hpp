#pragma once
/// Hides genes of a cell from a model that reads all its counts, and asks how high they were: a masked autoencoder.

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/gene_set.hpp>
#include <tepui/kernel/dropout.hpp>
#include <tepui/layer/mlp.hpp>
#include <tepui/objective/expression_decoder.hpp>
#include <tepui/objective/questions.hpp>
#include <tepui/stage/match_names.hpp>

namespace tepui::objective {

/// Which genes of a cell are hidden and asked about.
enum class hides : std::int32_t {
  genes,        ///< each gene by chance, expressed or not
  programs,     ///< each gene program by chance, with all its genes
  one_program,  ///< one gene program of all by chance, with all its genes
  nothing,      ///< none: all genes are asked about, and all are seen (an autoencoder)
};
[[nodiscard]] constexpr std::string_view name_of(hides h) {
  constexpr std::string_view names[] = {"genes", "programs", "one program", "nothing"};
  return names[static_cast<int>(h)];
}

/// masked_expression, bound to the genes of a model and its Dims.
template <int Dims, layer::mlp_shape Shape, int... Hidden>
struct masked_expression_head {
  static constexpr std::string_view name = "masked_expression";
  static constexpr bool reads_tokens = false, reads_cells = true, of_counts = true;
  using label_means = asks::nothing;
  using value_means = asks::nothing;
  using guess_type = expression_decoder<layer::mlp_up<Shape, Dims, Hidden...>>;
  static constexpr bool whole = guess_type::whole;
  using programs_type = std::vector<std::vector<std::int32_t>>;

  hides what = hides::genes;
  double rate = 0;
  std::shared_ptr<const programs_type> program;  ///< columns of each
  guess_type guess{};

  template <class Real>
  struct room {
    typename guess_type::template room<Real> guess;
    layer::memory<Real> target;
    layer::memory<std::int64_t> n_asked;  ///< genes, by cell
  };

  static void each_part(auto& self, auto&& visit) { guess_type::each_part(self.guess, visit); }
  [[nodiscard]] std::string describe() const { return "masked_expression"; }

  template <class View, class Channels>
  void ask(const View& view, const kernel::draws& random, asked_tokens<Channels>& asked) const {
    ask_together(view, random, 1, static_cast<std::int32_t>(n_genes()), asked, *this);
  }
  template <class View, class Channels>
  void choose(const View&, const kernel::draws& random, int, asked_tokens<Channels>& asked) const {
    draw_hidden(random, asked);
    for (std::int64_t c = 0; c < asked.tokens.n_cells(); ++c)
      if (n_asked(asked.tokens, asked.hidden, c) > 0) asked.row.push_back(c);
  }
  /// What the cells have goes to `whole`, and what is not hidden back to `tokens`.
  template <class View, class Channels>
  void hide(const View&, const kernel::draws& random, int, asked_tokens<Channels>& asked) const {
    if (what == hides::nothing || asked.whole.n_cells() > 0) return;
    draw_hidden(random, asked);
    std::swap(asked.tokens, asked.whole);
    asked.tokens.clear();
    asked.tokens.n_vocabulary = asked.whole.n_vocabulary;
    const auto view = asked.whole.view();
    for (std::int64_t c = 0; c < view.n_cells(); ++c) {
      const auto hidden = std::span(asked.hidden).subspan(usize(c * n_genes()), usize(n_genes()));
      const auto genes = view.ids_of(c);
      const auto values = view.template of<channel::value>(c);
      for (std::size_t i = 0; i < genes.size(); ++i)
        if (hidden[usize(genes[i])] == 0) asked.tokens.add_token(genes[i], values[i]);
      asked.tokens.end_cell();
      asked.tokens.cell_id.push_back(view.cells.id[usize(c)]);
    }
  }

  template <class Real, class Channels>
  double loss(std::span<const Real> w, const layer::packed& at, const states<Real>& have, const asked_tokens<Channels>& asked,
              room<Real>& r) const {
    return all<false, Real>(w, at, have, asked, {}, {}, r, Real(0));
  }
  template <class Real, class Channels>
  double gradient(std::span<const Real> w, const layer::packed& at, const states<Real>& have,
                  const asked_tokens<Channels>& asked, std::span<Real> dw, const state_gradients<Real>& d, room<Real>& r,
                  double weight = 1) const {
    return all<true, Real>(w, at, have, asked, dw, d.cell, r, static_cast<Real>(weight));
  }

 private:
  [[nodiscard]] std::int64_t n_genes() const { return guess.out.n_genes; }

  /// hidden [cells, genes] of the cells that stand in `tokens`, unless that was drawn before.
  void draw_hidden(const kernel::draws& random, auto& asked) const {
    if (what == hides::nothing || !asked.hidden.empty()) return;
    asked.hidden.assign(usize(asked.tokens.n_cells() * n_genes()), 0);
    for (std::int64_t c = 0; c < asked.tokens.n_cells(); ++c)
      hide_genes(random, asked.tokens.cell_id[usize(c)],
                 std::span(asked.hidden).subspan(usize(c * n_genes()), usize(n_genes())));
  }
  /// How many genes of a cell are asked about: those that are hidden, or all; of a cell without a count none.
  [[nodiscard]] std::int64_t n_asked(const auto& truth, const auto& hidden, std::int64_t cell) const {
    if (truth.cell_begin[usize(cell)] == truth.cell_begin[usize(cell) + 1]) return 0;
    if (what == hides::nothing) return n_genes();
    std::int64_t n = 0;
    for (const std::uint8_t h : std::span(hidden).subspan(usize(cell * n_genes()), usize(n_genes()))) n += h;
    return n;
  }
  void hide_genes(const kernel::draws& random, std::int64_t id, std::span<std::uint8_t> hidden) const {
    const auto whole_program = [&](std::int64_t p) {
      for (const std::int32_t g : (*program)[usize(p)]) hidden[usize(g)] = 1;
    };
    if (what == hides::genes) {
      const auto units = static_cast<std::uint32_t>(rate * kernel::drop_units + 0.5);
      const std::uint64_t key = random.bits(id);
      for (std::size_t first = 0; first < hidden.size(); first += kernel::simd::drop_group) {
        const auto bits = kernel::drop_bits(key, first / kernel::simd::drop_group);
        const std::size_t n = std::min<std::size_t>(kernel::simd::drop_group, hidden.size() - first);
        for (std::size_t i = 0; i < n; ++i) hidden[first + i] = bits[i] < units ? 1 : 0;
      }
    } else if (what == hides::programs) {
      for (std::int64_t p = 0; p < isize(program->size()); ++p)
        if (random.uniform(id, static_cast<std::uint64_t>(p)) < rate) whole_program(p);
    } else {
      whole_program(random.below(isize(program->size()), id));
    }
  }

  template <bool Gradient, class Real>
  double all(std::span<const Real> w, const layer::packed& at, const states<Real>& have, const auto& asked, std::span<Real> dw,
             std::span<Real> dz, room<Real>& r, Real weight) const {
    const auto& truth = asked.whole.n_cells() > 0 ? asked.whole : asked.tokens;
    const auto n = layer::grown(r.n_asked, at.n_cells());
    std::int64_t answered = 0;
    for (std::int64_t c = 0; c < at.n_cells(); ++c) {
      n[usize(c)] = n_asked(truth, asked.hidden, c);
      answered += n[usize(c)] > 0 ? 1 : 0;
    }
    // The mean over cells that are asked, times the questions: these are more where another objective chose them.
    const double of_cell = answered == 0 ? 0 : static_cast<double>(asked.row.size()) / static_cast<double>(answered);
    const auto target = layer::grown(r.target, n_genes());
    std::fill(target.begin(), target.end(), Real(0));
    const auto error = [&](std::int64_t c, std::span<Real> y) {
      return one_cell<Gradient>(truth, asked.hidden, c, n[usize(c)], target, y, weight * static_cast<Real>(of_cell));
    };
    return of_cell * guess.template each_cell<Gradient, Real>(w, at, have.cell, dw, dz, r.guess, error);
  }
  /// The mean squared error of a cell's n genes; y becomes its gradient. target is 0 everywhere, and is left so.
  template <bool Gradient, class Real>
  double one_cell(const auto& truth, const auto& hidden, std::int64_t cell, std::int64_t n, std::span<Real> target,
                  std::span<Real> y, Real weight) const {
    const auto begin = usize(truth.cell_begin[usize(cell)]), end = usize(truth.cell_begin[usize(cell) + 1]);
    const auto& value = truth.template get<channel::value>();
    for (std::size_t i = begin; i < end; ++i) target[usize(truth.id[i])] = static_cast<Real>(value[i]);
    const std::uint8_t* const asks = what == hides::nothing ? nullptr : hidden.data() + cell * n_genes();
    std::array<double, 16> sum{};
    const Real share = n == 0 ? Real(0) : Real(1) / static_cast<Real>(n);
    for (std::size_t g = 0; g < y.size(); ++g) {
      const Real off = asks == nullptr || asks[g] != 0 ? y[g] - target[g] : Real(0);
      sum[g % 16] += static_cast<double>(off) * static_cast<double>(off);
      if constexpr (Gradient) y[g] = 2 * weight * share * off;
    }
    for (std::size_t i = begin; i < end; ++i) target[usize(truth.id[i])] = 0;
    return n == 0 ? 0 : std::accumulate(sum.begin(), sum.end(), 0.0) / static_cast<double>(n);
  }
};

/// How high hidden genes were, by a decoder over the cell's vector.
/// types   Shape, Hidden: the decoder's hidden layers, from the embedding up; none: linear
/// asks    of hidden genes, whether the cell expresses them or not; a hidden gene is seen as one that is not expressed. Cells
///         without a count, or of which no gene is hidden, are not asked
/// loss    the mean squared error over a cell's genes that are asked about, and its mean over the cells that are asked. Together
///         with others: the one that stands first of those that hide genes says which, and the mean counts once a question
/// hides   genes: each with a chance of `rate`. programs: each of them with a chance of `rate`, all its genes together.
///         one_program: one of them. Keyed by (cell id), bit-equal everywhere
/// errors  bad_option: a rate outside of [0, 1), or of 0 where some are to be hidden; no programs where some are to be hidden, or
///         one without a gene of the model
/// cost    3 times 2 width genes operations a cell, and a byte a cell and gene
/// source  He et al. 2022; of cells: Richter et al. 2024, who hide programs until a share of all genes is hidden, not each by chance
template <layer::mlp_shape Shape = layer::mlp_shape{}, int... Hidden>
struct masked_expression {
  static constexpr std::string_view name = "masked_expression";
  static constexpr bool of_counts = true;
  using needs = channels<channel::value>;

  double rate = 0.5;
  hides what = hides::genes;
  std::vector<gene_set> programs{};  ///< by Ensembl ids or symbols; genes that the model does not know are left out

  [[nodiscard]] std::string describe() const {
    std::string text = "masked_expression (" + std::string(name_of(what));
    if (what == hides::genes || what == hides::programs) text += ", " + shortest(rate) + " hidden";
    if (!programs.empty()) {
      std::uint64_t number = 0;
      for (const gene_set& p : programs) {
        number = kernel::mix64(number ^ p.genes.size());
        for (const std::string& g : p.genes) number = kernel::mix64(number ^ kernel::hash_text(g));
      }
      text += ", " + std::to_string(programs.size()) + " programs (" + std::to_string(number) + ")";
    }
    ((text += ", " + std::to_string(Hidden)), ...);
    return text + ")";
  }
  template <int Dims>
  [[nodiscard]] masked_expression_head<Dims, Shape, Hidden...> bind(const token_facts& facts) const {
    check_share(rate, "masked_expression", "rate");
    if (!(rate > 0) && (what == hides::genes || what == hides::programs))
      throw bad_option(
          "masked_expression was given a rate of 0: it would hide nothing and ask nothing; give a rate above 0, or "
          ".what = hides::nothing, which asks about all genes");
    if (rate >= 1 && what == hides::genes) throw bad_option("masked_expression cannot hide all genes; give a rate below 1");
    const bool by_program = what == hides::programs || what == hides::one_program;
    if (by_program && (programs.empty() || facts.words == nullptr))
      throw bad_option(
          "masked_expression was asked to hide gene programs but was given none; give .programs, for instance "
          "io::read_gmt(path)");
    auto columns = std::make_shared<std::vector<std::vector<std::int32_t>>>();
    for (const gene_set& p : programs) {
      if (!by_program) break;
      const name_match found = match_names(*facts.words, p.genes, 0, "gene program", p.name);
      auto& to = columns->emplace_back();
      for (std::size_t g = 0; g < found.place.size(); ++g)
        if (found.place[g] >= 0) to.push_back(static_cast<std::int32_t>(g));
      if (to.empty())
        throw bad_option("gene program '" + p.name +
                         "' of masked_expression has no gene that the model reads; leave it out, or "
                         "name its genes as the cells do");
    }
    masked_expression_head<Dims, Shape, Hidden...> head{what, rate, std::move(columns)};
    head.guess.out.n_genes = facts.n_rows;
    return head;
  }
};

}  // namespace tepui::objective
