/// The laws of heads, on two heads of a few lines: one that keeps them, and what they say of one that does not.
#include <doctest/doctest.h>

#include <tepui/metric/head.hpp>
#include <tepui/metric/interval.hpp>

#include "laws/head_laws.hpp"

namespace laws_of_heads {

using namespace tepui;

/// The share of cells in the largest label.
struct largest_label {
  static constexpr std::string_view name = "largest_label";
  using reads = metric::embedded_cells;

  std::vector<score> operator()(const reads& of, const metric::score_options& options) const {
    if (of.label.n_cells() == 0)
      return {metric::without_value(options.prefix + "largest_label", "there are no cells to score")};
    const auto sizes = of.label.sizes();
    const auto largest = std::max_element(sizes.begin(), sizes.end()) - sizes.begin();
    std::vector<double> in_it;
    for (const std::int32_t c : of.label.code) in_it.push_back(c == largest ? 1 : 0);
    score out = metric::without_value(options.prefix + "largest_label", "nothing is better or worse here");
    out.n = of.label.n_cells();
    out.value = static_cast<double>(sizes[usize(largest)]) / static_cast<double>(out.n);
    const metric::interval range = metric::interval_of_mean(in_it, options);
    out.low = range.low;
    out.high = range.high;
    return {out};
  }
};

score good() {
  score out;
  out.name = "p.x";
  out.value = 0.5;
  out.n = 3;
  out.low = 0.4;
  out.high = 0.6;
  out.floor = 0.0;
  out.ceiling = 1.0;
  return out;
}
template <class Change>
std::string fault_after(Change&& change, const laws::head_promises& promised = {}) {
  score s = good();
  change(s);
  return laws::head_checks::fault(s, 3, "p.", promised);
}

TEST_CASE("metric.head: a head of a few lines keeps the laws") {
  laws::embedding_head(largest_label{}, {.codes_matter = true});
}

TEST_CASE("metric.head: the laws say what is wrong with a score") {
  CHECK(fault_after([](score&) {}) == "");
  CHECK(fault_after([](score& s) { s.name = "x"; }) != "");
  CHECK(fault_after([](score& s) { s.name = "p."; }) != "");
  CHECK(fault_after([](score& s) { s.unit = ""; }) != "");
  CHECK(fault_after([](score& s) { s.n = 4; }) != "");
  CHECK(fault_after([](score& s) { s.n = 2; }) != "");
  CHECK(fault_after([](score& s) { s.n = 2; }, {.all_cells = false}) == "");
  CHECK(fault_after([](score& s) { s.value = 1.5; }) != "");
  CHECK(fault_after([](score& s) { s.value.value = std::numeric_limits<double>::quiet_NaN(); }) != "");
  CHECK(fault_after([](score& s) { s.floor = measured(); }) == "p.x: floor was never filled in");
  CHECK(fault_after([](score& s) { s.floor = measured::missing("because"); }) == "");
  CHECK(fault_after([](score& s) { std::swap(s.low, s.high); }) == "p.x: low is above high");
  CHECK(fault_after([](score& s) {
          s.better = direction::lower_is_better;
        }).starts_with("p.x: the floor is better than the ceiling"));
  CHECK(fault_after([](score& s) { s.value = 0.3; }).starts_with("p.x: the value 0.3"));
  CHECK(fault_after([](score& s) { s.value = 0.7; }).ends_with("lies outside of its interval, 0.400000 to 0.600000"));
  CHECK(fault_after([](score& s) { s.value = 0.7; }, {.value_in_interval = false}) == "");
  CHECK(fault_after([](score& s) { s.value = 0.5; }, {.worst = 0.6}) != "");
}

TEST_CASE("metric.head: data of the laws, and their other forms") {
  const auto data = laws::owned_embedding::some(3);
  const auto other = data.permuted(1).relabelled();
  CHECK(other.cell_id != data.cell_id);
  for (std::size_t to = 0; to < other.cell_id.size(); ++to)
    for (std::size_t from = 0; from < data.cell_id.size(); ++from)
      if (other.cell_id[to] == data.cell_id[from]) {
        CHECK(other.label_name[usize(other.label[to])] == data.label_name[usize(data.label[from])]);
        CHECK(other.batch_name[usize(other.batch[to])] == data.batch_name[usize(data.batch[from])]);
        CHECK(other.value[3 * to + 2] == data.value[3 * from + 2]);
        CHECK(other.before[5 * to + 4] == data.before[5 * from + 4]);
      }
}

TEST_CASE("metric.head: measure runs several heads in order") {
  const auto data = laws::owned_embedding::some(3);
  const auto all = metric::measure(data.subject(), {.prefix = "a."}, largest_label{}, largest_label{});
  REQUIRE(all.size() == 2);
  CHECK(all[0].name == "a.largest_label");
  CHECK(all[1].n == data.n_cells());
}

}  // namespace laws_of_heads
