#include <tepui/kernel/sparse_linear.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>
#include <vector>

#include <tepui/flow/counts.hpp>
#include <tepui/kernel/rng.hpp>

namespace of_sparse_linear {
using namespace tepui;

template <class Value>
struct cells {
  std::int64_t n_genes;
  std::vector<std::int64_t> begin, end;
  std::vector<std::int32_t> gene;
  std::vector<Value> value;
  [[nodiscard]] kernel::stored_cells<Value> view() const { return {n_genes, begin, end, gene, value}; }
  [[nodiscard]] kernel::stored_cells<Value> one(std::size_t c) const {
    return {n_genes, std::span(begin).subspan(c, 1), std::span(end).subspan(c, 1), gene, value};
  }
};
template <class Value>
cells<Value> drawn_cells(std::int64_t n, std::int64_t genes, double share, std::uint64_t seed) {
  const kernel::draws random(seed, "sparse cells");
  cells<Value> out{genes, {}, {}, {}, {}};
  for (std::int64_t c = 0; c < n; ++c) {
    out.begin.push_back(isize(out.gene.size()));
    for (std::int64_t g = 0; g < genes; ++g)
      if (c % 5 != 3 && random.uniform(c, usize(g)) < share) {  // some cells express nothing
        out.gene.push_back(static_cast<std::int32_t>(g));
        out.value.push_back(static_cast<Value>(1 + random.below(9, c, usize(g))));
      }
    out.end.push_back(isize(out.gene.size()));
  }
  return out;
}
template <class Real>
std::vector<Real> numbers(std::int64_t n, std::uint64_t seed) {
  const kernel::draws random(seed, "sparse numbers");
  std::vector<Real> out;
  for (std::int64_t i = 0; i < n; ++i) out.push_back(static_cast<Real>(static_cast<float>(random.uniform(i) - 0.5)));
  return out;
}
template <class Real>
struct run {
  std::vector<Real> y, d_weight, d_bias;
};
template <class Real, class Cells>
run<Real> through(const Cells& x, std::int64_t dims, kernel::sparse_linear_room<Real>& room) {
  const auto n = isize(x.row_begin.size());
  const auto weight = numbers<Real>(x.n_genes * dims, 1), bias = numbers<Real>(dims, 2), dy = numbers<Real>(n * dims, 3);
  run<Real> out{std::vector<Real>(usize(n * dims), 77), numbers<Real>(x.n_genes * dims, 4), numbers<Real>(dims, 5)};
  kernel::sparse_linear<Real>(x, weight, bias, dims, out.y, room);
  kernel::sparse_gradient<Real>(x, dy, dims, out.d_weight, out.d_bias, room);
  return out;
}
double apart(const std::vector<float>& a, const std::vector<double>& b) {
  double off = 0;
  for (std::size_t i = 0; i < b.size(); ++i) off = std::max(off, std::abs(static_cast<double>(a[i]) - b[i]));
  return off;
}

TEST_CASE("a cell is the sum of the weights of its genes, each as often as it is counted, and the bias") {
  // cell 0: gene 0 twice and gene 2 once; cell 1: nothing; cell 2: gene 2 three times
  const cells<float> x{3, {0, 2, 2}, {2, 2, 3}, {0, 2, 2}, {2, 1, 3}};
  const std::vector<float> weight{1, 10, 5, 50, 3, 30}, bias{0.5F, 0}, dy{1, 0, 7, 7, 2, -1};
  std::vector<float> y(6, 77), d_weight(6, 1), d_bias(2, 1);
  kernel::sparse_linear_room<float> room;
  kernel::sparse_linear<float>(x.view(), weight, bias, 2, y, room);
  CHECK(y == std::vector<float>{5.5F, 50, 0.5F, 0, 9.5F, 90});
  kernel::sparse_linear<float>(x.view(), weight, {}, 2, y, room);
  CHECK(y == std::vector<float>{5, 50, 0, 0, 9, 90});
  kernel::sparse_gradient<float>(x.view(), dy, 2, d_weight, d_bias, room);
  CHECK(d_weight == std::vector<float>{3, 1, 1, 1, 8, -2});  // gene 1 is not touched
  CHECK(d_bias == std::vector<float>{11, 7});
}

TEST_CASE("for any number of dims float is near the plain loops in double, forward and back") {
  kernel::sparse_linear_room<float> room;
  kernel::sparse_linear_room<double> none;
  for (const std::int64_t dims : {1, 2, 5, 15, 16, 17, 32, 33, 48, 63, 64, 100, 127, 128, 129, 200, 257, 300}) {
    CAPTURE(dims);
    const auto x = drawn_cells<float>(11, 60, 0.3, usize(dims));
    const auto quick = through<float>(x.view(), dims, room);
    const auto exact = through<double>(x.view(), dims, none);
    CHECK(apart(quick.y, exact.y) < 3e-5);
    CHECK(apart(quick.d_weight, exact.d_weight) < 3e-5);
    CHECK(apart(quick.d_bias, exact.d_bias) < 3e-6);
  }
}

TEST_CASE("many genes in several blocks, wide rows that are copied, and few cells whose weights are not") {
  kernel::sparse_linear_room<float> room;
  kernel::sparse_linear_room<double> none;
  for (const auto& [n, genes, dims, share] : {std::tuple{3, 9000, 40, 0.02}, {40, 2500, 130, 0.15}, {2, 1500, 1024, 0.05}}) {
    CAPTURE(dims);
    const auto x = drawn_cells<float>(n, genes, share, 8);
    const auto quick = through<float>(x.view(), dims, room);
    const auto exact = through<double>(x.view(), dims, none);
    CHECK(apart(quick.y, exact.y) < 4e-4);
    CHECK(apart(quick.d_weight, exact.d_weight) < 1e-4);
  }
}

TEST_CASE(
    "a cell has the same bits without the cells beside it, whole-number counts those of floats, and rooms are used again") {
  rc::check("sparse_linear", [] {
    const auto seed = *rc::gen::inRange<std::uint64_t>(0, 1000);
    const auto dims = *rc::gen::inRange<std::int64_t>(1, 150), genes = *rc::gen::inRange<std::int64_t>(1, 200),
               n = *rc::gen::inRange<std::int64_t>(1, 12);
    const auto x = drawn_cells<float>(n, genes, 0.25, seed);
    const auto whole = drawn_cells<std::int32_t>(n, genes, 0.25, seed);
    kernel::sparse_linear_room<float> room, other;
    const auto all = through<float>(x.view(), dims, room);
    const auto again = through<float>(whole.view(), dims, room);
    RC_ASSERT(all.y == again.y);
    RC_ASSERT(all.d_weight == again.d_weight);
    RC_ASSERT(all.d_bias == again.d_bias);
    for (std::size_t c = 0; c < usize(n); ++c) {
      const auto one = through<float>(x.one(c), dims, other);
      RC_ASSERT(std::equal(one.y.begin(), one.y.end(), all.y.begin() + isize(c) * dims));
    }
    // The gradient is the adjoint of the product: sum of dy y(W) = sum of dW W.
    const auto weight = numbers<double>(genes * dims, 6), dy = numbers<double>(n * dims, 7);
    std::vector<double> y(dy.size()), d(weight.size());
    kernel::sparse_linear_room<double> none;
    kernel::sparse_linear<double>(x.view(), weight, {}, dims, y, none);
    kernel::sparse_gradient<double>(x.view(), dy, dims, d, {}, none);
    double left = 0, right = 0;
    for (std::size_t i = 0; i < y.size(); ++i) left += dy[i] * y[i];
    for (std::size_t i = 0; i < d.size(); ++i) right += d[i] * weight[i];
    RC_ASSERT(std::abs(left - right) < 1e-9);
  });
}

TEST_CASE("a wide row that was copied has the bits of one that was not") {
  const auto x = drawn_cells<float>(64, 300, 0.2, 3);  // copied: each weight is read often
  kernel::sparse_linear_room<float> room;
  const auto all = through<float>(x.view(), 520, room);
  for (const std::size_t c : {std::size_t{0}, std::size_t{41}}) {
    const auto one = through<float>(x.one(c), 520, room);
    CHECK(std::equal(one.y.begin(), one.y.end(), all.y.begin() + isize(c) * 520));
  }
}

TEST_CASE("a view of counts goes in as it is, and cells may be chosen in any order") {
  counts<scale::raw> x;
  x.n_genes = 4;
  x.add_cell(0, std::vector<std::int32_t>{0, 3}, std::vector<float>{1, 2});
  x.add_cell(1, std::vector<std::int32_t>{1}, std::vector<float>{5});
  auto view = x.view();
  const std::vector<std::int64_t> begin{view.row_begin[1], view.row_begin[0]}, end{view.row_end[1], view.row_end[0]};
  view.row_begin = begin;
  view.row_end = end;
  const std::vector<float> weight{1, 2, 3, 4};
  std::vector<float> y(2), d_weight(4);
  kernel::sparse_linear_room<float> room;
  kernel::sparse_linear<float>(view, weight, {}, 1, y, room);
  CHECK(y == std::vector<float>{10, 9});
  kernel::sparse_gradient<float>(view, y, 1, d_weight, {}, room);
  CHECK(d_weight == std::vector<float>{9, 50, 0, 18});
}

TEST_CASE("no cells, no genes and no dims are legal") {
  kernel::sparse_linear_room<float> room;
  std::vector<float> y(2, 77), d(1, 1);
  kernel::sparse_linear<float>(kernel::stored_cells<float>{}, {}, {}, 3, {}, room);
  kernel::sparse_gradient<float>(kernel::stored_cells<float>{}, {}, 3, {}, {}, room);
  const cells<float> empty{0, {0, 0}, {0, 0}, {}, {}};
  const std::vector<float> bias{4}, dy{1, 2};
  kernel::sparse_linear<float>(empty.view(), {}, bias, 1, y, room);
  CHECK(y == std::vector<float>{4, 4});
  kernel::sparse_gradient<float>(empty.view(), dy, 1, {}, d, room);
  CHECK(d == std::vector<float>{4});
}

}  // namespace of_sparse_linear
