#pragma once
/// What every layer promises, as one test suite. A test says: `laws::of_layer(layer::linear<8, 4>{});`

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tepui/kernel/rng.hpp>
#include <tepui/layer/layer.hpp>

namespace tepui::laws {

/// Which cells a law is tried on, and how near float must come to double.
struct layer_case {
  std::vector<std::int64_t> rows = {3, 1, 0, 5};  ///< rows of each cell
  bool training = false;
  double near = 2e-5;        ///< of float results beside double ones, as a share of the largest of them
  bool pools = false;        ///< gives a row a cell, not a row a row
  bool key_bias = false;     ///< whether tokens have a score of their own in attention
  bool whole_batch = false;  ///< a row hangs on those beside it (batch norm, while it learns)
};

template <class Real, class Layer>
struct layer_run {
  using saved = layer::saved_t<Layer, Real>;
  using room = layer::room_t<Layer, Real>;
  std::vector<Real> y, dx, dw;
};

inline std::vector<std::int64_t> begins_of(const std::vector<std::int64_t>& rows) {
  std::vector<std::int64_t> begin{0};
  for (const std::int64_t n : rows) begin.push_back(begin.back() + n);
  return begin;
}

/// Forward, and backward for a loss of sum(dy y). Buffers arrive full of rubbish; dw arrives full of 1, which is taken off again.
template <class Real, class Layer>
layer_run<Real, Layer> run_layer(const Layer& l, const layer_case& on, std::span<const std::int64_t> ids, std::span<const double> w,
                                 std::span<const double> x, std::span<const double> dy, layer::saved_t<Layer, Real>& saved,
                                 layer::room_t<Layer, Real>& room, bool wants_dx = true) {
  const auto begin = begins_of(on.rows);
  layer::packed at{begin, ids, kernel::draws(5, "law"), on.training};
  // Of a cell's id and the place in it, so that a cell alone has the same.
  std::vector<float> score;
  for (std::size_t c = 0; c < on.rows.size() && on.key_bias; ++c)
    for (std::int64_t i = 0; i < on.rows[c]; ++i) score.push_back(static_cast<float>(kernel::draws(9, "key bias").normal(ids[c], usize(i))));
  at.key_bias = score;
  const auto in_real = [](std::span<const double> v) { return std::vector<Real>(v.begin(), v.end()); };
  const std::vector<Real> weights = in_real(w), in = in_real(x), d_out = in_real(dy);
  layer_run<Real, Layer> out;
  out.y.assign(dy.size(), Real(77));
  out.dx.assign(wants_dx ? x.size() : 0, Real(77));
  out.dw.assign(w.size(), Real(1));
  l.forward(std::span<const Real>(weights), at, std::span<const Real>(in), std::span<Real>(out.y), saved, room);
  l.backward(std::span<const Real>(weights), at, std::span<const Real>(in), std::span<const Real>(d_out), std::span<Real>(out.dw),
             std::span<Real>(out.dx), saved, room);
  for (Real& d : out.dw) d -= Real(1);
  return out;
}

/// The gradient is that of central finite differences in double; float agrees with double; a cell's rows are the same bits
/// without the cells beside it; rubbish in memory changes nothing; dx may be left away.
template <class Layer>
void of_layer(const Layer& l, const layer_case& on = {}) {
  INFO("layer: ", l.describe());
  const auto begin = begins_of(on.rows);
  const auto cells = static_cast<std::int64_t>(on.rows.size()), rows = begin.back(), rows_out = on.pools ? cells : rows;
  const kernel::draws random(11, "layer law");
  const auto numbers = [&](std::int64_t n, std::uint64_t purpose) {
    std::vector<double> v(usize(n));
    // As floats, so that both kinds of number begin with the same.
    for (std::int64_t i = 0; i < n; ++i) v[usize(i)] = static_cast<double>(static_cast<float>(0.7 * random.sub(purpose).normal(i)));
    return v;
  };
  std::vector<std::int64_t> ids;
  for (std::int64_t c = 0; c < cells; ++c) ids.push_back(100 + 7 * c);
  const std::int64_t n = layer::n_weights(l);
  std::vector<double> w(usize(n));
  layer::draw_weights<double>(l, random, w);
  const auto noise = numbers(n, 1);
  layer::each_slice(l, "", [&](const std::string&, const layer::slice& s, std::int64_t first) {
    if (s.by == layer::learned_by::batches_seen) return;
    for (std::int64_t i = first; i < first + s.size(); ++i)
      w[usize(i)] = static_cast<double>(static_cast<float>(w[usize(i)] + 0.2 * noise[usize(i)]));
  });
  const auto x = numbers(rows * Layer::dims_in, 2), dy = numbers(rows_out * Layer::dims_out, 3);

  layer::saved_t<Layer, double> saved;
  layer::room_t<Layer, double> room;
  const auto exact = run_layer<double>(l, on, ids, w, x, dy, saved, room);
  const auto again = run_layer<double>(l, on, ids, w, x, dy, saved, room);  // with memory used before
  CHECK(exact.y == again.y);
  CHECK(exact.dx == again.dx);
  CHECK(exact.dw == again.dw);
  CHECK(exact.dw == run_layer<double>(l, on, ids, w, x, dy, saved, room, false).dw);

  const auto loss = [&](std::span<const double> weights, std::span<const double> in) {
    const auto run = run_layer<double>(l, on, ids, weights, in, dy, saved, room);
    double sum = 0;
    for (std::size_t i = 0; i < dy.size(); ++i) sum += dy[i] * run.y[i];
    return sum;
  };
  const auto agrees = [&](std::vector<double> values, bool weights, std::int64_t at, double gradient, const std::string& what) {
    const double step = 1e-5, middle = values[usize(at)];
    values[usize(at)] = middle + step;
    const double up = weights ? loss(values, x) : loss(w, values);
    values[usize(at)] = middle - step;
    const double down = weights ? loss(values, x) : loss(w, values);
    const double measured = (up - down) / (2 * step);
    INFO(what, "[", at, "]: gradient ", gradient, ", finite difference ", measured);
    CHECK(std::abs(gradient - measured) <= 1e-6 * std::max(1.0, std::abs(measured)) + 1e-7);
  };
  layer::each_slice(l, "", [&](const std::string& name, const layer::slice& s, std::int64_t first) {
    if (s.by != layer::learned_by::gradient) return;  // running moments: what stands in dw are sums, and no gradient
    for (std::int64_t i = 0; i < std::min<std::int64_t>(s.size(), 12); ++i) {
      const std::int64_t at = first + (s.size() <= 12 ? i : random.sub(4).below(s.size(), i));
      agrees(w, true, at, exact.dw[usize(at)], name);
    }
  });
  for (std::int64_t i = 0; i < std::min<std::int64_t>(isize(x.size()), 24); ++i) {
    const std::int64_t at = random.sub(5).below(isize(x.size()), i);
    agrees(x, false, at, exact.dx[usize(at)], "x");
  }

  layer::saved_t<Layer, float> saved_f;
  layer::room_t<Layer, float> room_f;
  const auto quick = run_layer<float>(l, on, ids, w, x, dy, saved_f, room_f);
  const auto near = [&](const std::vector<float>& have, const std::vector<double>& want, const char* what) {
    double largest = 1e-3, off = 0;
    for (const double v : want) largest = std::max(largest, std::abs(v));
    for (std::size_t i = 0; i < want.size(); ++i) off = std::max(off, std::abs(static_cast<double>(have[i]) - want[i]));
    INFO(what, ": float is off by ", off, " where the largest is ", largest);
    CHECK(off <= on.near * largest);
  };
  near(quick.y, exact.y, "y");
  near(quick.dx, exact.dx, "dx");
  near(quick.dw, exact.dw, "dw");

  // Each cell alone.
  if (on.whole_batch) return;
  for (std::int64_t c = 0; c < cells; ++c) {
    layer_case one = on;
    one.rows = {on.rows[usize(c)]};
    const std::int64_t first = begin[usize(c)], k = on.rows[usize(c)];
    const std::int64_t first_out = on.pools ? c : first, k_out = on.pools ? 1 : k;
    const auto part = [](const auto& v, std::int64_t from, std::int64_t m) { return std::span(v).subspan(usize(from), usize(m)); };
    const auto alone = run_layer<float>(l, one, part(ids, c, 1), w, part(x, first * Layer::dims_in, k * Layer::dims_in),
                                        part(dy, first_out * Layer::dims_out, k_out * Layer::dims_out), saved_f, room_f);
    const auto y = part(quick.y, first_out * Layer::dims_out, k_out * Layer::dims_out);
    const auto dx = part(quick.dx, first * Layer::dims_in, k * Layer::dims_in);
    CHECK(std::equal(y.begin(), y.end(), alone.y.begin(), alone.y.end()));
    CHECK(std::equal(dx.begin(), dx.end(), alone.dx.begin(), alone.dx.end()));
  }
}

}  // namespace tepui::laws
