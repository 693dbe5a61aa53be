#pragma once
/// Keeps a split for later, and gives it back only for the cells that it was made from.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/named_arrays.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/split/parts.hpp>

namespace tepui::split {

/// What tells one corpus from another: how many cells, and a hash of their names in order.
struct corpus_mark {
  std::int64_t n_cells = 0;
  std::uint64_t names = 0;
  bool operator==(const corpus_mark&) const = default;
};

/// in     names of the cells, in order (obs.index)        out    their mark        cost   O(characters)
[[nodiscard]] inline corpus_mark mark_of(std::span<const std::string> cell_names) {
  corpus_mark out{isize(cell_names.size()), 0};
  // Mixed after each name, so that "ab", "c" is not "a", "bc".
  for (const std::string& name : cell_names) out.names = kernel::mix64(out.names ^ kernel::hash_text(name));
  return out;
}

/// Adds a split to named arrays, from which io::save_arrays makes a file.
/// in     split, names of the cells that it was made from, arrays, name of the split among them (several fit into one file)
/// errors bad_data where the split does not put each of the cells in exactly one part
inline void store(const parts& split, std::span<const std::string> cell_names, named_arrays& to,
                  const std::string& name = "split");

/// The split that `store` added, with its `how` and seed.
/// in     arrays, names of the cells at hand, name of the split        out    the same parts
/// errors bad_data: no such split; another corpus; arrays that are damaged, or written by a later version
[[nodiscard]] inline parts stored(const named_arrays& from, std::span<const std::string> cell_names,
                                  const std::string& name = "split");

/// Refuses parts that do not hold each of n cells exactly once, ascending.
inline void check_parts(const parts& split, std::int64_t n_cells) {
  std::vector<bool> seen(usize(n_cells), false);
  std::int64_t n_seen = 0;
  for (const part p : {part::train, part::validation, part::test}) {
    std::int64_t last = -1;
    for (const std::int64_t row : split.of(p)) {
      if (row <= last || row >= n_cells || seen[usize(row)])
        throw bad_data("split: the " + std::string(name_of(p)) + " part names row " + std::to_string(row) +
                       " twice, out of order or beyond the " + std::to_string(n_cells) +
                       " cells; make the split again from these cells");
      seen[usize(row)] = true;
      last = row;
      ++n_seen;
    }
  }
  if (n_seen != n_cells)
    throw bad_data("split: the parts hold " + std::to_string(n_seen) + " of " + std::to_string(n_cells) +
                   " cells, but every cell stands in one part; make the split again from these cells");
}

inline void store(const parts& split, std::span<const std::string> cell_names, named_arrays& to, const std::string& name) {
  check_parts(split, isize(cell_names.size()));
  const corpus_mark mark = mark_of(cell_names);
  to.put<std::int64_t>(name + "/version", {1});
  to.put<std::int64_t>(name + "/train", split.train);
  to.put<std::int64_t>(name + "/validation", split.validation);
  to.put<std::int64_t>(name + "/test", split.test);
  to.put<std::string>(name + "/how", {split.how});
  // Two's complement keeps all 64 bits of a seed and a hash.
  to.put<std::int64_t>(name + "/seed", {static_cast<std::int64_t>(split.seed)});
  to.put<std::int64_t>(name + "/corpus", {mark.n_cells, static_cast<std::int64_t>(mark.names)});
}

[[nodiscard]] inline parts stored(const named_arrays& from, std::span<const std::string> cell_names,
                                  const std::string& name) {
  const auto find = [&]<class T>(const char* what, std::size_t n) -> const std::vector<T>& {
    for (const auto& [key, values] : from.all)
      if (key == name + "/" + what)
        if (const auto* found = std::get_if<std::vector<T>>(&values); found != nullptr && (n == 0 || found->size() == n))
          return *found;
    throw bad_data("split: the arrays hold no whole split '" + name + "', for want of '" + name + "/" + what +
                   "'; name a file and a split that split::store wrote");
  };
  if (const std::int64_t version = find.template operator()<std::int64_t>("version", 1)[0]; version != 1)
    throw bad_data("split: '" + name + "' was stored in version " + std::to_string(version) +
                   ", and this program reads version 1; use a later tepui");
  const auto& corpus = find.template operator()<std::int64_t>("corpus", 2);
  const corpus_mark was{corpus[0], static_cast<std::uint64_t>(corpus[1])}, is = mark_of(cell_names);
  if (was != is)
    throw bad_data(
        "split: '" + name + "' was made from " + std::to_string(was.n_cells) + " cells, and these are " +
        (was.n_cells == is.n_cells ? "as many with other names or in another order" : std::to_string(is.n_cells)) +
        "; use the corpus that the split was made from, or make the split again");
  parts out;
  out.train = find.template operator()<std::int64_t>("train", 0);
  out.validation = find.template operator()<std::int64_t>("validation", 0);
  out.test = find.template operator()<std::int64_t>("test", 0);
  out.how = find.template operator()<std::string>("how", 1)[0];
  out.seed = static_cast<std::uint64_t>(find.template operator()<std::int64_t>("seed", 1)[0]);
  check_parts(out, is.n_cells);
  return out;
}

}  // namespace tepui::split
