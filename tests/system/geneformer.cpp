#include <tepui/system/geneformer.hpp>

#include <algorithm>

#include "system/golden_cells.hpp"

namespace tepui::tests::geneformer_system {
namespace {

using golden::ids;

/// The golden dictionary: genes 4, 7, 10, ..., specials 0 ... 3.
vocabulary words() {
  vocabulary out = golden::words_of(laws::numbers_in(laws::shared_text(golden::shared, "golden/systems/gene_tokens.csv")));
  golden::add_word(out, "<pad>", 0);
  golden::add_word(out, "<mask>", 1);
  golden::add_word(out, "<cls>", 2);
  golden::add_word(out, "<eos>", 3);
  return out;
}
dataset<> counts_with_totals(const nlohmann::json& file) {
  dataset<> out = golden::counts();
  for (const double n : golden::numbers(file["n_counts"])) out.x.total.push_back(n);
  return out;
}

TEST_CASE("the first Geneformer's tokens, ties by the lower gene") {
  if (golden::missing()) return;
  const auto file = golden::read("geneformer_rank.json");
  const auto data = counts_with_totals(file);
  const system::geneformer_v1 v1{words(), golden::medians()};
  const auto all = golden::tokens(v1, data),
             cut = golden::tokens(system::geneformer_v1{words(), golden::medians(), 16}, data);
  for (std::size_t c = 0; c < 6; ++c) {
    CAPTURE(c);
    CHECK(golden::ids_of(all, c) == golden::whole(file["tokens_stable"][c]));
    CHECK(golden::padded(golden::ids_of(cut, c), 16, v1.pads(40).id) ==
          golden::padded(golden::whole(file["v1_style_truncated_L16"][c]), 16, 0));
    // As the original's processor sorted them: the same sets between two different values.
    const auto default_order = golden::whole(file["tokens_default"][c]);
    std::size_t at = 0;
    for (const auto& group : file["tie_groups_desc"][c]) {
      const ids want = golden::whole(group);
      const auto from = default_order.begin() + isize(at);
      CHECK(std::is_permutation(want.begin(), want.end(), from, from + isize(want.size())));
      const ids ours = golden::ids_of(all, c);
      CHECK(std::is_permutation(want.begin(), want.end(), ours.begin() + isize(at), ours.begin() + isize(at + want.size())));
      at += want.size();
    }
    // What ranked them, within 5 floats; the order above is that of the exact numbers.
    const auto level = golden::channel_of<channel::value>(all, c);
    std::vector<double> want;
    for (const double v : golden::numbers(file["X_norm"][c]))
      if (v != 0) want.push_back(static_cast<double>(static_cast<float>(v)));
    std::sort(want.begin(), want.end(), std::greater<>());
    REQUIRE(level.size() == want.size());
    for (std::size_t t = 0; t < want.size(); ++t) CHECK(level[t] == doctest::Approx(want[t]).epsilon(5e-7));
  }
}

TEST_CASE("the second Geneformer's tokens stand between <cls> and <eos>") {
  if (golden::missing()) return;
  const auto file = golden::read("geneformer_rank.json");
  const auto got = golden::tokens(system::geneformer_v2{words(), golden::medians(), 16}, counts_with_totals(file));
  for (std::size_t c = 0; c < 6; ++c)
    CHECK(golden::ids_of(got, c) == golden::whole(file["v2_style_truncated_cls2_eos3_L16"][c]));
}

TEST_CASE("a cell without ties has the original's tokens on any processor") {
  if (golden::missing()) return;
  const auto file = golden::read("geneformer_rank_tiefree.json");
  auto data = golden::cells_of_rows(file["X"].get<std::vector<std::vector<double>>>());
  for (const auto& row : file["X"]) {
    data.x.total.push_back(0);
    for (const double v : golden::numbers(row)) data.x.total.back() += v;
  }
  const auto got = golden::tokens(system::geneformer_v1{words(), golden::medians()}, data);
  for (std::size_t c = 0; c < 6; ++c) CHECK(golden::ids_of(got, c) == golden::whole(file["tokens"][c]));
}

TEST_CASE("two hundred values on five levels: a stable order, and as sets the original's") {
  if (golden::missing()) return;
  const auto stress = golden::read("geneformer_rank.json")["stress"];
  const auto data = golden::cells_of_rows({golden::numbers(stress["values"])});
  const auto token = golden::numbers(stress["tokens"]);
  vocabulary dictionary = golden::words_of(token);
  golden::add_word(dictionary, "<pad>", 0);
  const auto got =
      golden::tokens(system::geneformer_v1{dictionary, golden::usual_levels(std::vector<double>(token.size(), 1.0))}, data);
  CHECK(golden::ids_of(got, 0) == golden::whole(stress["stable"]));
}

TEST_CASE("a gene needs a token and a level; columns of one gene are added up in the second version only") {
  dataset<> data = golden::cells_of_rows({{4, 3, 5, 2}});
  data.genes.id = {"ENSG01", "ENSG02", "ENSG03", "ENSG02.7"};
  vocabulary dictionary{{"<pad>", "<cls>", "<eos>", "ENSG01", "ENSG02", "ENSG03"}, {0, 2, 3, 11, 12, 13}, ""};
  const gene_numbers levels{{"ENSG01", "ENSG02"}, {1, 1}, ""};  // ENSG03 has none
  CHECK(golden::ids_of(golden::tokens(system::geneformer_v1{dictionary, levels}, data), 0) == ids{11, 12, 12});
  CHECK(golden::ids_of(golden::tokens(system::geneformer_v2{dictionary, levels}, data), 0) == ids{2, 12, 11, 3});
  CHECK_THROWS_AS((void)golden::tokens(system::geneformer_v2{dictionary, levels, 2}, data), bad_option);
}

}  // namespace
}  // namespace tepui::tests::geneformer_system
