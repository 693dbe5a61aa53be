#include <tepui/embed/frozen.hpp>

#include <numeric>

#include <tepui/embed/token_vectors.hpp>

#include "laws/encoder_laws.hpp"
#include "laws/golden_layers.hpp"

namespace tepui::tests::frozen_part {
namespace {

using namespace embed;

/// What a part's fit sees: names only.
struct words {
  gene_table table;
  [[nodiscard]] std::int64_t n_cells() const { return 0; }
  [[nodiscard]] const gene_table& genes() const { return table; }
};
words genes(std::int32_t n) { return {laws::law_genes(n)}; }

TEST_CASE("vectors are found by Ensembl id, versions aside, else by symbol, and the share is reported") {
  const named_vectors v({"ENSG01.7", "g2", "g9"}, 1, {10, 20, 90}, "v");
  const auto table = frozen<1>{v}.fit(genes(4), {});
  CHECK(table.row == std::vector<std::int32_t>{-1, 0, 1, -1});
  CHECK(table.weight == std::vector<float>{10, 20});
  CHECK(table.n_matched == 2);
  CHECK(table.share_matched() == 0.5);
  CHECK(!table.keeps(0));
  CHECK(table.keeps(1));
}

TEST_CASE("fewer than half of the genes are refused, with examples of both sides") {
  const named_vectors v({"TP53", "g2"}, 1, {1, 2}, "gene2vec");
  CHECK_THROWS_WITH_AS(static_cast<void>(frozen<1>{v}.fit(genes(4), {})),
                       doctest::Contains("only 1 of 4 genes (25.0 %, wanted 50.0 %)"), bad_data);
  CHECK(frozen<1>{v, 0.25}.fit(genes(4), {}).n_matched == 1);
}

TEST_CASE("special tokens have zeros, and do not count in the share") {
  words two = genes(2);
  for (const char* special : {"<cls>", "[MASK]", ""}) {
    two.table.id.emplace_back();
    two.table.symbol.emplace_back(special);
  }
  const auto table = frozen<1>{named_vectors({"g1"}, 1, {5})}.fit(two, {});
  CHECK(table.n_genes == 2);
  CHECK(table.row == std::vector<std::int32_t>{-1, 0, 1, 2, 3});
  CHECK(table.weight == std::vector<float>{5, 0, 0, 0});
}

TEST_CASE("vectors of other dims, and none, are refused with what to write") {
  CHECK_THROWS_WITH_AS(static_cast<void>(frozen<2>{}.fit(genes(2), {})), doctest::Contains("was given no gene vectors"),
                       bad_option);
  CHECK_THROWS_WITH_AS(static_cast<void>(frozen<2>{named_vectors({"g0"}, 3, {1, 2, 3})}.fit(genes(1), {})),
                       doctest::Contains("or use adapted<3, 2>"), bad_option);
}

TEST_CASE("words that only training uses have zeros behind the extra rows") {
  frozen<1> part{named_vectors({"g1"}, 1, {5})};
  part.extra_rows = 1;
  const auto table = part.fit(genes(2), fit_context{{}, 1, 2});
  CHECK(table.row == std::vector<std::int32_t>{-1, 0, 1, 2, 3});
  CHECK(vectors_of(table, {}, std::vector<std::int32_t>{1, 0, 4}) == std::vector<float>{5, 0, 0});
}

TEST_CASE("HEIMDALL's table, index and tokens of external vectors") {
  if (!shared_is_here()) return;
  const auto wanted = golden("fg/pretrained.table");
  const auto index = laws::npy<std::int32_t>(TEPUI_SHARED, "golden/heimdall/fg/pretrained.index.npy");
  // The vectors of the mapped genes in another order than the genes', and one of a gene that the cells do not have.
  std::vector<std::string> names{"not here"};
  std::vector<float> values(8, 9.0F);
  for (int g = 19; g >= 0; --g) {
    if (index[usize(g)] < 0) continue;
    names.push_back("g" + std::to_string(g));
    values.insert(values.end(), wanted.begin() + 8 * index[usize(g)], wanted.begin() + 8 * (index[usize(g)] + 1));
  }
  frozen<8> part{named_vectors(names, 8, values, "esm2")};
  part.extra_rows = 2;  // PAD and MASK
  const auto table = part.fit(genes(20), {});
  CHECK(std::equal(index.begin(), index.end(), table.row.begin()));
  CHECK(table.row[20] == 15);
  CHECK(table.row[21] == 16);
  CHECK(table.weight == wanted);
  CHECK(table.share_matched() == 0.75);

  // Cells 3 and 6 of the synthetic counts, their genes by expression, highest first: the rows that their tokens take.
  const auto identity = whole(golden("fg/pretrained.fc_identity")), counts = whole(golden("fg/pretrained.fc_expression"));
  const auto all = laws::npy<float>(TEPUI_SHARED, "golden/heimdall/synth/counts.data.npy");
  const auto column = laws::npy<std::int32_t>(TEPUI_SHARED, "golden/heimdall/synth/X.indices.npy");
  const auto begin = laws::npy<std::int64_t>(TEPUI_SHARED, "golden/heimdall/synth/X.indptr.npy");
  laws::plain_cells cells;
  for (const std::size_t c : {3U, 6U}) {
    auto& cell = cells.emplace_back();
    for (auto i = usize(begin[c]); i < usize(begin[c + 1]); ++i)
      if (column[i] < 20) cell.emplace_back(column[i], all[i]);
  }
  const auto stage = token_vectors<frozen<8>>{part}.fit(genes(20), {});
  token_vector_batch<channels<channel::value>> out;
  scratch_t<std::remove_const_t<decltype(stage)>> room;
  stage(laws::tokens_in<host, channel::value>(cells, 20).view(), out, room, {});
  const auto view = out.view();
  for (std::int64_t c = 0; c < 2; ++c) {
    std::vector<std::pair<int, std::int32_t>> ours, theirs;  // equal counts come in any order there
    for (std::size_t t = 0; t < 12 && t < usize(view.n_tokens(c)); ++t) {
      const std::int32_t row = table.row[usize(view.ids_of(c)[t])];
      ours.emplace_back(view.of<channel::value>(c)[t], row);
      check_near(view.vectors_of(c).subspan(8 * t, 8), std::span(wanted).subspan(8 * usize(row), 8), 0);
    }
    for (std::size_t t = 0; t < 12; ++t)
      if (identity[12 * usize(c) + t] < 15) theirs.emplace_back(counts[12 * usize(c) + t], identity[12 * usize(c) + t]);
    std::sort(ours.begin(), ours.end());
    std::sort(theirs.begin(), theirs.end());
    CHECK(ours == theirs);
  }
}

}  // namespace
}  // namespace tepui::tests::frozen_part
