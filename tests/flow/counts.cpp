#include <doctest/doctest.h>

#include <rapidcheck.h>
#include <tepui/flow/counts.hpp>
#include <type_traits>
#include <vector>

namespace test_flow_counts {
namespace {
using namespace tepui;

counts<scale::raw> three_cells() {
  counts<scale::raw> x;
  x.n_genes = 4;
  const std::vector<std::int32_t> g0{0, 3}, g2{1};
  const std::vector<float> v0{2, 5}, v2{7};
  x.add_cell(100, g0, v0);
  x.add_cell(101, {}, {});
  x.add_cell(102, g2, v2);
  return x;
}

TEST_CASE("a view shows what was added, an empty cell included") {
  const auto x = three_cells();
  const auto view = x.view();
  CHECK(view.n_cells() == 3);
  CHECK(view.n_expressed(1) == 0);
  CHECK(view.genes_of(0)[1] == 3);
  CHECK(view.values_of(2)[0] == 7.0F);
  CHECK(view.cells.id[2] == 102);
}

TEST_CASE("choosing cells copies no count and may repeat or reorder") {
  const auto x = three_cells();
  const std::vector<std::int64_t> rows{2, 0, 2};
  const chosen_cells chosen(x.view(), rows);
  const auto view = chosen.view();
  CHECK(view.value.data() == x.value.data());
  CHECK(view.n_cells() == 3);
  CHECK(view.values_of(0)[0] == 7.0F);
  CHECK(view.cells.id[1] == 100);
  CHECK(view.genes_of(2)[0] == 1);
}

TEST_CASE("parts joined are the whole") {
  CHECK(rc::check("split and join", [] {
    const auto sizes = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 5));
    counts<scale::raw> x;
    x.n_genes = 5;
    for (std::size_t c = 0; c < sizes.size(); ++c) {
      std::vector<std::int32_t> genes;
      std::vector<float> values;
      for (int g = 0; g < sizes[c]; ++g) {
        genes.push_back(g);
        values.push_back(static_cast<float>(c + 1));
      }
      x.add_cell(isize(c), genes, values);
    }
    const auto cut = *rc::gen::inRange<std::int64_t>(0, x.n_cells() + 1);
    const auto left = x.view().part(0, cut), right = x.view().part(cut, x.n_cells() - cut);
    for (std::int64_t c = 0; c < x.n_cells(); ++c) {
      const auto whole = x.view().values_of(c);
      const auto part = c < cut ? left.values_of(c) : right.values_of(c - cut);
      RC_ASSERT(std::vector<float>(whole.begin(), whole.end()) == std::vector<float>(part.begin(), part.end()));
    }
  }));
}

TEST_CASE("memory is aligned for vector registers and kept when a batch is cleared") {
  auto x = three_cells();
  CHECK(reinterpret_cast<std::uintptr_t>(x.value.data()) % 64 == 0);
  const auto room = x.value.capacity();
  x.clear();
  CHECK(x.n_cells() == 0);
  CHECK(x.value.capacity() == room);
}

TEST_CASE("covariates travel with a view") {
  const auto x = three_cells();
  const std::vector<std::int32_t> batch{0, 1, 1};
  const auto view = x.view().with<covariate::batch>(batch).part(1, 2);
  CHECK(view.cells.codes<covariate::batch>()[0] == 1);
  static_assert(!std::is_same_v<decltype(view), const decltype(x.view())>);
}

static_assert(!std::is_same_v<counts<scale::raw>, counts<scale::log1p>>);
static_assert(counts_like<counts_view<scale::raw>>);
static_assert(!counts_like<counts<scale::raw>>);
}  // namespace
}  // namespace test_flow_counts
