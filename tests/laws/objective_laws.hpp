#pragma once
/// What every objective promises, as one test suite. A test says:
/// `laws::of_objective<channels<>>(objective::masked_genes{});`

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include <doctest/doctest.h>

#include <tepui/objective/questions.hpp>

namespace tepui::laws {

/// Which cells a law is tried on.
struct objective_case {
  std::vector<std::int64_t> rows = {6, 1, 0, 9, 4};  ///< tokens of each cell
  std::int32_t vocabulary = 13;                      ///< words; one row for the mask stands behind them
  std::int32_t bins = 5;                             ///< bins and values lie in [0, bins)
  double near = 2e-5;                                ///< of float gradients beside double ones, as a share of the largest
  double scale = 0.7;                                ///< of the states
  bool asks_cells = false;                           ///< a question's row is that of a cell, not of a token
};

/// Cells with tokens at random; the first token of each cell is special where the channel is there.
template <class Channels>
token_batch<Channels> cells_to_ask(const objective_case& on) {
  const kernel::draws random(3, "cells to ask");
  token_batch<Channels> batch;
  batch.clear();
  batch.n_vocabulary = on.vocabulary;
  std::int64_t token = 0;
  for (std::size_t c = 0; c < on.rows.size(); ++c) {
    for (std::int64_t t = 0; t < on.rows[c]; ++t, ++token) {
      batch.id.push_back(static_cast<std::int32_t>(random.below(on.vocabulary, token)));
      objective::each_channel(Channels{}, [&]<class Channel>(std::type_identity<Channel>) {
        auto& to = batch.template get<Channel>();
        using type = typename Channel::type;
        if constexpr (std::is_same_v<Channel, channel::special>)
          to.push_back(t == 0 && on.rows[c] > 1 ? 2 : 0);
        else if constexpr (std::is_same_v<Channel, channel::mask>)
          to.push_back(0);
        else if constexpr (std::is_same_v<type, float>)
          to.push_back(static_cast<float>(on.bins) * static_cast<float>(random.uniform(token, 9)));
        else
          to.push_back(static_cast<type>(random.below(on.bins, token, 7)));
      });
    }
    batch.end_cell();
    batch.cell_id.push_back(100 + 7 * static_cast<std::int64_t>(c));
  }
  return batch;
}
/// One cell of a batch, as a batch.
template <class Channels>
token_batch<Channels> only_cell(const token_batch<Channels>& all, std::int64_t c) {
  token_batch<Channels> one;
  one.clear();
  one.n_vocabulary = all.n_vocabulary;
  const auto first = all.cell_begin[usize(c)], last = all.cell_begin[usize(c) + 1];
  const auto part = [&](auto& to, const auto& from) { to.assign(from.begin() + first, from.begin() + last); };
  part(one.id, all.id);
  objective::each_channel(Channels{}, [&]<class Channel>(std::type_identity<Channel>) {
    part(one.template get<Channel>(), all.template get<Channel>());
  });
  one.end_cell();
  one.cell_id.push_back(all.cell_id[usize(c)]);
  return one;
}

/// What a model of eight dims made of the cells, at random, as floats, so that both kinds of number begin with the same.
struct model_states {
  std::vector<double> token, cell, table, w;
};
template <class Real>
struct objective_run {
  double loss = 0;
  std::vector<Real> token, cell, table, w;  ///< gradients
};

/// Gradients into memory that is full of `before`, which is taken off again.
template <class Real, class Head, class Asked>
objective_run<Real> run_objective(const Head& head, const Asked& asked, const model_states& have,
                                  layer::room_t<Head, Real>& room, Real before = 0) {
  const auto real = [](const std::vector<double>& v) { return std::vector<Real>(v.begin(), v.end()); };
  const auto token = real(have.token), cell = real(have.cell), table = real(have.table), w = real(have.w);
  objective_run<Real> out;
  const auto fill = [&](std::vector<Real>& v, std::size_t n) { v.assign(n, before); };
  fill(out.token, token.size()), fill(out.cell, cell.size()), fill(out.table, table.size()), fill(out.w, w.size());
  const layer::packed at{asked.tokens.cell_begin, asked.tokens.cell_id, kernel::draws(5, "law"), true};
  const objective::state_gradients<Real> d{out.token, out.cell, out.table};
  out.loss = head.gradient(std::span<const Real>(w), at, objective::states<Real>{token, cell, table}, asked,
                           std::span<Real>(out.w), d, room);
  const double only = head.loss(std::span<const Real>(w), at, objective::states<Real>{token, cell, table}, asked, room);
  CHECK(only == doctest::Approx(out.loss).epsilon(1e-12));
  for (auto* v : {&out.token, &out.cell, &out.table, &out.w})
    for (Real& x : *v) x -= before;
  return out;
}

/// The gradients of token states, cell states, table and own weights are those of central finite differences in double;
/// float agrees with double; loss() is gradient()'s loss; gradients are added to what is there; memory used before changes
/// nothing; a cell is asked the same whatever cells stand beside it, and (unless cells are compared) its gradient has the
/// same bits; no questions cost nothing; only what is asked about is hidden.
template <class Channels, class AskedChannels = Channels, class Objective>
void of_objective(const Objective& objective, const objective_case& on = {}) {
  constexpr int dims = 8;
  INFO("objective: ", objective.describe());
  const auto head =
      objective.template bind<dims>({.n_vocabulary = on.vocabulary, .n_rows = on.vocabulary + 2, .mask_id = on.vocabulary});
  using Head = std::remove_const_t<decltype(head)>;
  constexpr bool whole = [] {
    if constexpr (requires { Objective::whole; })
      return Objective::whole;
    else
      return false;
  }();
  const kernel::draws random(21, "objective law"), step(22, "step");
  const auto cells = cells_to_ask<Channels>(on);
  objective::asked_tokens<AskedChannels> asked, again;
  asked.clear();
  head.ask(cells.view(), step, asked);
  again.clear();
  head.ask(cells.view(), step, again);
  CHECK(asked.row == again.row);
  CHECK(asked.label == again.label);
  CHECK(asked.value == again.value);
  CHECK(asked.tokens.id == again.tokens.id);

  // What was asked is in order.
  const std::int64_t n_tokens = isize(asked.tokens.id.size()), n_cells = asked.tokens.n_cells();
  const int passes = static_cast<int>(n_cells / std::max<std::int64_t>(1, isize(on.rows.size())));
  CHECK(n_tokens == passes * isize(cells.id.size()));
  CHECK(isize(asked.tokens.cell_id.size()) == n_cells);
  CHECK(std::is_sorted(asked.row.begin(), asked.row.end()));
  CHECK(std::adjacent_find(asked.row.begin(), asked.row.end()) == asked.row.end());
  REQUIRE(!asked.row.empty());
  CHECK(asked.row.front() >= 0);
  CHECK(asked.row.back() < n_tokens);
  CHECK((asked.label.empty() || asked.label.size() == asked.row.size()));
  CHECK((asked.value.empty() || asked.value.size() == asked.row.size()));
  if (passes == 1)
    for (std::int64_t t = 0; t < n_tokens; ++t)
      if (!std::binary_search(asked.row.begin(), asked.row.end(), t)) CHECK(asked.tokens.id[usize(t)] == cells.id[usize(t)]);

  const auto numbers = [&](std::int64_t n, std::uint64_t purpose, double scale) {
    std::vector<double> v(usize(n));
    for (std::int64_t i = 0; i < n; ++i)
      v[usize(i)] = static_cast<double>(static_cast<float>(scale * random.sub(purpose).normal(i)));
    return v;
  };
  model_states have{numbers(n_tokens * dims, 1, on.scale), numbers(n_cells * dims, 2, on.scale),
                    numbers((on.vocabulary + 2) * dims, 3, on.scale), std::vector<double>(usize(layer::n_weights(head)))};
  layer::draw_weights<double>(head, random, have.w);
  const auto noise = numbers(isize(have.w.size()), 4, 0.2);
  layer::each_slice(head, "", [&](const std::string&, const layer::slice& s, std::int64_t first) {
    for (std::int64_t i = first; i < first + s.size(); ++i)
      have.w[usize(i)] = static_cast<double>(static_cast<float>(have.w[usize(i)] + noise[usize(i)]));
  });
  layer::room_t<Head, double> room;
  const auto exact = run_objective<double>(head, asked, have, room);
  CHECK(std::isfinite(exact.loss));
  const auto repeated = run_objective<double>(head, asked, have, room);
  CHECK(exact.loss == repeated.loss);
  CHECK(exact.token == repeated.token);
  CHECK(exact.w == repeated.w);
  const auto added = run_objective<double>(head, asked, have, room, 1.0);
  const auto near = [&](const auto& got, const auto& want, double share, const char* what) {
    REQUIRE(got.size() == want.size());
    double largest = 1e-3, off = 0;
    for (const double v : want) largest = std::max(largest, std::abs(v));
    for (std::size_t i = 0; i < want.size(); ++i) off = std::max(off, std::abs(static_cast<double>(got[i]) - want[i]));
    INFO(what, ": off by ", off, " where the largest is ", largest);
    CHECK(off <= share * largest);
  };
  near(added.token, exact.token, 1e-11, "token, added");
  near(added.cell, exact.cell, 1e-11, "cell, added");
  near(added.table, exact.table, 1e-11, "table, added");
  near(added.w, exact.w, 1e-11, "weights, added");

  // Finite differences.
  const layer::packed at{asked.tokens.cell_begin, asked.tokens.cell_id, kernel::draws(5, "law"), true};
  const auto loss = [&](const model_states& m) {
    return head.loss(std::span<const double>(m.w), at, objective::states<double>{m.token, m.cell, m.table}, asked, room);
  };
  const auto agrees = [&](std::vector<double> model_states::* what, std::int64_t i, double gradient, const std::string& name) {
    model_states moved = have;
    const double by = 1e-5;
    (moved.*what)[usize(i)] += by;
    const double up = loss(moved);
    (moved.*what)[usize(i)] -= 2 * by;
    const double down = loss(moved), measured = (up - down) / (2 * by);
    INFO(name, "[", i, "]: gradient ", gradient, ", finite difference ", measured);
    CHECK(std::abs(gradient - measured) <= 1e-6 * std::max(1.0, std::abs(measured)) + 1e-9 * std::abs(exact.loss) + 1e-7);
  };
  const auto some = [&](std::vector<double> model_states::* what, const std::vector<double>& gradient, std::uint64_t purpose,
                        const char* name) {
    for (std::int64_t i = 0; i < std::min<std::int64_t>(isize(gradient.size()), 24); ++i) {
      const std::int64_t k = random.sub(purpose).below(isize(gradient.size()), i);
      agrees(what, k, gradient[usize(k)], name);
    }
  };
  for (std::int64_t i = 0; i < std::min<std::int64_t>(isize(asked.row.size()), 4); ++i) {
    const std::int64_t k = asked.row[usize(i)] * dims + i % dims;
    agrees(&model_states::token, k, exact.token[usize(k)], "asked token");
  }
  some(&model_states::token, exact.token, 5, "token");
  some(&model_states::cell, exact.cell, 6, "cell");
  some(&model_states::table, exact.table, 7, "table");
  layer::each_slice(head, "", [&](const std::string& name, const layer::slice& s, std::int64_t first) {
    for (std::int64_t i = 0; i < std::min<std::int64_t>(s.size(), 8); ++i) {
      const std::int64_t k = first + (s.size() <= 8 ? i : random.sub(8).below(s.size(), i));
      agrees(&model_states::w, k, exact.w[usize(k)], name);
    }
  });

  layer::room_t<Head, float> room_f;
  const auto quick = run_objective<float>(head, asked, have, room_f);
  CHECK(std::abs(quick.loss - exact.loss) <= on.near * std::max(1.0, std::abs(exact.loss)));
  near(quick.token, exact.token, on.near, "float token");
  near(quick.cell, exact.cell, on.near, "float cell");
  near(quick.table, exact.table, on.near, "float table");
  near(quick.w, exact.w, on.near, "float weights");

  // Nobody asks for the states' gradients: the weights' are the same.
  std::vector<double> dw(have.w.size(), 0.0);
  head.gradient(std::span<const double>(have.w), at, objective::states<double>{have.token, have.cell, have.table}, asked,
                std::span<double>(dw), objective::state_gradients<double>{}, room);
  CHECK(dw == exact.w);

  // Each cell alone.
  for (std::int64_t c = 0; c < isize(on.rows.size()); ++c) {
    objective::asked_tokens<AskedChannels> one;
    one.clear();
    head.ask(only_cell(cells, c).view(), step, one);
    const std::int64_t first = asked.tokens.cell_begin[usize(passes * c)],
                       last = asked.tokens.cell_begin[usize(passes * (c + 1))];
    const std::int64_t first_row = on.asks_cells ? passes * c : first, last_row = on.asks_cells ? passes * (c + 1) : last;
    const auto q = std::lower_bound(asked.row.begin(), asked.row.end(), first_row) - asked.row.begin();
    const std::int64_t n = isize(one.row.size());
    REQUIRE(q + n <= isize(asked.row.size()));
    for (std::int64_t i = 0; i < n; ++i) CHECK(one.row[usize(i)] + first_row == asked.row[usize(q + i)]);
    CHECK((q + n == isize(asked.row.size()) || asked.row[usize(q + n)] >= last_row));
    CHECK(std::equal(one.tokens.id.begin(), one.tokens.id.end(), asked.tokens.id.begin() + first,
                     asked.tokens.id.begin() + last));
    if (!one.label.empty()) CHECK(std::equal(one.label.begin(), one.label.end(), asked.label.begin() + q));
    if (!one.value.empty()) CHECK(std::equal(one.value.begin(), one.value.end(), asked.value.begin() + q));
    model_states alone = have;
    const auto part = [&](const std::vector<double>& v, std::int64_t from, std::int64_t to) {
      return std::vector<double>(v.begin() + from * dims, v.begin() + to * dims);
    };
    alone.token = part(have.token, first, last);
    alone.cell = part(have.cell, passes * c, passes * (c + 1));
    if constexpr (!whole) {
      const auto run = run_objective<float>(head, one, alone, room_f);
      if (n == 0) {
        CHECK(run.loss == 0);
        CHECK(std::all_of(run.w.begin(), run.w.end(), [](float x) { return x == 0; }));
        CHECK(std::all_of(run.table.begin(), run.table.end(), [](float x) { return x == 0; }));
      }
      CHECK(std::equal(run.token.begin(), run.token.end(), quick.token.begin() + first * dims));
      CHECK(std::equal(run.cell.begin(), run.cell.end(), quick.cell.begin() + passes * c * dims));
    }
  }

  // No cells: no questions, no loss.
  objective_case empty = on;
  empty.rows = {};
  asked.clear();
  head.ask(cells_to_ask<Channels>(empty).view(), step, asked);
  CHECK(asked.row.empty());
  const auto none = run_objective<double>(head, asked, {{}, {}, have.table, have.w}, room);
  CHECK(none.loss == 0);
  CHECK(std::all_of(none.w.begin(), none.w.end(), [](double x) { return x == 0; }));
}

}  // namespace tepui::laws
