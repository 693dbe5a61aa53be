#include <tepui/tokenize/binned.hpp>

#include <cmath>

#include <doctest/doctest.h>

#include "laws/golden.hpp"
#include "laws/tokenizer_laws.hpp"

namespace tepui::tests::binned_stage {
namespace {

using tokenize::binned;
using tokenize::side;

template <class Scale>
std::vector<laws::plain_tokens> tokens_of(const auto& stage, const laws::plain_cells& cells, std::int32_t n_genes) {
  return laws::tokenizing<Scale, std::remove_cvref_t<decltype(stage)>, host>(stage).run(
      laws::batch_of<Scale>(cells, n_genes).view());
}
std::vector<double> bins_of(const laws::plain_tokens& cell) {
  std::vector<double> out;
  for (const auto& channels : cell.channel) out.push_back(channels[0]);
  return out;
}

TEST_CASE("binned keeps the laws of a tokenizer") {
  laws::tokenizer<scale::raw>(binned<>{});
  laws::tokenizer<scale::log1p>(binned<5, 3>{.expression = {.on_ties = side::lowest}});
  laws::tokenizer<scale::other>(binned<2>{});
}

TEST_CASE("genes come in order of their column, with the bin of their value among the cell's values") {
  // Edges of five bins: quantiles 0, 1/3, 2/3, 1 of 1 2 3 4, which are 1 2 3 4.
  const auto tokens = tokens_of<scale::raw>(binned<5>{}, {{{0, 4.0F}, {1, 1.0F}, {2, 0.0F}, {3, 3.0F}, {4, 2.0F}}}, 5);
  CHECK(tokens[0].id == std::vector<std::int32_t>{0, 1, 3, 4});
  CHECK(bins_of(tokens[0]) == std::vector<double>{4, 1, 3, 2});
}

TEST_CASE("a value on several edges takes the highest of its bins, or the lowest where asked") {
  // Quantiles 0, 1/4, 1/2, 3/4, 1 of 1 1 1 1 5: four edges at 1.
  const laws::plain_cells cells{{{0, 1.0F}, {1, 1.0F}, {2, 1.0F}, {3, 1.0F}, {4, 5.0F}}};
  CHECK(bins_of(tokens_of<scale::raw>(binned<6>{}, cells, 5)[0]) == std::vector<double>{4, 4, 4, 4, 5});
  CHECK(bins_of(tokens_of<scale::raw>(binned<6>{.expression = {.on_ties = side::lowest}}, cells, 5)[0]) == std::vector<double>{1, 1, 1, 1, 5});
}

TEST_CASE("one value, or all equal, fill a single bin") {
  CHECK(bins_of(tokens_of<scale::raw>(binned<51>{}, {{{2, 7.0F}}}, 5)[0]) == std::vector<double>{50});
  CHECK(bins_of(tokens_of<scale::raw>(binned<51>{.expression = {.on_ties = side::lowest}}, {{{1, 7.0F}, {2, 7.0F}}}, 5)[0]) ==
        std::vector<double>{1, 1});
  CHECK(bins_of(tokens_of<scale::raw>(binned<2>{}, {{{1, 7.0F}, {2, 9.0F}}}, 5)[0]) == std::vector<double>{1, 1});
}

TEST_CASE("a cell with more genes than slots keeps its largest values, binned among all of them") {
  const laws::plain_cells cells{{{0, 4.0F}, {1, 1.0F}, {3, 3.0F}, {4, 4.0F}, {5, 4.0F}}};
  const auto all = tokens_of<scale::raw>(binned<5>{}, cells, 6)[0];
  const auto some = tokens_of<scale::raw>(binned<5, 2>{}, cells, 6)[0];
  CHECK(some.id == std::vector<std::int32_t>{0, 4});
  CHECK(bins_of(some) == std::vector<double>{bins_of(all)[0], bins_of(all)[3]});
  CHECK_THROWS_AS(tokens_of<scale::raw>(binned<5>{.composition = {.slots = -1}}, cells, 6), bad_option);
}

TEST_CASE("bins lie in 1 ... Bins - 1 and never fall as values rise") {
  CHECK(rc::check([] {
    const auto cells = *laws::any_cells<scale::raw>(30);
    const auto tokens = tokens_of<scale::raw>(binned<7>{}, cells, 30);
    for (std::size_t c = 0; c < cells.size(); ++c) {
      std::vector<std::pair<float, double>> pairs;
      std::size_t t = 0;
      for (const auto& [gene, value] : cells[c])
        if (value != 0) pairs.emplace_back(value, tokens[c].channel[t++][0]);
      std::sort(pairs.begin(), pairs.end());
      for (std::size_t i = 0; i < pairs.size(); ++i) {
        RC_ASSERT(pairs[i].second >= 1 && pairs[i].second <= 6);
        if (i > 0) RC_ASSERT(pairs[i - 1].second <= pairs[i].second);
      }
    }
  }));
}

template <std::int32_t Bins, class Scale>
void check_golden(const std::string& golden, const std::string& name, const std::vector<std::vector<double>>& values) {
  std::size_t at = golden.find("\"" + name + "\":");
  REQUIRE(at != std::string::npos);
  for (const auto& row : values) {
    if (std::all_of(row.begin(), row.end(), [](double v) { return v == 0; })) {
      CHECK(tokens_of<Scale>(binned<Bins>{}, {{}}, 40)[0].id.empty());  // the file has no bins for it
      continue;
    }
    const auto edges = laws::numbers_in(laws::json_array(golden, "edges", at));
    const auto want = laws::numbers_in(laws::json_array(golden, "binned_left_deterministic", at));
    std::vector<double> sorted, mine;
    laws::plain_cell cell;
    for (std::size_t g = 0; g < row.size(); ++g) {
      if (row[g] == 0) continue;
      sorted.push_back(row[g]);
      cell.emplace_back(static_cast<std::int32_t>(g), static_cast<float>(row[g]));
    }
    std::sort(sorted.begin(), sorted.end());
    kernel::quantile_edges(sorted, Bins - 1, mine);
    CHECK(mine == edges);  // bit for bit
    const auto tokens = tokens_of<Scale>(binned<Bins>{}, {cell}, 40)[0];
    std::vector<double> got(40, 0.0);
    for (std::size_t t = 0; t < tokens.id.size(); ++t) got[usize(tokens.id[t])] = tokens.channel[t][0];
    CHECK(got == want);
  }
}

TEST_CASE("edges and bins are scGPT's with side=\"one\"") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: needs shared data");
    return;
  }
  const std::string golden = laws::shared_text(shared, "golden/systems/scgpt_binning.json");
  const auto counted = laws::csv_rows(laws::shared_text(shared, "golden/systems/counts.csv"));
  auto logged = counted;
  for (auto& row : logged) {
    double total = 0;
    for (const double v : row) total += v;
    for (double& v : row) v = total > 0 ? std::log1p(v / total * 1e4) : 0.0;
  }
  check_golden<5, scale::raw>(golden, "counts_nbins5", counted);
  check_golden<51, scale::raw>(golden, "counts_nbins51", counted);
  check_golden<5, scale::log1p>(golden, "log1p1e4_nbins5", logged);
  check_golden<51, scale::log1p>(golden, "log1p1e4_nbins51", logged);
}

}  // namespace
}  // namespace tepui::tests::binned_stage
