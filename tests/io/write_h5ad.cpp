#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <string>
#include <vector>

#include <tepui/io/h5ad.hpp>
#include <tepui/io/write_h5ad.hpp>

#include "io/files.hpp"

namespace test_io_write_h5ad {
namespace {
namespace io = tepui::io;

TEST_CASE("chosen cells, an added column and an embedding come back") {
  const tepui::dataset<> data = io_files::small();
  const std::vector<std::int64_t> rows{2, 0};
  const tepui::chosen_cells chosen(data.x.view(), rows);
  tepui::table obs = io::chosen_rows(data.obs, rows);
  obs.columns.emplace_back("cluster", tepui::categorical{{0, 1}, {"x", "y"}, true});
  tepui::embedding_batch<> embedding;
  embedding.resize(2, 2);
  embedding.value = {1, 2, 3, 4};
  const std::string path = io_files::scratch("chosen.h5ad");
  io::write_h5ad(path, chosen.view(), obs, data.genes, {{"X_t", embedding.view()}});

  const io::h5ad_file file(path);
  const auto back = file.data();
  CHECK(back.obs.index == std::vector<std::string>{"c", "a"});
  CHECK(back.genes == data.genes);
  CHECK(back.x.view().values_of(0)[1] == 7.0F);
  CHECK(back.x.view().genes_of(1)[1] == 2);
  CHECK(std::get<tepui::categorical>(*back.obs.find("cluster")).ordered);
  CHECK(std::get<tepui::categorical>(*back.obs.find("type")).code == std::vector<std::int32_t>{0, 1});
  CHECK(file.embedding("X_t").row(1)[0] == 3.0F);
}
TEST_CASE("logarithms are written as they are") {
  tepui::dataset<tepui::scale::log1p> data;
  data.x.n_genes = 1;
  const std::vector<std::int32_t> gene{0};
  const std::vector<float> value{0.25F};
  data.x.add_cell(0, gene, value);
  data.obs.index = {"a"};
  data.genes = {{""}, {"A"}};
  const std::string path = io_files::scratch("logs.h5ad");
  io::write_h5ad(path, data);
  CHECK(io::read_h5ad<tepui::scale::log1p>(path).x.value[0] == 0.25F);
}
TEST_CASE("sizes that differ and names with '/' are refused before anything is written") {
  tepui::dataset<> data = io_files::small();
  const std::string path = io_files::scratch("never.h5ad");
  tepui::table obs = data.obs;
  obs.index.pop_back();
  CHECK_THROWS_WITH_AS(io::write_h5ad(path, data.x.view(), obs, data.genes),
                       doctest::Contains("obs has 2 rows, and the counts have 3 cells"), tepui::bad_option);
  data.obs.columns.emplace_back("a/b", std::vector<double>{1, 2, 3});
  CHECK_THROWS_WITH_AS(io::write_h5ad(path, data), doctest::Contains("'a/b'"), tepui::bad_option);
  CHECK_FALSE(std::filesystem::exists(path));
}
TEST_CASE("any counts come back") {
  const std::string path = io_files::scratch("any.h5ad");
  CHECK(rc::check([&](const std::vector<std::vector<std::uint8_t>>& cells) {
    tepui::dataset<> data;
    data.x.n_genes = 8;
    data.genes = {std::vector<std::string>(8), {"a", "b", "c", "d", "e", "f", "g", "h"}};
    for (const auto& cell : cells) {
      std::vector<std::int32_t> gene;
      std::vector<float> value;
      for (std::size_t g = 0; g < cell.size() && g < 8; ++g) {
        if (cell[g] == 0) continue;
        gene.push_back(static_cast<std::int32_t>(g));
        value.push_back(cell[g]);
      }
      data.x.add_cell(data.x.n_cells(), gene, value);
      data.obs.index.push_back(std::to_string(data.obs.index.size()));
    }
    io::write_h5ad(path, data);
    const auto back = io::read_h5ad(path, {.isolate = false});
    RC_ASSERT(back.x.gene == data.x.gene);
    RC_ASSERT(back.x.value == data.x.value);
    RC_ASSERT(back.x.row_end == data.x.row_end);
    RC_ASSERT(back.obs.index == data.obs.index);
  }));
}
}  // namespace
}  // namespace test_io_write_h5ad
