#include <tepui/system/tahoe_x1.hpp>

#include "system/golden_cells.hpp"

namespace tepui::tests::tahoe_system {
namespace {

TEST_CASE("Tahoe-x1's bins: ties lowest as deployed, highest with right = True") {
  if (golden::missing()) return;
  const auto data = golden::counts();
  const auto file = golden::read("tahoe_x1_binning.json");
  for (const auto& row : file["rows"]) {
    const auto c = row["row"].get<std::size_t>();
    CAPTURE(c);
    const auto view = data.x.view().part(isize(c), 1);
    const auto bins_of = [&](tokenize::side side) {
      return golden::channel_of<channel::bin>(
          golden::tokens_through(
              std::tuple(system::tokenizer_of(tokenize::identity::columns{}, tokenize::expression::quantile_bins<51>{side},
                                              tokenize::composition::by_gene{})),
              view, kernel::draws()),
          0);
    };
    CHECK(bins_of(row["right"].get<bool>() ? tokenize::side::highest : tokenize::side::lowest) ==
          golden::numbers(row["expressed_only"]));
  }
}

TEST_CASE("Tahoe-x1's cell: <cls>, <drug> where the cells were treated, the genes with bins of their raw counts") {
  if (golden::missing()) return;
  const auto data = golden::counts();
  vocabulary words = golden::words_from(10);
  golden::add_word(words, "<pad>", 0);
  golden::add_word(words, "<cls>", 1);
  golden::add_word(words, "<drug>", 2);
  const auto plain = golden::tokens(system::tahoe_x1{.words = words}, data);
  const auto treated = golden::tokens(system::tahoe_x1{.words = words, .drug_token = true, .slots = 34}, data);
  const auto file = golden::read("tahoe_x1_binning.json");
  for (const auto& row : file["rows"]) {
    if (row["right"].get<bool>()) continue;
    const auto c = row["row"].get<std::size_t>();
    CAPTURE(c);
    auto bins = golden::numbers(row["expressed_only"]);
    bins.insert(bins.begin(), -2);
    CHECK(golden::ids_of(plain, c)[0] == 1);
    CHECK(golden::channel_of<channel::bin>(plain, c) == bins);
    CHECK(golden::ids_of(treated, c)[1] == 2);
    CHECK(golden::ids_of(treated, c).size() == std::min<std::size_t>(bins.size() + 1, 34));
  }
}

}  // namespace
}  // namespace tepui::tests::tahoe_system
