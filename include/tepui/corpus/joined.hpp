#pragma once
/// Many corpora as one: files of different studies behind each other, with their genes in the columns of one vocabulary.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <tepui/compose/align.hpp>
#include <tepui/corpus/read_window.hpp>
#include <tepui/flow/cell_source.hpp>
#include <tepui/flow/table.hpp>
#include <tepui/transform/moved_columns.hpp>

namespace tepui::corpus {

/// Which genes the joined corpus has, where nobody gives them.
enum class joined_genes : std::uint8_t {
  in_any,  ///< all that some source has, as they first appear; a source that lacks one has zeros there
  in_all   ///< those that every source has, in the order of the first one
};

/// Sources of one type as one, a cell_source: the cells of the first, then those of the second, and so on.
/// in     sources (see any_cells for sources of several types); names: for messages and for the column "source"
/// out    counts [cells, genes of the vocabulary]; cell_id: position in the joined corpus; total: of the whole cell, with
///        its genes outside of the vocabulary
/// ties   genes meet by Ensembl id, else by symbol (match_genes); columns of one gene are added up. Two ids are two genes,
///        whatever their symbols; a symbol without an id is the first gene of that name. What a later source says of two
///        genes that an earlier one gave a column each (one by id, one by symbol) does not make them one
/// errors bad_data: no sources, or one that shares no gene with the vocabulary (with the others); bad_option: cells outside
/// cost   a source is read as it is where its genes are the vocabulary's; else its rows are written once more, in the room
/// repeat bit-equal for any batches and threads
template <cell_source Source>
class joined {
  using inner_view = view_of_t<Source>;

 public:
  using view_type = counts_view<typename inner_view::scale, typename inner_view::value_type, typename inner_view::place>;

  /// Working memory of one reader. One for all sources: their number costs no memory.
  struct room {
    typename Source::room inner;
    counts<typename inner_view::scale, typename inner_view::value_type, typename inner_view::place> cells;
    transform::moving_room moving;
  };

  joined(std::vector<Source> sources, gene_table vocabulary, std::vector<std::string> names = {}) {
    auto made = std::make_shared<state>();
    if (sources.empty()) throw bad_data("there is no corpus to join with others; give at least one file or other source");
    name_sources(sources.size(), names);
    for (std::size_t i = 0; i < sources.size(); ++i) {
      gene_map map = match_genes(vocabulary, sources[i].genes(), 0, "'" + names[i] + "'");
      if (map.n_matched == 0) refuse_strangers("the vocabulary", vocabulary, "'" + names[i] + "'", sources[i].genes());
      made->in_order.push_back(transform::keeps_order(map.to));
      made->maps.push_back(std::move(map));
      made->begin.push_back(made->begin.back() + sources[i].n_cells());
    }
    made->sources = std::move(sources);
    made->names = std::move(names);
    made->genes = std::move(vocabulary);
    state_ = std::move(made);
  }
  joined(std::vector<Source> sources, joined_genes which, std::vector<std::string> names = {})
      : joined(sources, common_genes(sources, which, names), names) {}

  [[nodiscard]] std::int64_t n_cells() const { return state_->begin.back(); }
  [[nodiscard]] const gene_table& genes() const { return state_->genes; }
  [[nodiscard]] std::int64_t n_sources() const { return isize(state_->sources.size()); }
  [[nodiscard]] const Source& source(std::int64_t i) const { return state_->sources[usize(i)]; }
  [[nodiscard]] const std::vector<std::string>& names() const { return state_->names; }
  /// How many genes of the vocabulary each source has.
  [[nodiscard]] std::int32_t n_matched(std::int64_t i) const { return state_->maps[usize(i)].n_matched; }

