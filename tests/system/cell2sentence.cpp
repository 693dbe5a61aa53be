#include <tepui/system/cell2sentence.hpp>

#include "system/golden_cells.hpp"

namespace tepui::tests::c2s_system {
namespace {

TEST_CASE("Cell2Sentence's sentences, ties as it shuffled them") {
  if (golden::missing()) return;
  const auto file = golden::read("c2s_sentences.json");
  auto data = golden::counts();
  data.genes.symbol = file["gene_names"].get<std::vector<std::string>>();
  golden::played random;
  for (std::size_t c = 0; c < 6; ++c) {
    const auto order = golden::whole(file["shuffle_perms"][c]);
    auto& draw = random.steps[0][isize(c)];
    draw.resize(order.size());
    for (std::size_t k = 0; k < order.size(); ++k) draw[usize(order[k])] = static_cast<double>(k) / 1000;
  }
  const auto got = golden::tokens(system::cell2sentence{}, data, random);
  for (std::size_t c = 0; c < 6; ++c) {
    CAPTURE(c);
    CHECK(system::cell_text(got.view(), isize(c), data.genes) == file["sentences"][c].get<std::string>());
  }
}

TEST_CASE("a sentence of so many words; a gene without a symbol by its id") {
  auto data = golden::cells_of_rows({{1, 7, 5}});
  data.genes.symbol = {"a", "CD3-e", ""};
  const auto got = golden::tokens(system::cell2sentence{.slots = 2}, data);
  CHECK(system::cell_text(got.view(), 0, data.genes) == "CD3-E ENSG00000000002");
  CHECK(system::cell_text(got.view(), 0, data.genes, system::letters::as_they_are) == "CD3-e ENSG00000000002");
}

}  // namespace
}  // namespace tepui::tests::c2s_system
