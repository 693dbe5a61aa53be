#pragma once
/// Any tokenizer of the field from three axes: what a gene is called, what is said of its expression, and how the sentence is put
/// together.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <tepui/kernel/segment_sum.hpp>
#include <tepui/kernel/simd/gather.hpp>
#include <tepui/kernel/simd/rank_row.hpp>
#include <tepui/kernel/simd/scaled.hpp>
#include <tepui/stage/check.hpp>
#include <tepui/stage/fitting.hpp>
#include <tepui/tokenize/composition/sequence.hpp>
#include <tepui/tokenize/identity/columns.hpp>
#include <tepui/tokenize/sentence.hpp>

namespace tepui::tokenize {

/// Whether an axis becomes another type by `fit`. An identity binds names: it has `bind(genes, special tokens)`.
template <class... Axes>
inline constexpr bool any_learns = (needs_fit<Axes> || ...);

template <class... Channels>
struct gives_of_channels;
template <class... C>
struct gives_of_channels<tepui::channels<C...>> {
  using type = port::tokens<C...>;
};
/// The channels of a tokenizer: those of its expression, then those of its composition.
template <class Expression, class Composition>
using gives_of_axes = typename gives_of_channels<typename composition::joined<
    typename composition::channels_of<Expression>::type, typename composition::channels_of<Composition>::type>::type>::type;

/// Which counts a tokenizer takes: what its expression says, else any.
template <class Expression>
struct takes_of {
  using type = port::any_counts;
};
template <class Expression>
  requires requires { typename Expression::takes; }
struct takes_of<Expression> {
  using type = typename Expression::takes;
};

template <class Axis>
[[nodiscard]] consteval bool check_axis() {
  if constexpr (requires { Axis::check_shape(); }) return Axis::check_shape();
  return true;
}
/// What makes a type an axis.
template <class A>
inline constexpr bool is_identity = requires(const A& axis) { axis.gene_id(0); } || (needs_fit<A> && requires { &A::bind; });
template <class A>
inline constexpr bool is_expression = requires { typename A::channel_list; typename A::template level<float>; };

/// Three axes in their order.            out    true, or does not compile with one sentence
template <class Identity, class Expression, class Composition>
[[nodiscard]] consteval bool check_axes() {
  if constexpr (!is_identity<Identity>) {
    static_assert(is_identity<Identity>,
                  "tepui: the first axis of a tokenizer is an identity, which says what a gene is called; write identity::columns or "
                  "identity::named");
  } else if constexpr (!is_expression<Expression>) {
    static_assert(is_expression<Expression>,
                  "tepui: the second axis of a tokenizer is an expression, which says what stands beside a token; write "
                  "expression::values or expression::quantile_bins<51>");
  } else if constexpr (is_expression<Composition>) {
    static_assert(!is_expression<Composition>,
                  "tepui: the third axis of a tokenizer is a composition, which puts the sentence together; write "
                  "composition::by_expression<2048> or composition::in_sequence(...)");
  } else {
    return check_axis<Expression>() && check_axis<Composition>();
  }
  return false;
}

/// The sentence "named(...), quantile_bins(51, highest), by_expression(2048)".
template <class... Axes>
[[nodiscard]] std::string describe_axes(const Axes&... axes) {
  std::string text;
  ((text += (text.empty() ? "tokenizer(" : ", ") + description_of(axes)), ...);
  return text + ")";
}

/// A cell's genes as tokens. HEIMDALL's three axes, each a type of its own:
///   Identity     which id a gene has: identity::columns, identity::named{.words = ...}
///   Expression   what stands beside it: expression::values, unsaid, quantile_bins<51>, floor_bins<7>, gene_scaled_by ...
///   Composition  which genes, in which order, with which special tokens: composition::by_expression<2048>, or several steps
///                with composition::in_sequence(...)
/// in     counts [cells, genes], any scale; zeros that are written down count as not expressed
/// out    tokens, ragged; channels of the expression and of the composition; special tokens as the composition says
/// fit    an axis that needs names, medians or positions finds them among the training genes; no axis looks at other cells
/// order  a gene without an id gives no token and does not count in bins            empty  no genes (special tokens stay)
/// errors those of the axes            cost   that of the axes; nothing is allocated once `scratch` has seen the largest cell
/// repeat bit-equal everywhere; random steps draw by (seed, cell id), never by the order of calls
/// source Haber et al. 2025 (HEIMDALL)
template <class Identity, class Expression, class Composition>
struct tokenizer {
  using kind = kind::tokenizer;
  static constexpr std::string_view name = "tokenizer";
  static consteval bool check_shape() { return check_axes<Identity, Expression, Composition>(); }
  using takes = typename takes_of<Expression>::type;
  using gives = gives_of_axes<Expression, Composition>;

  [[no_unique_address]] Identity identity{};
  [[no_unique_address]] Expression expression{};
  [[no_unique_address]] Composition composition{};