  /// Which source a cell is from, and its position there.           cost  O(log sources)
  [[nodiscard]] std::pair<std::int64_t, std::int64_t> origin(std::int64_t cell) const {
    const std::vector<std::int64_t>& begin = state_->begin;
    const std::int64_t i = std::upper_bound(begin.begin(), begin.end(), cell) - begin.begin() - 1;
    return {i, cell - begin[usize(i)]};
  }
  /// The position of a source's first cell.
  [[nodiscard]] std::int64_t first_of(std::int64_t i) const { return state_->begin[usize(i)]; }
  /// The source of every cell, as labels: batches for an objective, classes for by_class.       cost  O(cells)
  [[nodiscard]] categorical source_labels() const {
    categorical out{{}, state_->names, false};
    for (std::int64_t i = 0; i < n_sources(); ++i)
      out.code.resize(usize(state_->begin[usize(i) + 1]), static_cast<std::int32_t>(i));
    return out;
  }
  /// A batch with its sources as a covariate: with_source<covariate::batch>(reader.next(), codes).
  template <class Tag, counts_like View>
  [[nodiscard]] auto with_source(const View& view, std::vector<std::int32_t>& codes) const {
    codes.clear();
    for (const std::int64_t id : view.cells.id) codes.push_back(static_cast<std::int32_t>(origin(id).first));
    return view.template with<Tag>(codes);
  }

  [[nodiscard]] std::optional<std::int64_t> stored_counts(std::int64_t first, std::int64_t n) const {
    std::optional<std::int64_t> sum = 0;
    each_part(first, n, [&](std::size_t i, std::int64_t at, std::int64_t some) {
      const auto of_source = corpus::stored_counts(state_->sources[i], at, some);
      if (!of_source || !sum)
        sum.reset();
      else
        sum = *sum + *of_source;
    });
    return sum;
  }

  [[nodiscard]] view_type read(std::int64_t first, std::int64_t n, room& own) const {
    if (first < 0 || n < 0 || n > n_cells() || first > n_cells() - n)
      throw bad_option("cells [" + std::to_string(first) + ", " + std::to_string(first) + " + " + std::to_string(n) +
                       ") were asked for, but " + std::to_string(n_sources()) + " joined sources have " +
                       std::to_string(n_cells()) + " cells; ask for cells that they have");
    own.cells.clear();
    own.cells.n_genes = state_->genes.size();
    if (const auto [i, at] = origin(first);
        n > 0 && state_->maps[usize(i)].identity && first + n <= state_->begin[usize(i) + 1]) {
      const auto cells = state_->sources[usize(i)].read(at, n, own.inner);
      for (std::int64_t c = 0; c < n; ++c) own.cells.cell_id.push_back(first + c);
      view_type out = cells.with_cells(cell_axis<>(own.cells.cell_id));
      if (cells.total.empty()) {  // as where columns move, so that totals do not depend on how the cells are read
        for (std::int64_t c = 0; c < n; ++c) own.cells.total.push_back(transform::sum_of(cells.values_of(c)));
        out.total = own.cells.total;
      }
      return out;
    }
    each_part(first, n, [&](std::size_t i, std::int64_t at, std::int64_t some) {
      const auto cells = state_->sources[i].read(at, some, own.inner);
      transform::append_moved(state_->maps[i].to, state_->in_order[i], cells, own.cells, own.moving);
      const std::int64_t here = state_->begin[i] + at;
      for (std::int64_t id = here; id < here + some; ++id) own.cells.cell_id[usize(id - first)] = id;
    });
    return own.cells.view();
  }

 private:
  struct state {
    std::vector<Source> sources;
    std::vector<std::string> names;
    gene_table genes;
    std::vector<gene_map> maps;
    std::vector<bool> in_order;
    std::vector<std::int64_t> begin{0};  // [sources + 1]
  };

  template <class Visit>
  void each_part(std::int64_t first, std::int64_t n, Visit&& visit) const {
    for (auto [i, at] = origin(first); n > 0; ++i, at = 0) {
      const std::int64_t some = std::min(n, state_->begin[usize(i) + 1] - state_->begin[usize(i)] - at);
      if (some > 0) visit(usize(i), at, some);
      n -= some;
    }
  }

  static void name_sources(std::size_t n, std::vector<std::string>& names) {
    if (!names.empty() && names.size() != n)
      throw bad_option("there are " + std::to_string(names.size()) + " names for " + std::to_string(n) +
                       " sources; give one name for each, or none");
    while (names.size() < n) names.push_back("source " + std::to_string(names.size() + 1));
  }

  [[noreturn]] static void refuse_strangers(const std::string& one, const gene_table& a, const std::string& other,
                                            const gene_table& b) {
    const auto example = [](const gene_table& t) -> std::string {
      if (t.size() == 0) return "has none";
      return "has genes such as '" +
             (t.id[0].empty() ? t.symbol[0] : t.id[0] + (t.symbol[0].empty() ? "" : " " + t.symbol[0])) + "'";
    };
    throw bad_data(one + " and " + other + " have no gene in common: the first " + example(a) + ", the second " +
                   example(b) + "; check the species and whether both name genes by Ensembl id or by symbol");
  }

