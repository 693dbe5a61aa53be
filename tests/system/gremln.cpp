#include <tepui/system/gremln.hpp>

#include "system/golden_cells.hpp"

namespace tepui::tests::gremln_system {
namespace {

template <std::int32_t Bins>
auto tokenizer_with(auto first_step, std::int32_t slots) {
  namespace c = tokenize::composition;
  using bins = tokenize::expression::quantile_bins<Bins, tokenize::edges::inner>;
  constexpr std::int32_t middle = Bins == 5 ? 2 : Bins / 2;  // Python rounds 2.5 to 2
  return std::tuple(transform::normalise{1e6}, transform::log1p{},
                    system::tokenizer_of(tokenize::identity::columns{},
                                         tokenize::expression::middle_where_alike<bins, middle>{{tokenize::side::lowest}},
                                         c::in_sequence(first_step, c::highest_where_full<>{slots})));
}
template <std::int32_t Bins>
void check_bins(const nlohmann::json& row, const dataset<>& data) {
  const auto view = data.x.view().part(row["row"].get<std::int64_t>(), 1);
  CAPTURE(row["row"].get<int>());
  CAPTURE(Bins);
  CHECK(golden::channel_of<channel::bin>(
            golden::tokens_through(tokenizer_with<Bins>(tokenize::composition::all_genes{}, 40), view, kernel::draws()),
            0) == golden::numbers(row["bins"]));
  const auto top = golden::tokens_through(tokenizer_with<Bins>(tokenize::composition::by_gene{}, 10), view, kernel::draws());
  CHECK(golden::ids_of(top, 0) == golden::whole(row["top10_gene_index"]));
  CHECK(golden::channel_of<channel::bin>(top, 0) == golden::numbers(row["top10_bins"]));
}

TEST_CASE("GREmLN's bins of all genes, and its ten highest, ties by the lower gene") {
  if (golden::missing()) return;
  const auto data = golden::counts();
  const auto file = golden::read("gremln_tokenize.json");
  for (const auto& row : file["rows"]) {
    if (row["method"] != "quantile") continue;
    if (row["n_bins"] == 5) check_bins<5>(row, data);
    if (row["n_bins"] == 100) check_bins<100>(row, data);
  }
}

TEST_CASE("GREmLN's cell: genes of the network that are expressed, and their neighbours with bin 0") {
  // 0 -> 1, 2 -> 0, 3 -> 4; gene 5 is in no edge, gene 6 is not in the vocabulary. Expressed: 0, 5, 6.
  const auto data = golden::cells_of_rows({{7, 0, 0, 0, 0, 9, 8}, {0, 0, 0, 2, 0, 0, 0}});
  vocabulary words = golden::words_from(2, 6);
  golden::add_word(words, "<PAD>", 0);
  golden::add_word(words, "<MASK>", 1);
  const gene_network network{{golden::gene_name(0), golden::gene_name(2), golden::gene_name(3)},
                             {golden::gene_name(1), golden::gene_name(0), golden::gene_name(4)},
                             ""};
  const system::gremln system{words, network};
  const auto got = golden::tokens(system, data);
  CHECK(golden::ids_of(got, 0) == golden::ids{8, 2, 3, 4});
  const auto bins = golden::channel_of<channel::bin>(got, 0);
  CHECK(bins[0] == 102);
  CHECK(bins[1] == 1);
  CHECK(bins[2] == 0);
  CHECK(bins[3] == 0);
  CHECK(golden::ids_of(got, 1) == golden::ids{8, 5, 6});
  CHECK(golden::channel_of<channel::bin>(got, 1) == std::vector<double>{102, 50, 0});
  CHECK(system.pads(7) == system::padding{0, 100});
  CHECK_THROWS_AS((void)system::gremln({words, {}}).stages().fit(data), bad_option);
  CHECK_THROWS_AS((void)system::gremln({words, {{"nobody"}, {"no one"}, ""}}).stages().fit(data), bad_data);
}

}  // namespace
}  // namespace tepui::tests::gremln_system
