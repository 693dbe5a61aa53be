#pragma once
/// What every embedder promises, as one test suite. A test says: `laws::embedder_of<channel::value>(token_vectors<...>{});`
/// Encoders of token vectors keep the laws of encoders: `laws::encoder_of_vectors<3, channel::value>(weighted_sum<>{});`

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <tepui/flow/token_vectors.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/layer/layer.hpp>

#include "laws/encoder_laws.hpp"
#include "laws/tokenizer_laws.hpp"

namespace tepui::laws {

/// One cell's tokens and their vectors.
struct plain_vectors {
  plain_tokens tokens;
  std::vector<std::vector<float>> vector;
  friend bool operator==(const plain_vectors&, const plain_vectors&) = default;
};
inline void showValue(const plain_vectors& cell, std::ostream& to) { rc::show(cell.vector, to); }

/// An embedder with a buffer and scratch of its own, both used before and full of rubbish.
template <class Stage, class Place, class... Channels>
class embedding_tokens {
 public:
  using port_out = port::given_t<Stage, port::tokens<Channels...>>;
  embedding_tokens(const Stage& stage, std::int32_t n) : stage_(stage), n_(n) {}

  /// errors  std::logic_error where the batch breaks an invariant of token_vector_batch
  [[nodiscard]] std::vector<plain_vectors> run(const plain_cells& cells) {
    const auto hold = [](bool good, const char* what) {
      if (!good) throw std::logic_error(what);
    };
    spoil(out_.cell_begin, 3);
    spoil(out_.id, 11);
    spoil(out_.vector, 7);
    std::apply([](auto&... channel) { (spoil(channel, 5), ...); }, out_.channel_buffers);
    out_.n_vocabulary = out_.n_dims = -9;
    const auto in = tokens_in<Place, Channels...>(cells, n_);
    const auto before = in;
    stage_(in.view(), out_, scratch_, kernel::draws(1, "law"));
    hold(std::equal(in.id.begin(), in.id.end(), before.id.begin()), "an embedder must not change the tokens");
    hold(out_.n_dims == port_out::dims, "an embedder must give the dims that it names");
    hold(out_.vector.size() == out_.id.size() * usize(out_.n_dims), "every token must have a vector");
    hold(out_.n_vocabulary == n_, "the vocabulary must pass on");
    if constexpr (std::is_same_v<Place, other_place>)
      hold(out_.vector.intact() && out_.id.intact() && out_.cell_begin.intact(), "the embedder wrote outside of its buffers");
    const auto tokens = read_tokens(out_, isize(cells.size()));
    out_.cell_id.assign(in.cell_id.begin(), in.cell_id.end());
    const auto view = out_.view();
    std::vector<plain_vectors> rows;
    for (std::int64_t c = 0; c < isize(cells.size()); ++c) {
      auto& cell = rows.emplace_back();
      cell.tokens = tokens[usize(c)];
      const auto all = view.vectors_of(c);
      for (const float v : all) hold(std::isfinite(v), "a token vector must be finite");
      for (std::size_t t = 0; t < all.size(); t += usize(out_.n_dims))
        cell.vector.emplace_back(all.begin() + isize(t), all.begin() + isize(t) + out_.n_dims);
    }
    return rows;
  }

