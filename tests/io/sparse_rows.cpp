#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <map>
#include <string>
#include <vector>

#include <tepui/io/sparse_rows.hpp>

#include "io/files.hpp"

namespace test_io_sparse_rows {
namespace {
namespace io = tepui::io;
using tepui::usize;
const std::vector<std::string> no_names;
const tepui::gene_table no_genes;

TEST_CASE("entries in any order become ascending rows; one place adds up, zeros go") {
  const io::value_rules<tepui::scale::raw> rules("f", "X", no_names, no_genes);
  const std::vector<std::int64_t> cell{2, 0, 0, 0, 2};
  const std::vector<std::int32_t> gene{1, 3, 0, 3, 0};
  const std::vector<float> value{5, 1, 2, 4, 0};
  const auto x = io::rows_of_entries<tepui::scale::raw>(3, 4, cell, gene, value, rules);
  CHECK(std::vector<std::int32_t>(x.gene.begin(), x.gene.end()) == std::vector<std::int32_t>{0, 3, 1});
  CHECK(std::vector<float>(x.value.begin(), x.value.end()) == std::vector<float>{2, 5, 5});
  CHECK(std::vector<std::int64_t>(x.row_end.begin(), x.row_end.end()) == std::vector<std::int64_t>{2, 2, 3});
  CHECK(x.cell_id[2] == 2);
  CHECK(std::vector<double>(x.total.begin(), x.total.end()) == std::vector<double>{7, 0, 5});
}
TEST_CASE("rows hold what the entries hold") {
  CHECK(rc::check([](const std::vector<std::uint8_t>& where) {
    const io::value_rules<tepui::scale::raw> rules("f", "X", no_names, no_genes);
    std::vector<std::int64_t> cell;
    std::vector<std::int32_t> gene;
    std::map<std::pair<std::int64_t, std::int32_t>, float> truth;
    for (const std::uint8_t w : where) {
      cell.push_back(w % 5);
      gene.push_back(w / 5 % 7);
      truth[{cell.back(), gene.back()}] += 1;
    }
    const auto x = io::rows_of_entries<tepui::scale::raw>(5, 7, cell, gene, std::vector<float>(where.size(), 1.0F), rules);
    std::map<std::pair<std::int64_t, std::int32_t>, float> found;
    for (std::int64_t c = 0; c < 5; ++c)
      for (std::size_t k = 0; k < x.view().genes_of(c).size(); ++k) {
        if (k > 0) RC_ASSERT(x.view().genes_of(c)[k - 1] < x.view().genes_of(c)[k]);
        found[{c, x.view().genes_of(c)[k]}] = x.view().values_of(c)[k];
      }
    RC_ASSERT(found == truth);
  }));
}
TEST_CASE("a sum beyond what a float counts exactly is refused") {
  const io::value_rules<tepui::scale::raw> rules("f", "X", no_names, no_genes);
  const std::vector<std::int64_t> cell{0, 0};
  const std::vector<std::int32_t> gene{1, 1};
  const std::vector<float> value{16'777'216.0F, 1};
  CHECK(io_files::refusal([&] {
          return io::rows_of_entries<tepui::scale::raw>(1, 2, cell, gene, value, rules);
        }).find("16777217") != std::string::npos);
}
TEST_CASE("row positions that do not climb from 0 to the end are refused with row and value") {
  const auto refused = [](std::vector<std::int64_t> p) {
    return io_files::refusal([&] {
      io::check_positions(p, 2, 4, "f", "/X/indptr");
      return 0;
    });
  };
  CHECK(refused({0, 1, 4}).empty());
  CHECK(refused({0, 1}).find("holds 2 positions") != std::string::npos);
  CHECK(refused({1, 1, 4}).find("row 0 begins at 1") != std::string::npos);
  CHECK(refused({0, 3, 2}).find("row 1 begins at 3 and ends before that, at 2") != std::string::npos);
  CHECK(refused({0, -9, 4}).find("-9") != std::string::npos);
  CHECK(refused({0, 1, 5}).find("ends at 5, and 4 values are stored") != std::string::npos);
}
}  // namespace
}  // namespace test_io_sparse_rows