  static gene_table common_genes(const std::vector<Source>& sources, joined_genes which, std::vector<std::string>& names) {
    name_sources(sources.size(), names);
    gene_table all;
    std::unordered_map<std::string, std::int32_t> by_id, by_symbol;
    std::vector<std::int64_t> times;
    for (std::size_t i = 0; i < sources.size(); ++i) {
      const gene_table& some = sources[i].genes();
      const gene_map known = match_genes(all, some, 0);
      if (i > 0 && known.n_matched == 0)
        refuse_strangers(i == 1 ? "'" + names[0] + "'" : "the sources before '" + names[i] + "'", all, "'" + names[i] + "'",
                         some);
      std::vector<bool> seen(times.size(), false);
      for (std::int32_t g = 0; g < some.size(); ++g) {
        const std::string &id = some.id[usize(g)], &symbol = some.symbol[usize(g)];
        std::int32_t at = known.to[usize(g)];
        // Its row may have got another id since: that is another gene of the same symbol.
        if (at >= 0 && !id.empty() && !all.id[usize(at)].empty() && all.id[usize(at)] != id) at = -1;
        // Of a name that stands twice in one source, the second is the same gene.
        if (at < 0 && !id.empty() && by_id.contains(id)) at = by_id[id];
        if (at < 0 && id.empty() && by_symbol.contains(symbol)) at = by_symbol[symbol];
        if (at < 0) {
          at = all.size();
          all.id.push_back(id);
          all.symbol.push_back(symbol);
          times.push_back(0);
          seen.push_back(false);
        }
        // One source knows the id, another the symbol: together they know both.
        if (all.id[usize(at)].empty()) all.id[usize(at)] = id;
        if (all.symbol[usize(at)].empty()) all.symbol[usize(at)] = symbol;
        if (!all.id[usize(at)].empty()) by_id.emplace(all.id[usize(at)], at);
        if (!all.symbol[usize(at)].empty()) by_symbol.emplace(all.symbol[usize(at)], at);
        if (!seen[usize(at)]) ++times[usize(at)];
        seen[usize(at)] = true;
      }
    }
    if (which == joined_genes::in_any) return all;
    gene_table out;
    for (std::size_t g = 0; g < times.size(); ++g) {
      if (times[g] < isize(sources.size())) continue;
      out.id.push_back(all.id[g]);
      out.symbol.push_back(all.symbol[g]);
    }
    if (out.size() == 0 && !sources.empty())
      throw bad_data(
          "no gene is in all of " + std::to_string(sources.size()) +
          " sources, though each shares some with the others; join them with joined_genes::in_any or give a vocabulary");
    return out;
  }

  std::shared_ptr<const state> state_;
};

/// join(std::vector{io::open_cells("a.h5ad"), io::open_cells("b.h5ad")}, joined_genes::in_all, {"a", "b"})
template <cell_source Source>
[[nodiscard]] joined<Source> join(std::vector<Source> sources, joined_genes which, std::vector<std::string> names = {}) {
  return joined<Source>(std::move(sources), which, std::move(names));
}
template <cell_source Source>
[[nodiscard]] joined<Source> join(std::vector<Source> sources, gene_table vocabulary, std::vector<std::string> names = {}) {
  return joined<Source>(std::move(sources), std::move(vocabulary), std::move(names));
}

/// The labels of several sources behind each other; the same name is the same category.
/// in     one column of labels for each source           out    code [all cells], categories in order of first appearance
[[nodiscard]] inline categorical join_labels(std::span<const categorical> of_source) {
  categorical out;
  std::unordered_map<std::string, std::int32_t> number;
  for (const categorical& some : of_source) {
    std::vector<std::int32_t> to;
    for (const std::string& name : some.category) {
      const auto [at, is_new] = number.try_emplace(name, static_cast<std::int32_t>(out.category.size()));
      if (is_new) out.category.push_back(name);
      to.push_back(at->second);
    }
    for (const std::int32_t code : some.code) out.code.push_back(code < 0 ? -1 : to[usize(code)]);
  }
  return out;
}

}  // namespace tepui::corpus
