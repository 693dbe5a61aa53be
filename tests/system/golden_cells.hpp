#pragma once
/// The golden files of the published systems, and a system's tokens of their six cells.

#include <cmath>
#include <map>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <tepui/compose/pipeline.hpp>
#include <tepui/flow/vocabulary.hpp>

#include "laws/golden.hpp"

namespace tepui::tests::golden {

inline const std::string shared = TEPUI_SHARED;
[[nodiscard]] inline bool missing() {
  if (shared.empty()) MESSAGE("skipped: needs shared data");
  return shared.empty();
}
[[nodiscard]] inline nlohmann::json read(const std::string& name) {
  return nlohmann::json::parse(laws::shared_text(shared, "golden/systems/" + name));
}
[[nodiscard]] inline std::vector<double> numbers(const nlohmann::json& array) { return array.get<std::vector<double>>(); }
[[nodiscard]] inline std::vector<std::int32_t> whole(const nlohmann::json& array) {
  std::vector<std::int32_t> out;
  for (const double v : numbers(array)) out.push_back(static_cast<std::int32_t>(v));
  return out;
}

/// "ENSG00000000007"
[[nodiscard]] inline std::string gene_name(std::size_t g) {
  std::string digits = std::to_string(g);
  return "ENSG" + std::string(11 - digits.size(), '0') + digits;
}
/// Rows of values as a data set with the genes ENSG00000000000, ...; cell ids are places. Zeros are not written down.
[[nodiscard]] inline dataset<> cells_of_rows(const std::vector<std::vector<double>>& rows) {
  dataset<> out;
  out.x.n_genes = static_cast<std::int32_t>(rows.at(0).size());
  for (std::size_t g = 0; g < rows[0].size(); ++g) {
    out.genes.id.push_back(gene_name(g));
    out.genes.symbol.emplace_back();
  }
  for (std::size_t c = 0; c < rows.size(); ++c) {
    std::vector<std::int32_t> gene;
    std::vector<float> value;
    for (std::size_t g = 0; g < rows[c].size(); ++g) {
      if (rows[c][g] == 0) continue;
      gene.push_back(static_cast<std::int32_t>(g));
      value.push_back(static_cast<float>(rows[c][g]));
    }
    out.x.add_cell(isize(c), gene, value);
  }
  return out;
}
/// counts.csv: 6 cells of 40 genes.
[[nodiscard]] inline dataset<> counts() {
  return cells_of_rows(laws::csv_rows(laws::shared_text(shared, "golden/systems/counts.csv")));
}
[[nodiscard]] inline vocabulary words_of(const std::vector<double>& ids) {
  vocabulary out;
  for (std::size_t g = 0; g < ids.size(); ++g) {
    out.name.push_back(gene_name(g));
    out.id.push_back(static_cast<std::int32_t>(ids[g]));
  }
  return out;
}
[[nodiscard]] inline vocabulary words_from(std::int32_t first, std::size_t n = 40) {
  std::vector<double> ids;
  for (std::size_t g = 0; g < n; ++g) ids.push_back(first + static_cast<double>(g));
  return words_of(ids);
}
inline void add_word(vocabulary& words, const std::string& name, std::int32_t id) {
  words.name.push_back(name);
  words.id.push_back(id);
}
[[nodiscard]] inline gene_numbers usual_levels(const std::vector<double>& values) {
  gene_numbers out;
  for (std::size_t g = 0; g < values.size(); ++g) {
    out.name.push_back(gene_name(g));
    out.value.push_back(values[g]);
  }
  return out;
}
[[nodiscard]] inline gene_numbers medians() {
  return usual_levels(laws::numbers_in(laws::shared_text(shared, "golden/systems/medians.csv")));
}

/// Random numbers that were drawn elsewhere: by the step of the composition, then the cell. What no one asked for is not
/// there.
struct played {
  std::map<std::uint64_t, std::map<std::int64_t, std::vector<double>>> expression, steps;
  struct step {
    const std::map<std::int64_t, std::vector<double>>* of = nullptr;
    const std::map<std::uint64_t, std::map<std::int64_t, std::vector<double>>>* below = nullptr;
    [[nodiscard]] double uniform(std::int64_t cell, std::uint64_t draw) const { return of->at(cell).at(draw); }
    [[nodiscard]] step sub(std::uint64_t n) const {
      const auto hit = below->find(n);
      return {hit == below->end() ? nullptr : &hit->second, below};
    }
  };
  [[nodiscard]] double uniform(std::int64_t, std::uint64_t) const {
    throw std::logic_error("a tokenizer draws by its axes");
  }
  [[nodiscard]] step sub(std::uint64_t axis) const {
    const auto& all = axis == 1 ? expression : steps;
    const auto hit = all.find(0);
    return {hit == all.end() ? nullptr : &hit->second, &all};
  }
};

/// Sends counts through fitted stages; the last one, a tokenizer, gets `random`.
template <std::size_t I = 0, class Stages, class View, class Random>
[[nodiscard]] auto tokens_through(const Stages& stages, const View& view, const Random& random) {
  const auto& stage = std::get<I>(stages);
  using stage_type = std::remove_cvref_t<decltype(stage)>;
  typename port::given_t<stage_type, entry_port<View>>::template buffer<host> out;
  scratch_t<stage_type> room;
  if constexpr (I + 1 == std::tuple_size_v<Stages>) {
    stage(view, out, room, random);
    return out;
  } else {
    stage(view, out, room, kernel::draws());
    return tokens_through<I + 1>(stages, out.view(), random);
  }
}
/// What a system makes of cells.
template <class System, class Random = kernel::draws>
[[nodiscard]] auto tokens(const System& system, const dataset<>& data, const Random& random = {}) {
  return tokens_through(system.stages().fit(data).stages(), data.x.view(), random);
}
using ids = std::vector<std::int32_t>;
[[nodiscard]] inline ids ids_of(const auto& tokens, std::size_t cell) {
  const auto of = tokens.view().ids_of(isize(cell));
  return {of.begin(), of.end()};
}
template <class Channel>
[[nodiscard]] std::vector<double> channel_of(const auto& tokens, std::size_t cell) {
  const auto of = tokens.view().template of<Channel>(isize(cell));
  return {of.begin(), of.end()};
}
[[nodiscard]] inline auto padded(auto of, std::size_t slots, auto with) {
  of.resize(std::max(slots, of.size()), with);
  return of;
}

}  // namespace tepui::tests::golden
