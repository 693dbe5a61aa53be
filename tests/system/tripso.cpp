#include <tepui/system/tripso.hpp>

#include "system/golden_cells.hpp"

namespace tepui::tests::tripso_system {
namespace {

TEST_CASE("Tripso's gene programs: the tokens of each in the cell's order, fullest first on the second level") {
  if (golden::missing()) return;
  const auto file = golden::read("tripso_gene_programs.json");
  // Cells whose ranks are the golden token lists: the i-th token of a cell has 100 - i counts. Gene g has token g.
  std::vector<std::vector<double>> rows;
  for (const auto& list : file["input_ids"]) {
    auto& row = rows.emplace_back(40, 0.0);
    double count = 100;
    for (const std::int32_t token : golden::whole(list))
      if (token > 0) row[usize(token)] = count--;
  }
  vocabulary words = golden::words_from(0);
  words.name[0] = "<pad>";
  std::vector<gene_set> sets;
  for (const auto& [name, program] : file["programs"].items()) {
    auto& set = sets.emplace_back();
    set.name = name;
    for (const std::int32_t token : golden::whole(program["tokens"])) set.genes.push_back(golden::gene_name(usize(token)));
  }
  const auto usual = golden::usual_levels(std::vector<double>(40, 1.0));
  for (const bool fullest : {false, true}) {
    const auto got = golden::tokens(system::tripso{.words = words, .usual = usual, .sets = sets, .fullest_first = fullest},
                                    golden::cells_of_rows(rows));
    for (std::size_t c = 0; c < 3; ++c) {
      CAPTURE(c);
      golden::ids want;
      std::vector<double> program;
      for (std::size_t k = 0; k < 3; ++k) {
        const auto p = fullest ? file["cell_level"]["order_stable"][c][k].get<std::size_t>() : k;
        for (const std::int32_t token : golden::whole(file["programs"][sets[p].name]["token_ids"][c])) {
          if (token == 0) continue;
          want.push_back(token);
          program.push_back(static_cast<double>(p));
        }
      }
      CHECK(golden::ids_of(got, c) == want);
      CHECK(golden::channel_of<channel::program>(got, c) == program);
    }
  }
}

}  // namespace
}  // namespace tepui::tests::tripso_system
