#include <tepui/io/write_chosen.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "io/files.hpp"

namespace tepui::tests::write_chosen {
namespace {

TEST_CASE("chosen cells keep their counts, their columns and their embedding, in the order wanted") {
  const std::string from = io_files::scratch("chosen_all.h5ad"), to = io_files::scratch("chosen_some.h5ad");
  dataset<> data;
  data.x.n_genes = 3;
  for (std::int32_t c = 0; c < 4; ++c) {
    const std::vector<std::int32_t> genes{c % 3};
    const std::vector<float> values{static_cast<float>(10 + c)};
    data.x.add_cell(c, genes, values);
    data.obs.index.push_back("cell" + std::to_string(c));
  }
  data.obs.columns = {{"type", categorical{{0, 1, 0, -1}, {"B", "T"}, false}}, {"depth", std::vector<double>{1, 2, 3, 4}}};
  data.genes = {{"ENSG00000000001", "ENSG00000000002", "ENSG00000000003"}, {"a", "b", "c"}};
  embedding_batch<> pca;
  pca.resize(4, 2);
  for (std::size_t i = 0; i < 8; ++i) pca.value[i] = static_cast<float>(i);
  io::write_h5ad(from, data, {{"X_pca", pca.view()}});

  const auto left_out = io::write_chosen(from, std::vector<std::int64_t>{3, 1}, to);
  CHECK(left_out.size() == 1);
  const io::h5ad_file file(to);
  const auto some = file.data<>();
  REQUIRE(some.n_cells() == 2);
  CHECK(some.obs.index == std::vector<std::string>{"cell3", "cell1"});
  CHECK(some.x.view().genes_of(0)[0] == 0);
  CHECK(some.x.view().values_of(0)[0] == 13);
  CHECK(some.x.view().values_of(1)[0] == 11);
  CHECK(some.obs.labels("type").code == std::vector<std::int32_t>{-1, 1});
  CHECK(std::get<std::vector<double>>(*some.obs.find("depth")) == std::vector<double>{4, 2});
  CHECK(some.genes == data.genes);
  const auto embedding = file.embedding("X_pca");
  CHECK(std::vector<float>(embedding.value.begin(), embedding.value.end()) == std::vector<float>{6, 7, 2, 3});
}

TEST_CASE("a file is never written over itself") {
  const std::string path = io_files::scratch("itself.h5ad");
  dataset<> data;
  data.x.n_genes = 1;
  data.x.add_cell(0, std::vector<std::int32_t>{0}, std::vector<float>{1});
  data.obs.index = {"cell"};
  data.genes = {{"ENSG00000000001"}, {"a"}};
  io::write_h5ad(path, data);
  CHECK_THROWS_AS(io::write_chosen(path, std::vector<std::int64_t>{0}, path), bad_option);
  CHECK(io::read_h5ad(path).n_cells() == 1);
}

TEST_CASE("a layer that cannot be read is left out, and said") {
  const std::string from = io_files::scratch("nan_layer.h5ad"), to = io_files::scratch("nan_layer_some.h5ad");
  {
    io::hdf5::file_writer out(from);
    io::anndata::encode(out, "/", "anndata", "0.1.0");
    table obs, var;
    obs.index = {"a", "b"};
    var.index = {"g"};
    io::anndata::write_table(out, "/obs", obs);
    io::anndata::write_table(out, "/var", var);
    out.group("/layers");
    io::anndata::encode(out, "/layers", "dict", "0.1.0");
    io::anndata::write_numbers<float>(out, "/X", std::vector<float>{1, 2}, {2, 1});
    io::anndata::write_numbers<float>(out, "/layers/velocity", std::vector<float>{1, std::nanf("")}, {2, 1});
    out.commit();
  }
  const auto left_out = io::write_chosen(from, std::vector<std::int64_t>{1}, to);
  REQUIRE(left_out.size() == 2);
  CHECK(left_out[1].find("layers/velocity") == 0);
  CHECK(io::read_h5ad(to).x.view().values_of(0)[0] == 2);
}

TEST_CASE("a cell that is not there, and none at all, are refused in a sentence") {
  const std::string from = io_files::scratch("one.h5ad");
  dataset<> data;
  data.x.n_genes = 1;
  data.x.add_cell(0, std::vector<std::int32_t>{0}, std::vector<float>{1});
  data.obs.index = {"cell"};
  data.genes = {{"ENSG00000000001"}, {"a"}};
  io::write_h5ad(from, data);
  CHECK_THROWS_AS(io::write_chosen(from, std::vector<std::int64_t>{1}, io_files::scratch("out.h5ad")), bad_option);
  CHECK_THROWS_AS(io::write_chosen(from, std::vector<std::int64_t>{}, io_files::scratch("out.h5ad")), bad_option);
}

}  // namespace
}  // namespace tepui::tests::write_chosen