  struct scratch {
    std::vector<std::int32_t> gene;
    std::vector<float> value;
    sentence said;
    scratch_t<Expression> expression;
    scratch_t<Composition> composition;
  };

  [[nodiscard]] std::string describe() const { return describe_axes(identity, expression, composition); }
  static void each_array(auto& self, auto&& visit) {
    const auto one = [&](const char* axis, auto& of) {
      if constexpr (requires { of.each_array(of, visit); })
        of.each_array(of, [&](const char* member, auto& what) { visit((std::string(axis) + "." + member).c_str(), what); });
    };
    one("identity", self.identity);
    one("expression", self.expression);
    one("composition", self.composition);
  }
  /// The names of the tokens, in the order of their ids, for the stages behind.
  [[nodiscard]] gene_table genes_out(const gene_table& genes) const {
    return identity.names(genes, composition::special_names_of(composition));
  }

  template <random_source Random = kernel::draws>
  void operator()(const auto& in, auto& out, scratch& room, const Random& draws) const {
    using value_type = typename std::remove_cvref_t<decltype(in)>::value_type;
    using level_type = typename Expression::template level<value_type>;
    const auto check = [&](const auto& axis) {
      if constexpr (requires { axis.check(in.n_genes); }) axis.check(in.n_genes);
    };
    check(identity);
    check(expression);
    check(composition);
    const auto for_expression = draws.sub(1), for_composition = draws.sub(2);
    out.clear();
    out.n_vocabulary = identity.n_vocabulary(in.n_genes, composition::n_special_of(composition));
    for (std::int64_t c = 0; c < in.n_cells(); ++c) {
      if constexpr (in_one_pass<value_type>) {
        const std::size_t from = out.id.size();
        auto& value = out.template get<channel::value>();
        const std::size_t most = std::min(in.genes_of(c).size(), usize(composition.slots));
        out.id.resize(from + most);
        value.resize(from + most);
        const std::size_t n = kernel::simd::rank_row(in.values_of(c), in.genes_of(c), composition.slots, room.composition,
                                                     out.id.data() + from, value.data() + from);
        out.id.resize(from + n);
        value.resize(from + n);
        out.end_cell();
        continue;
      }
      cell_entries<value_type, level_type> cell = entries_of<level_type>(in, c, room);
      if constexpr (reads_total<Expression> || reads_total<Composition>)
        cell.total = in.total.empty() ? kernel::row_sum(in.values_of(c)) : in.total[usize(c)];
      cell.level = expression.levels(cell, room.expression, for_expression);
      room.said.clear();
      if constexpr (!composition::begins<Composition>) {
        room.said.say_all(cell.size());
        room.said.write_down();
      }
      if constexpr (requires { expression.exact_level(cell, 0); }) {
        composition(cell_entries_of<value_type, level_type, Expression>{cell, &expression}, room.said, room.composition, for_composition);
      } else {
        composition(cell, room.said, room.composition, for_composition);
      }
      write(cell, room.said, in.n_genes, out);
    }
  }

 private:
  /// Values ranked by themselves under their columns: sorted and written without a sentence.
  template <class Value>
  static constexpr bool in_one_pass = std::is_same_v<Identity, identity::columns> && std::is_same_v<gives, port::tokens<channel::value>> &&
                                      std::is_same_v<Value, float> && requires { Expression::says_values; } && composition::ranks_values<Composition>;
  static constexpr bool dense = composition::wants_zeros<Composition>;
  static constexpr bool has_special = composition::writes_special<Composition>;

  template <class Level, class In>
  [[nodiscard]] auto entries_of(const In& in, std::int64_t c, scratch& room) const {
    using value_type = typename In::value_type;
    cell_entries<value_type, Level> cell;
    cell.cell_id = in.cells.id[usize(c)];
    cell.zeros = dense;
    const auto genes = in.genes_of(c);
    const auto values = in.values_of(c);
    if constexpr (!dense && Identity::keeps_all) {
      cell.zeros = composition::drops_zeros<Composition>;
      if (cell.zeros || !kernel::simd::has_zero(values)) {  // nothing is copied
        cell.gene = genes;
        cell.value = values;
        return cell;
      }
    }
    static_assert(std::is_same_v<value_type, float>, "tepui: a tokenizer reads counts stored as float; convert them first");
    room.gene.clear();
    room.value.clear();
    std::size_t i = 0;
    if constexpr (dense) {
      for (std::int32_t g = 0; g < in.n_genes; ++g) {
        while (i < genes.size() && genes[i] < g) ++i;
        if (!Identity::keeps_all && identity.gene_id(g) < 0) continue;
        room.gene.push_back(g);
        room.value.push_back(i < genes.size() && genes[i] == g ? values[i] : 0.0F);
      }
    } else {
      for (; i < genes.size(); ++i) {
        if (values[i] == 0 || (!Identity::keeps_all && identity.gene_id(genes[i]) < 0)) continue;
        room.gene.push_back(genes[i]);
        room.value.push_back(values[i]);
      }
    }
    cell.gene = room.gene;
    cell.value = room.value;
    return cell;
  }

