#include <doctest/doctest.h>

#include <tepui/flow/covariates.hpp>
#include <vector>

namespace test_flow_covariates {
namespace {
using namespace tepui;

TEST_CASE("codes come back under the name they were given") {
  const std::vector<std::int64_t> id{10, 11, 12};
  const std::vector<std::int32_t> batch{0, 1, 0}, donor{2, 2, -1};
  const auto cells = cell_axis<>(id).with<covariate::batch>(batch).with<covariate::donor>(donor);
  CHECK(cells.size() == 3);
  CHECK(cells.codes<covariate::batch>()[1] == 1);
  CHECK(cells.codes<covariate::donor>()[2] == -1);
}

TEST_CASE("narrowing leaves only what was declared, in any order") {
  const std::vector<std::int64_t> id{1, 2};
  const std::vector<std::int32_t> batch{5, 6}, donor{7, 8};
  const auto cells = cell_axis<>(id).with<covariate::batch>(batch).with<covariate::donor>(donor);
  const auto seen = cells.only(covariates<covariate::donor>{});
  static_assert(decltype(seen)::list::count == 1);
  static_assert(!decltype(seen)::list::contains<covariate::batch>);
  CHECK(seen.codes<covariate::donor>()[0] == 7);
  CHECK(seen.id[1] == 2);
}

TEST_CASE("a part of the cells keeps ids and codes together") {
  const std::vector<std::int64_t> id{1, 2, 3};
  const std::vector<std::int32_t> batch{5, 6, 7};
  const auto part = cell_axis<>(id).with<covariate::batch>(batch).part(1, 2);
  CHECK(part.size() == 2);
  CHECK(part.id[0] == 2);
  CHECK(part.codes<covariate::batch>()[1] == 7);
}

static_assert(covariates_within<covariates<>, covariates<>>);
static_assert(covariates_within<covariates<covariate::batch>, covariates<covariate::donor, covariate::batch>>);
static_assert(!covariates_within<covariates<covariate::label>, covariates<covariate::donor>>);
}  // namespace
}  // namespace test_flow_covariates