 private:
  const Stage& stage_;
  std::int32_t n_;
  typename port_out::template buffer<Place> out_;
  scratch_t<Stage> scratch_;
};

/// Tokens with all that a part may meet: hidden values, values that mean something else, cells without tokens.
template <class... Channels>
[[nodiscard]] token_batch<channels<Channels...>> tokens_to_learn_from(std::int32_t n) {
  auto cells = training_plain<scale::raw>(n);
  cells.erase(cells.begin(), cells.begin() + 5);
  cells.resize(5);  // the third is empty
  auto out = tokens_in<host, Channels...>(cells, n);
  if constexpr ((std::is_same_v<channel::value, Channels> || ...)) {
    out.template get<channel::value>()[1] = -1.0F;
    out.template get<channel::value>()[3] = -2.0F;
  }
  if constexpr ((std::is_same_v<channel::mask, Channels> || ...)) {
    auto& mask = out.template get<channel::mask>();
    for (std::size_t t = 0; t < mask.size(); ++t) mask[t] = t % 3 == 0 ? 1 : 0;
  }
  return out;
}

/// The gradient of all weights is that of central finite differences in double; float agrees with double; memory may be full of
/// rubbish; dw is added to, and what lies between its slices is left alone; a cell's vectors do not depend on those beside it;
/// the stage's own call is forward with its own weights.
template <class... Channels, class Stage>
void embedder_gradient(const Stage& stage, std::int32_t n, double near = 2e-5) {
  token_batch<channels<Channels...>> tokens;
  const auto all = tokens_to_learn_from<Channels...>(n);
  stage.select(all.view(), tokens);
  CHECK(tokens.cell_id == all.cell_id);
  const kernel::draws random(11, "embedder law");
  const auto floats = [&](std::size_t size, std::uint64_t purpose) {
    std::vector<float> v(size);
    for (std::size_t i = 0; i < size; ++i) v[i] = static_cast<float>(0.7 * random.sub(purpose).normal(isize(i)));
    return v;
  };
  std::vector<float> w(stage.weights.begin(), stage.weights.end());
  const auto noise = floats(w.size(), 1), d_out = floats(tokens.id.size() * usize(Stage::dims), 2);
  for (std::size_t i = 0; i < w.size(); ++i) w[i] += 0.2F * noise[i];
  const auto run = [&]<class Real>(const std::vector<Real>& weights, const auto& of, typename Stage::template room<Real>& room) {
    const std::vector<Real> d(d_out.begin(), d_out.begin() + isize(of.id.size()) * Stage::dims);
    struct { std::vector<Real> out, dw; } got{std::vector<Real>(d.size(), Real(77)), std::vector<Real>(weights.size(), Real(1))};
    stage.forward(std::span<const Real>(weights), of, std::span<Real>(got.out), room);
    stage.backward(std::span<const Real>(weights), of, std::span<const Real>(d), std::span<Real>(got.dw), room);
    for (Real& g : got.dw) g -= Real(1);
    return got;
  };
  typename Stage::template room<double> room;
  typename Stage::template room<float> room_f;
  const std::vector<double> w_exact(w.begin(), w.end());
  const auto exact = run(w_exact, tokens, room);
  const auto again = run(w_exact, tokens.view(), room);  // with memory used before, and of a view
  CHECK(again.out == exact.out);
  CHECK(again.dw == exact.dw);

  const auto loss = [&](const std::vector<double>& weights) {
    const auto out = run(weights, tokens, room).out;
    double sum = 0;
    for (std::size_t i = 0; i < out.size(); ++i) sum += static_cast<double>(d_out[i]) * out[i];
    return sum;
  };
  std::vector<char> between(w.size(), 1);
  layer::each_slice(stage, "", [&](const std::string& slice_name, const layer::slice& s, std::int64_t first) {
    double largest = 0;
    for (std::int64_t i = 0; i < s.size(); ++i) {
      between[usize(first + i)] = 0;
      largest = std::max(largest, std::abs(exact.dw[usize(first + i)]));
    }
    INFO(slice_name);
    CHECK(largest > 0);
    for (std::int64_t i = 0; i < std::min<std::int64_t>(s.size(), 12); ++i) {
      const auto at = usize(first + (s.size() <= 12 ? i : random.sub(4).below(s.size(), i)));
      std::vector<double> moved = w_exact;
      const double step = 1e-5;
      moved[at] = w_exact[at] + step;
      const double up = loss(moved);
      moved[at] = w_exact[at] - step;
      const double measured = (up - loss(moved)) / (2 * step);
      INFO(slice_name, "[", isize(at) - first, "]: gradient ", exact.dw[at], ", finite difference ", measured);
      CHECK(std::abs(exact.dw[at] - measured) <= 1e-6 * std::max(1.0, std::abs(measured)) + 1e-7);
    }
  });
  for (std::size_t i = 0; i < w.size(); ++i)
    if (between[i] != 0) CHECK(exact.dw[i] == 0);

  const auto quick = run(w, tokens, room_f);
  const auto agrees = [&](const std::vector<float>& have, const std::vector<double>& want) {
    double largest = 1e-3, off = 0;
    for (const double v : want) largest = std::max(largest, std::abs(v));
    for (std::size_t i = 0; i < want.size(); ++i) off = std::max(off, std::abs(static_cast<double>(have[i]) - want[i]));
    INFO("float is off by ", off, " where the largest is ", largest);
    CHECK(off <= near * largest);
  };
  agrees(quick.out, exact.out);
  agrees(quick.dw, exact.dw);

  for (std::size_t c = 0; c + 1 < tokens.cell_begin.size(); ++c) {
    auto one = tokens.view();
    const std::int64_t end[2] = {tokens.cell_begin[c], tokens.cell_begin[c + 1]};
    token_batch<channels<Channels...>> alone;
    alone.clear();
    alone.n_vocabulary = n;
    for (std::int64_t t = end[0]; t < end[1]; ++t) alone.add_token(one.id[usize(t)], one.template get<Channels>()[usize(t)]...);
    alone.end_cell();
    const auto got = run(w, alone, room_f).out;
    CHECK(std::equal(got.begin(), got.end(), quick.out.begin() + end[0] * Stage::dims));
  }

  typename port::given_t<Stage, port::tokens<Channels...>>::template buffer<host> called;
  stage(all.view(), called, room_f, kernel::draws());
  const auto own = run(std::vector<float>(stage.weights.begin(), stage.weights.end()), tokens, room_f).out;
  CHECK(std::equal(own.begin(), own.end(), called.vector.begin(), called.vector.end()));
}

/// Same input, same output; split and join; permuting cells permutes rows; finite; an empty cell is legal; buffers arrive full
/// of rubbish; the tokens are not changed; all places agree. What is drawn depends on the seed only, and can be kept. The gradient
/// is right. There are rows for words that only training uses.
template <class... Channels, class Stage>
void embedder_of(const Stage& unfitted, std::int32_t n = 12) {
  const auto cells_to_learn = training_plain<scale::raw>(n);
  const auto learned = [&](std::int64_t batch, int threads, std::uint64_t seed = 3) {
    return unfitted.fit(training_of<token_cells<Channels...>>(cells_to_learn, n, batch),
                        fit_context{kernel::draws(seed, "law"), threads});
  };
  const auto stage = learned(16, 1);
  using stage_type = std::remove_cvref_t<decltype(stage)>;
  static_assert(embedder_stage<Stage> && embedder_stage<stage_type> && std::is_same_v<stage_type, fitted_t<Stage>>);
  static_assert(
      std::is_same_v<port::given_t<Stage, port::tokens<Channels...>>, port::given_t<stage_type, port::tokens<Channels...>>>);
  embedding_tokens<stage_type, host, Channels...> here(stage, n);
  embedding_tokens<stage_type, other_place, Channels...> there(stage, n);
  INFO(description_of(stage));
  const auto any = any_cells<scale::raw>(n);

  SUBCASE("any cells") {
    CHECK(rc::check("same input, same output; and in every place", [&](std::uint8_t) {
      const auto cells = *any;
      const auto first = here.run(cells);
      RC_ASSERT(here.run(cells) == first);
      RC_ASSERT(there.run(cells) == first);
    }));
    CHECK(rc::check("splitting a batch and joining the results changes nothing", [&] {
      const auto cells = *any;
      const auto cut = *rc::gen::inRange<std::int64_t>(0, isize(cells.size()) + 1);
      auto joined = here.run(plain_cells(cells.begin(), cells.begin() + cut));
      const auto rest = here.run(plain_cells(cells.begin() + cut, cells.end()));
      joined.insert(joined.end(), rest.begin(), rest.end());
      RC_ASSERT(joined == here.run(cells));
    }));
    CHECK(rc::check("permuting cells permutes the result", [&](std::uint16_t number) {
      const auto cells = *any;
      const auto order = permutation(isize(cells.size()), number);
      plain_cells mixed;
      for (const std::int64_t c : order) mixed.push_back(cells[usize(c)]);
      const auto straight = here.run(cells), shuffled = here.run(mixed);
      for (std::size_t c = 0; c < order.size(); ++c) RC_ASSERT(shuffled[c] == straight[usize(order[c])]);
    }));
  }
  SUBCASE("an empty cell, a batch of empty cells and a batch without cells are legal") {
    CHECK(here.run({}).empty());
    CHECK(here.run({{}, {}})[1].vector.empty());
    const auto rows = here.run({{}, {{0, 2.0F}}, {}});
    CHECK(rows.size() == 3);
    CHECK(rows[0] == rows[2]);
  }
  const auto kept_of = [](const auto& fitted) {
    named_arrays kept;
    keep_stage(fitted, "", kept);
    return kept;
  };
  const named_arrays kept = kept_of(stage);
  SUBCASE("what is bound and drawn depends neither on batches nor on threads, and is the same for the same seed") {
    for (const std::int64_t batch : {1, 3, 1000}) CHECK(kept_of(learned(batch, 1)).all == kept.all);
    CHECK(kept_of(learned(16, 3)).all == kept.all);
  }
  SUBCASE("it can be kept and taken up again") {
    fitted_t<Stage> again;
    take_stage(again, "", kept);
    CHECK(again.describe() == stage.describe());
    CHECK(unfitted.describe() == stage.describe());
    CHECK(kept_of(again).all == kept.all);
  }
  SUBCASE("its gradient is right") { embedder_gradient<Channels...>(stage, n); }
  SUBCASE("words that only training uses have vectors, and the others are bound and drawn as without them") {
    const auto with_two = unfitted.fit(training_of<token_cells<Channels...>>(cells_to_learn, n),
                                       fit_context{kernel::draws(3, "law"), 1, 2});
    CHECK(with_two.identity.n_rows() == stage.identity.n_rows() + 2);
    auto tokens = tokens_to_learn_from<Channels...>(n);
    const auto vectors = [&](const auto& of) {
      typename stage_type::scratch room;
      std::vector<float> out(tokens.id.size() * usize(stage_type::dims));
      of.forward(std::span<const float>(of.weights), tokens, std::span<float>(out), room);
      return out;
    };
    CHECK(vectors(with_two) == vectors(stage));
    tokens.id[0] = with_two.identity.n_rows() - 1;
    for (const float v : vectors(with_two)) CHECK(std::isfinite(v));
    if constexpr (requires { with_two.identity.keeps(0); }) CHECK(with_two.identity.keeps(tokens.id[0]));
  }
  SUBCASE("the untrained twin gives the same dims") {
    const auto twin = untrained_twin(unfitted).fit(training_of<token_cells<Channels...>>(cells_to_learn, n),
                                                   fit_context{kernel::draws(3, "law")});
    static_assert(std::remove_cvref_t<decltype(twin)>::dims == stage_type::dims);
  }
}

/// Token vectors as encoders read them: a vector keyed by the token's gene.
template <int Dims, class... Channels>
struct vector_cells {
  template <class Place>
  static auto make(const plain_cells& cells, std::int32_t n) {
    token_vector_batch<channels<Channels...>, Place> out;
    static_cast<token_batch<channels<Channels...>, Place>&>(out) = tokens_in<Place, Channels...>(cells, n);
    out.n_dims = Dims;
    const auto room = out.room_for_vectors();
    for (std::size_t i = 0; i < room.size(); ++i)
      room[i] = static_cast<float>(kernel::draws(9, "vectors").normal(out.id[i / usize(Dims)], i % usize(Dims)));
    return out;
  }
  static rc::Gen<plain_cells> any(std::int32_t n) { return any_cells<scale::raw>(n); }
  static plain_cells to_train(std::int32_t n) { return training_plain<scale::raw>(n); }
};
template <int Dims, class... Channels, class Stage>
void encoder_of_vectors(const Stage& stage, std::int32_t n_vocabulary = 12) {
  encoder<vector_cells<Dims, Channels...>>(stage, n_vocabulary);
}

}  // namespace tepui::laws
