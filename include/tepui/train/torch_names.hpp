#pragma once
/// Fills the weights of a layer from named tensors, also from those that PyTorch wrote under other names and transposed.

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/tensors.hpp>
#include <tepui/layer/layer.hpp>

namespace tepui::train {

/// One row of a table of names.   {"block#.attention.in_weight", "layers.#.self_attn.in_proj_weight", true}
///   #      stands for a number and * for any text, the same in both names, in order
///   " + "  between their names: these tensors lie side by side in our columns ("layers.#.q.weight + layers.#.k.weight")
///   ""     as our name: their tensor is known and not wanted
struct weight_name {
  std::string ours, theirs;
  bool transposed = false;  ///< theirs is [ours' columns, ours' rows], as torch keeps the weights of its Linear
};

/// What # and * stand for in a name, or nothing where the name does not fit the pattern.
[[nodiscard]] inline std::optional<std::vector<std::string>> match_name(std::string_view pattern, std::string_view name) {
  if (pattern.empty()) return name.empty() ? std::optional(std::vector<std::string>{}) : std::nullopt;
  const bool number = pattern[0] == '#';
  if (!number && pattern[0] != '*') {
    if (name.empty() || name[0] != pattern[0]) return std::nullopt;
    return match_name(pattern.substr(1), name.substr(1));
  }
  std::size_t most = name.size();
  if (number) most = std::min(name.find_first_not_of("0123456789"), name.size());
  // A number is taken whole; a text as short as the rest allows.
  for (std::size_t n = number ? std::max<std::size_t>(most, 1) : 0; n <= most; ++n)
    if (auto rest = match_name(pattern.substr(1), name.substr(n))) {
      rest->insert(rest->begin(), std::string(name.substr(0, n)));
      return rest;
    }
  return std::nullopt;
}

/// The name that a pattern gives when # and * stand for these texts.
/// errors  bad_option where the pattern has another number of them
[[nodiscard]] inline std::string fill_name(std::string_view pattern, const std::vector<std::string>& texts) {
  std::string out;
  std::size_t used = 0;
  for (const char c : pattern) {
    if (c != '#' && c != '*') out += c;
    else if (used++ < texts.size()) out += texts[used - 1];
  }
  if (used != texts.size())
    throw bad_option("the name '" + std::string(pattern) + "' has " + std::to_string(used) +
                     " of # and *, and the name beside it " + std::to_string(texts.size()) + "; give both the same");
  return out;
}

/// Which of their tensors make a weight of ours.
struct their_tensors {
  std::vector<std::string> names;
  bool transposed = false;
};

/// The first row of the table that fits our name; without one, theirs has our name and is not transposed.
[[nodiscard]] inline their_tensors their_tensors_of(std::string_view ours, std::span<const weight_name> table) {
  for (const weight_name& row : table) {
    const auto texts = row.ours.empty() ? std::nullopt : match_name(row.ours, ours);
    if (!texts) continue;
    their_tensors out{{}, row.transposed};
    constexpr std::string_view between = " + ";
    for (std::string_view rest = row.theirs;;) {
      const std::size_t end = rest.find(between);
      out.names.push_back(fill_name(rest.substr(0, end), *texts));
      if (end == std::string_view::npos) return out;
      rest.remove_prefix(end + between.size());
    }
  }
  return {{std::string(ours)}, false};
}

/// A shape without its sides of 1: vectors are [5], [1, 5] or [5, 1, 1] from program to program, and lie the same.
[[nodiscard]] inline tensor_shape without_ones(tensor_shape shape) {
  std::erase(shape, 1);
  return shape;
}

/// 'a', 'b' and 3 more
[[nodiscard]] inline std::string few_of(const std::vector<std::string>& all) {
  constexpr std::size_t most = 6;
  std::string out;
  for (std::size_t i = 0; i < std::min(all.size(), most); ++i) out += (i == 0 ? "" : ", ") + all[i];
  if (all.size() > most) out += " and " + std::to_string(all.size() - most) + " more";
  return out;
}

/// Fills the flat weights of a layer from named tensors.
/// in     tensors of float32 or float64, by our names or by a table of names; w [n_weights(layer)]
/// out    w, its padding 0; nothing changes where an error is thrown
/// errors bad_data, one sentence that lists what is missing, what nobody asked for, and what has another shape or kind
/// cost   a look at each number
template <class Real, class L>
void take_slices(const L& layer, const named_tensors& tensors, std::span<const weight_name> table, std::span<Real> w) {
  std::map<std::string_view, const tensor*> there;
  for (const tensor& t : tensors.all) there.emplace(t.name, &t);
  struct piece {
    const tensor* from;
    std::int64_t rows, columns, all_columns, first;  // in our order
    bool transposed;
  };
  std::vector<piece> pieces;
  std::vector<std::string> missing, extra, wrong;
  std::set<std::string_view> used;
  const auto look = [&](const std::string& ours, const layer::slice& s, std::int64_t first) {
    const their_tensors theirs = their_tensors_of(ours, table);
    std::int64_t column = 0;
    bool whole = true, absent = false;
    std::string shapes;
    for (const std::string& name : theirs.names) {
      const auto found = there.find(name);
      if (found == there.end()) {
        missing.push_back("'" + name + "'" + (name == ours ? "" : " (for " + ours + ")"));
        absent = true;
        continue;
      }
      const tensor& t = *found->second;
      used.insert(t.name);
      shapes += (shapes.empty() ? "" : " and ") + std::string(t.holds()) + " " + shape_text(t.shape);
      const std::int64_t columns = numbers_in(t.shape) / s.rows;
      tensor_shape wanted{s.rows, columns};
      if (theirs.transposed) std::swap(wanted[0], wanted[1]);
      whole = whole && without_ones(t.shape) == without_ones(wanted) && (t.holds() == "float32" || t.holds() == "float64");
      pieces.push_back({&t, s.rows, columns, s.columns, first + column, theirs.transposed});
      column += columns;
    }
    if (!absent && (!whole || column != s.columns))
      wrong.push_back("'" + ours + "' needs " + shape_text(std::vector{s.rows, s.columns}) +
                      (theirs.transposed ? " transposed" : "") + " and would get " + shapes);
  };
  const std::int64_t n = layer::each_slice(layer, "", look);
  for (const tensor& t : tensors.all) {
    const auto unwanted = [&](const weight_name& row) { return row.ours.empty() && match_name(row.theirs, t.name); };
    if (!used.contains(t.name) && std::ranges::none_of(table, unwanted)) extra.push_back("'" + t.name + "'");
  }
  std::string what;
  const auto add = [&](const char* begins, const std::vector<std::string>& list) {
    if (!list.empty()) what += (what.empty() ? "" : "; ") + (begins + few_of(list));
  };
  add("missing: ", missing);
  add("not asked for: ", extra);
  add("of another shape or kind: ", wrong);
  if (!what.empty())
    throw bad_data("the tensors do not fit the layer: " + what + "; take the file of this model, or give a table of names");
  if (isize(w.size()) != n)
    throw bad_option("the layer has " + std::to_string(n) + " weights with their padding, and room for " +
                     std::to_string(w.size()) + " is given; give layer::n_weights(layer)");

  for (Real& x : w) x = 0;
  for (const piece& p : pieces)
    std::visit(
        [&](const auto& values) {
          if constexpr (std::is_floating_point_v<typename std::decay_t<decltype(values)>::value_type>)
            for (std::int64_t i = 0; i < p.rows; ++i)
              for (std::int64_t j = 0; j < p.columns; ++j)
                w[usize(p.first + i * p.all_columns + j)] =
                    static_cast<Real>(values[usize(p.transposed ? j * p.rows + i : i * p.columns + j)]);
        },
        p.from->values);
}

/// The weights of a layer as tensors under our names, [rows, columns], or under another program's, where the table has them.
/// in     w [n_weights(layer)]; a table without " + "    out  what take_slices reads back to the same bits; without padding
/// errors bad_option for a table with " + ": a joined weight has no tensor of its own there
template <class Real, class L>
[[nodiscard]] named_tensors give_slices(const L& layer, std::span<const Real> w, std::span<const weight_name> table = {}) {
  named_tensors out;
  layer::each_slice(layer, "", [&](const std::string& ours, const layer::slice& s, std::int64_t first) {
    const their_tensors theirs = their_tensors_of(ours, table);
    if (theirs.names.size() != 1)
      throw bad_option("the weight '" + ours + "' has several names in the table; give it one name to save it under");
    std::vector<Real> values(usize(s.size()));
    for (std::int64_t i = 0; i < s.rows; ++i)
      for (std::int64_t j = 0; j < s.columns; ++j)
        values[usize(theirs.transposed ? j * s.rows + i : i * s.columns + j)] = w[usize(first + i * s.columns + j)];
    tensor_shape shape{s.rows, s.columns};
    if (theirs.transposed) std::swap(shape[0], shape[1]);
    if (s.rows == 1 && !theirs.transposed) shape = {s.columns};  // a vector
    out.put(theirs.names[0], std::move(shape), std::move(values));
  });
  return out;
}

/// Tensors under our names, as a table says; what it does not name keeps its name, and what is not wanted is left.
/// in     a table; rows with " + " find nothing here (take_slices reads them)
/// errors bad_option where two get one name; bad_data where a tensor to be transposed has not two sides
[[nodiscard]] inline named_tensors rename(const named_tensors& tensors, std::span<const weight_name> table) {
  named_tensors out;
  out.notes = tensors.notes;
  for (const tensor& t : tensors.all) {
    std::optional<std::vector<std::string>> texts;
    const auto fits = [&](const weight_name& r) { return (texts = match_name(r.theirs, t.name)).has_value(); };
    const auto row = std::ranges::find_if(table, fits);
    tensor named = t;
    if (row != table.end()) {
      if (row->ours.empty()) continue;
      named.name = fill_name(row->ours, *texts);
      if (row->transposed) {
        if (t.shape.size() != 2)
          throw bad_data("the tensor '" + t.name + "' has the shape " + shape_text(t.shape) +
                         " and cannot be transposed; say transposed in the table only of [rows, columns]");
        std::swap(named.shape[0], named.shape[1]);
        const std::int64_t rows = named.shape[0], columns = named.shape[1];
        std::visit(
            [&](auto& values) {
              const auto& from = std::get<std::decay_t<decltype(values)>>(t.values);
              for (std::int64_t i = 0; i < rows; ++i)
                for (std::int64_t j = 0; j < columns; ++j) values[usize(i * columns + j)] = from[usize(j * rows + i)];
            },
            named.values);
      }
    }
    std::visit([&](auto& values) { out.put(named.name, named.shape, std::move(values)); }, named.values);
  }
  return out;
}

}  // namespace tepui::train