  void columns_to_ids(std::int32_t* id, std::size_t n) const {
    if constexpr (!std::is_same_v<Identity, identity::columns>)
      for (std::size_t i = 0; i < n; ++i) id[i] = identity.gene_id(id[i]);
  }

  void write(const auto& cell, const sentence& said, std::int32_t n_genes, auto& out) const {
    const bool all = said.says_all(), only_genes = !has_special || said.special.empty();
    const std::size_t n = all ? cell.size() : said.at.size(), from = out.id.size();
    out.id.resize(from + n);
    std::int32_t* const id = out.id.data() + from;
    if constexpr (std::is_same_v<gives, port::tokens<channel::value>> &&
                  std::is_same_v<typename std::remove_cvref_t<decltype(cell.level)>::value_type, float>) {
      if (only_genes && !all) {  // both in one go
        auto& value = out.template get<channel::value>();
        value.resize(from + n);
        kernel::simd::gather_both(cell.gene, cell.level, std::span<const std::int32_t>(said.at), id, value.data() + from);
        columns_to_ids(id, n);
        out.end_cell();
        return;
      }
    }
    if (only_genes) {
      if (all) {
        std::copy(cell.gene.begin(), cell.gene.end(), id);
      } else {
        kernel::simd::gather(cell.gene, std::span<const std::int32_t>(said.at), id);
      }
      columns_to_ids(id, n);
    } else {
      for (std::size_t i = 0; i < n; ++i) {
        const std::int32_t at = said.at[i];
        id[i] = at >= 0 ? identity.gene_id(cell.gene[usize(at)]) : identity.special_id(said.special_at(at).number, n_genes);
      }
    }
    const auto channel = [&]<class Channel>(Channel) {
      using type = typename Channel::type;
      using level_type = typename std::remove_cvref_t<decltype(cell.level)>::value_type;
      auto& buffer = out.template get<Channel>();
      buffer.resize(from + n);
      type* const to = buffer.data() + from;
      if constexpr (std::is_same_v<Channel, channel::program>) {
        std::copy(said.program.begin(), said.program.end(), to);
      } else if constexpr (std::is_same_v<Channel, channel::special>) {
        for (std::size_t i = 0; i < n; ++i) to[i] = said.at[i] >= 0 ? 0 : said.special_at(said.at[i]).number + 1;
      } else if (all) {
        std::transform(cell.level.begin(), cell.level.end(), to, [](auto level) { return static_cast<type>(level); });
      } else if (only_genes) {
        if constexpr (std::is_same_v<level_type, type>) {
          kernel::simd::gather(cell.level, std::span<const std::int32_t>(said.at), to);
        } else {
          for (std::size_t i = 0; i < n; ++i) to[i] = static_cast<type>(cell.level[usize(said.at[i])]);
        }
      } else {
        for (std::size_t i = 0; i < n; ++i) {
          const std::int32_t at = said.at[i];
          to[i] = static_cast<type>(at >= 0 ? static_cast<double>(cell.level[usize(at)]) : said.special_at(at).value);
        }
      }
    };
    [&]<class... C>(port::tokens<C...>) { (channel(C{}), ...); }(gives{});
    out.end_cell();
  }
};

/// The same where an axis learns: becomes the tokenizer of what the axes become.
template <class Identity, class Expression, class Composition>
  requires any_learns<Identity, Expression, Composition>
struct tokenizer<Identity, Expression, Composition> {
  using kind = kind::tokenizer;
  static constexpr std::string_view name = "tokenizer";
  using fitted = tokenizer<fitted_t<Identity>, fitted_t<Expression>, fitted_t<Composition>>;
  static consteval bool check_shape() { return fitted::check_shape(); }
  using takes = typename fitted::takes;
  using gives = typename fitted::gives;

  [[no_unique_address]] Identity identity{};
  [[no_unique_address]] Expression expression{};
  [[no_unique_address]] Composition composition{};

  [[nodiscard]] std::string describe() const { return describe_axes(identity, expression, composition); }

  template <training_cells Cells>
  [[nodiscard]] fitted fit(const Cells& train, const fit_context& context) const {
    const auto one = [&](const auto& axis) {
      if constexpr (requires { axis.fit(train, context); }) {
        return axis.fit(train, context);
      } else {
        return axis;
      }
    };
    auto composed = one(composition);
    const auto specials = composition::special_names_of(composed);
    if constexpr (requires { identity.bind(train.genes(), specials); }) {
      return {identity.bind(train.genes(), specials), one(expression), std::move(composed)};
    } else {
      return {identity, one(expression), std::move(composed)};
    }
  }
};

}  // namespace tepui::tokenize
