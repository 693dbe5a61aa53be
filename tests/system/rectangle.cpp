#include <tepui/system/rectangle.hpp>

#include <tepui/system/geneformer.hpp>
#include <tepui/system/heimdall.hpp>
#include <tepui/system/scgpt.hpp>

#include "system/golden_cells.hpp"

namespace tepui::tests::rectangles {
namespace {

template <class System>
auto rectangle_of(const System& system, const dataset<>& data, std::int64_t slots) {
  const auto fitted = system.stages().fit(data);
  using value = typename system::written_value<system::written_channel_t<System>>::type;
  system::rectangle<value> out;
  const auto tokens = fitted.tokens(data);
  const auto& stages = fitted.stages();
  system::to_rectangle(system, std::get<std::tuple_size_v<std::remove_cvref_t<decltype(stages)>> - 1>(stages), tokens.view(),
                       slots, out);
  return out;
}

TEST_CASE("cells are cut and filled with the original's padding; ids alone where it has no values") {
  const auto data = golden::cells_of_rows({{3, 0, 5}, {0, 0, 0}});
  const auto bins = rectangle_of(system::scgpt{golden::words_from(0, 3)}, data, 4);  // <pad> 3, <cls> 4
  CHECK(bins.id == golden::ids{4, 0, 2, 3, 4, 3, 3, 3});
  CHECK(bins.value == golden::ids{0, 1, 50, -2, 0, -2, -2, -2});
  CHECK(bins.n_used == golden::ids{3, 1});
  CHECK(rectangle_of(system::scgpt{golden::words_from(0, 3)}, data, 2).id == golden::ids{4, 0, 4, 3});
  vocabulary words = golden::words_from(1, 3);
  golden::add_word(words, "<pad>", 0);
  const auto ranks = rectangle_of(system::geneformer_v1{words, golden::usual_levels({1, 1, 1})}, data, 3);
  CHECK(ranks.id == golden::ids{3, 1, 0, 0, 0, 0});
  CHECK(ranks.value.empty());
}
TEST_CASE("HEIMDALL's chromosomes lie below 0, and its padding is the number of genes") {
  const auto data = golden::cells_of_rows({{0, 9, 0, 0}});
  const gene_positions positions{{golden::gene_name(0), golden::gene_name(1)}, {"1", "2"}, {5, 6}, ""};
  const auto got = rectangle_of(system::heimdall::uce<2>{golden::words_from(0, 3), positions}, data, 6);
  CHECK(got.id == golden::ids{-3, 1, 1, -1, 3, 3});
  using uce = system::heimdall::uce<>;
  CHECK(uce::written_id(9, 0, 2) == 9);
  CHECK(uce::written_id(9, 1, 2) == -1);
  CHECK(uce::written_id(9, 2, 2) == -2);
  CHECK(uce::written_id(9, 4, 2) == -1);  // the unknown chromosome
}

}  // namespace
}  // namespace tepui::tests::rectangles
