#include <tepui/metric/embedded_cells.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <vector>

#include <tepui/metric/silhouette/label.hpp>
#include <tepui/metric/variance/pcr_comparison.hpp>

namespace tepui::tests::embedded_cells {
namespace {

struct owned {
  std::vector<std::int64_t> id{0, 1, 2, 3};
  std::vector<float> value{0, 1, 2, 3, 4, 5, 6, 8}, before{1, 0, 2, 0, 4, 1};
  std::vector<std::int32_t> label{0, 0, 1, 1}, batch{0, 1, 0, 1};
  std::vector<std::string> name{"a", "b"};

  [[nodiscard]] metric::embedded_cells subject(std::int64_t dims = 2) const {
    return {embedding_view<>{dims, value, cell_axis<>(id)}, {label, name}, {batch, name}};
  }
};
template <class Work>
std::string refusal(Work&& work) {
  try {
    work();
  } catch (const bad_data& refused) {
    return refused.what();
  }
  return "";
}

TEST_CASE("an embedding without dimensions or with a value that is not finite is refused, and it is said where") {
  owned o;
  CHECK(refusal([&] { static_cast<void>(o.subject()); }) == "");
  o.value[5] = std::numeric_limits<float>::infinity();
  CHECK(refusal([&] { static_cast<void>(o.subject()); }).find("cell 2 has the value inf in dimension 1;") !=
        std::string::npos);
  o.value.clear();
  CHECK(refusal([&] { static_cast<void>(o.subject(0)); }).find("the 4 cells have an embedding of 0 dimensions") !=
        std::string::npos);
  CHECK(refusal([] { static_cast<void>(metric::embedded_cells(embedding_view<>{}, metric::cell_labels())); }) == "");
}

TEST_CASE("cells before integration are looked at before anything is worked out from them") {
  owned o;
  o.before.resize(8, 3);
  const auto with_before = [&] {
    auto of = o.subject();
    of.before = {2, o.before, cell_axis<>(o.id)};
    return of;
  };
  CHECK(with_before().has_before());
  CHECK_FALSE(o.subject().has_before());
  o.before[7] = std::numeric_limits<float>::quiet_NaN();
  const auto of = with_before();
  for (int again = 0; again < 2; ++again)
    CHECK(refusal([&] { static_cast<void>(of.has_before()); })
              .find("cell 3 has the value nan in dimension 1 before integration;") != std::string::npos);
  CHECK_THROWS_AS(static_cast<void>(metric::pcr_comparison{}(of, {})), bad_data);
}

TEST_CASE("where all ids are the same the floor of a score is still that of labels that mean nothing") {
  embedding_batch<> cells;
  cells.resize(100, 1);
  std::vector<std::int32_t> label;
  const std::vector<std::string> name{"a", "b"};
  for (std::int64_t i = 0; i < 100; ++i) {
    label.push_back(static_cast<std::int32_t>(i % 2));
    cells.row(i)[0] = static_cast<float>(10 * (i % 2)) + 0.01F * static_cast<float>(i);
  }
  const auto found = metric::silhouette_label{}(metric::embedded_cells(cells.view(), {label, name}), {})[0];
  CHECK(found.value.value > 0.9);
  CHECK(found.floor.value < 0.6);
}

}  // namespace
}  // namespace tepui::tests::embedded_cells
