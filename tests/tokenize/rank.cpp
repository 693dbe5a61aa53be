#include <tepui/tokenize/rank.hpp>

#include <doctest/doctest.h>

#include <tepui/transform/gene_medians.hpp>
#include <tepui/transform/normalise.hpp>

#include "laws/golden.hpp"
#include "laws/tokenizer_laws.hpp"

namespace tepui::tests::rank_stage {
namespace {

using tokenize::rank;

template <class Scale>
std::vector<laws::plain_tokens> tokens_of(const auto& stage, const laws::plain_cells& cells, std::int32_t n_genes) {
  return laws::tokenizing<Scale, std::remove_cvref_t<decltype(stage)>, host>(stage).run(
      laws::batch_of<Scale>(cells, n_genes).view());
}

TEST_CASE("rank keeps the laws of a tokenizer") {
  laws::tokenizer<scale::raw>(rank<4>{});
  laws::tokenizer<scale::other>(rank<>{});
  laws::tokenizer<scale::log1p>(rank<1>{});
}

TEST_CASE("genes come in order of value, equal values by gene, and each carries its value") {
  const auto tokens = tokens_of<scale::raw>(rank<>{}, {{{0, 1.0F}, {1, 3.0F}, {2, 0.0F}, {4, 3.0F}, {5, 7.0F}}}, 6);
  CHECK(tokens[0].id == std::vector<std::int32_t>{5, 1, 4, 0});
  CHECK(tokens[0].channel == std::vector<std::vector<double>>{{7}, {3}, {3}, {1}});
}

TEST_CASE("a cell with more genes than slots keeps the first") {
  const laws::plain_cells cells{{{0, 1.0F}, {1, 1.0F}, {2, 1.0F}, {3, 2.0F}}};
  CHECK(tokens_of<scale::raw>(rank<2>{}, cells, 4)[0].id == std::vector<std::int32_t>{3, 0});
  CHECK(tokens_of<scale::raw>(rank<2>{.composition = {.slots = 3}}, cells, 4)[0].id == std::vector<std::int32_t>{3, 0, 1});
  CHECK_THROWS_AS(tokens_of<scale::raw>(rank<2>{.composition = {.slots = 0}}, cells, 4), bad_option);
}

TEST_CASE("the vocabulary is the genes") {
  token_batch<channels<channel::value>> out;
  rank<>::scratch room;
  rank<>{}(laws::batch_of<scale::raw>({{}}, 9).view(), out, room, kernel::draws());
  CHECK(out.n_vocabulary == 9);
}

TEST_CASE("normalise, gene medians and rank make Geneformer's tokens") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: needs shared data");
    return;
  }
  const std::string golden = laws::shared_text(shared, "golden/systems/geneformer_rank.json");
  std::size_t from = 0;
  const auto totals = laws::numbers_in(laws::json_array(golden, "n_counts", from));
  from = 0;
  const auto want = laws::json_rows(laws::json_array(golden, "tokens_stable", from));
  const auto rows = laws::csv_rows(laws::shared_text(shared, "golden/systems/counts.csv"));
  const auto token_of = laws::numbers_in(laws::shared_text(shared, "golden/systems/gene_tokens.csv"));
  const transform::divided_by_median medians{laws::numbers_in(laws::shared_text(shared, "golden/systems/medians.csv"))};

  laws::plain_cells cells;
  for (const auto& row : rows) {
    auto& cell = cells.emplace_back();
    for (std::size_t g = 0; g < row.size(); ++g)
      if (row[g] > 0) cell.emplace_back(static_cast<std::int32_t>(g), static_cast<float>(row[g]));
  }
  auto raw = laws::batch_of<scale::raw>(cells, 40);
  raw.total.assign(totals.begin(), totals.end());
  counts<scale::normalised> normal, divided;
  transform::normalise::scratch room;
  no_scratch none;
  transform::normalise{}(raw.view(), normal, room, kernel::draws());
  medians(normal.view(), divided, none, kernel::draws());
  const rank<> stage;
  const auto tokens = laws::tokenizing<scale::normalised, rank<>, host>(stage).run(divided.view());
  REQUIRE(tokens.size() == 6);
  REQUIRE(want.size() == 6);
  for (std::size_t c = 0; c < 6; ++c) {
    std::vector<double> got;
    for (const std::int32_t g : tokens[c].id) got.push_back(token_of[usize(g)]);
    CHECK(got == want[c]);
  }
}

}  // namespace
}  // namespace tepui::tests::rank_stage
