#include <tepui/system/uce.hpp>

#include "system/golden_cells.hpp"

namespace tepui::tests::uce_system {
namespace {

gene_positions positions_of(const nlohmann::json& file) {
  gene_positions out;
  const auto chromosome = golden::whole(file["chrom"]);
  const auto start = golden::numbers(file["start"]);
  for (std::size_t g = 0; g < start.size(); ++g) {
    out.name.push_back(golden::gene_name(g));
    out.chromosome.push_back("chromosome " + std::to_string(chromosome[g]));
    out.start.push_back(start[g]);
  }
  return out;
}

TEST_CASE("UCE's sentences, from the genes and the order of chromosomes that it drew") {
  if (golden::missing()) return;
  const auto file = golden::read("uce_sentence.json");
  const auto data = golden::counts();
  const system::uce<48> system{golden::words_of(golden::numbers(file["pe_index"])), positions_of(file), 96};
  golden::played random;
  for (const auto& record : file["records"]) {
    const auto cell = record["row"].get<std::int64_t>();
    // The middle of the share of the gene that was drawn, from the original's own weights of the expressed genes.
    const auto weight = golden::numbers(record["weights"]);
    std::vector<double> up_to(1, 0.0);
    for (const double w : weight) up_to.push_back(up_to.back() + w);
    for (const std::int32_t g : golden::whole(record["sampled_index"]))
      random.steps[0][cell].push_back((up_to[usize(g)] + up_to[usize(g) + 1]) / 2 / up_to.back());
    auto& draw = random.steps[1][cell];
    draw.assign(6, 0.99);
    double rank = 0;
    for (const std::int32_t c : golden::whole(record["chrom_order"])) draw[usize(c)] = rank++ / 100;
  }
  auto expressed = data;  // without the cell that expresses nothing, on which the original fails
  const auto got = golden::tokens(
      system,
      [&] {
        dataset<> out;
        out.genes = data.genes;
        out.x.n_genes = 40;
        for (const auto& record : file["records"]) {
          const auto cell = record["row"].get<std::int64_t>();
          out.x.add_cell(cell, data.x.view().genes_of(cell), data.x.view().values_of(cell));
        }
        return out;
      }(),
      random);
  std::size_t at = 0;
  for (const auto& record : file["records"]) {
    CAPTURE(record["row"].get<int>());
    const auto ids = golden::ids_of(got, at++);
    CHECK(ids.size() == record["seq_len"].get<std::size_t>());
    CHECK(golden::padded(ids, 96, system.pads(40).id) == golden::whole(record["sentence"]));
  }
}

TEST_CASE("a cell that expresses nothing is <cls> alone; genes without a position are left out; slots cut from behind") {
  const auto data = golden::cells_of_rows({{0, 0, 0}, {3, 0, 2}, {0, 0, 2}});
  const gene_positions positions{{golden::gene_name(0), golden::gene_name(1)}, {"1", "2"}, {10, 20}, ""};
  const auto got = golden::tokens(system::uce<4>{golden::words_from(4, 3), positions}, data);
  CHECK(golden::ids_of(got, 0) == golden::ids{3});
  const auto second = golden::ids_of(got, 1);
  CHECK(second[0] == 3);
  for (std::size_t i = 1; i < second.size(); ++i) CHECK((second[i] == 4 || second[i] == 143574 || second[i] == 2));
  CHECK(golden::ids_of(got, 2) == golden::ids{3});
  CHECK(golden::ids_of(golden::tokens(system::uce<4>{golden::words_from(4, 3), positions, 3}, data), 1).size() <= 3);
}

}  // namespace
}  // namespace tepui::tests::uce_system
