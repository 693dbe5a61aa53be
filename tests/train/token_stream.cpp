#include <tepui/train/token_stream.hpp>

#include <limits>
#include <map>
#include <set>

#include <doctest/doctest.h>

#include "train/small_model.hpp"

namespace of_token_stream {
using namespace tepui;

auto with_stream(const auto& cells, const train::stream_settings& settings, const auto& use) {
  const auto fitted = small_model::model().fit(cells, {.seed = 1});
  const auto& [rank, embedder, encoder] = fitted.stages();
  auto stream = train::make_stream<channels<>>(cells, std::tuple(rank), embedder, 1, settings);
  use(stream);
}

TEST_CASE("every cell comes once an epoch, but those for validation never do") {
  const auto cells = small_model::corpus(103);
  with_stream(cells, {.seed = 2, .block = 8, .window = 24, .validation_share = 0.2, .validation_cells = 1000}, [&](auto& stream) {
    std::set<std::int64_t> held_out;
    const auto validation = stream.validation();
    for (const std::int64_t id : validation.cell_id) held_out.insert(id);
    CHECK(held_out.size() > 8);
    CHECK(held_out.size() < 40);
    std::map<std::int64_t, int> seen;
    train::stream_place place;
    token_batch<channels<>> batch;
    const auto n = static_cast<std::int64_t>(103 - held_out.size());
    std::vector<std::int64_t> first, second;
    for (std::int64_t i = 0; i < n; ++i) {
      stream.next(1, place, batch);
      ++seen[batch.cell_id[0]];
      first.push_back(batch.cell_id[0]);
    }
    CHECK(seen.size() == std::size_t(n));
    for (const auto& [id, times] : seen) {
      CHECK(times == 1);
      CHECK(!held_out.contains(id));
    }
    for (std::int64_t i = 0; i < n; ++i) {
      stream.next(1, place, batch);
      second.push_back(batch.cell_id[0]);
    }
    CHECK(place.epoch == 1);
    CHECK(first != second);
    CHECK(std::set(first.begin(), first.end()) == std::set(second.begin(), second.end()));
  });
}

TEST_CASE("what comes is decided by seed and place, not by how many are taken at a time") {
  const auto cells = small_model::corpus(50);
  const train::stream_settings settings{.seed = 4, .block = 4, .window = 12, .validation_share = 0.1};
  std::vector<std::int64_t> all;
  token_batch<channels<>> batch;
  with_stream(cells, settings, [&](auto& stream) {
    train::stream_place place;
    for (int i = 0; i < 30; ++i) {
      stream.next(4, place, batch);
      all.insert(all.end(), batch.cell_id.begin(), batch.cell_id.end());
    }
  });
  with_stream(cells, settings, [&](auto& stream) {
    train::stream_place place;
    stream.next(70, place, batch);
    CHECK(std::equal(batch.cell_id.begin(), batch.cell_id.end(), all.begin()));
    const train::stream_place from = place;
    stream.next(50, place, batch);
    const std::vector<std::int64_t> rest(batch.cell_id.begin(), batch.cell_id.end());
    CHECK(std::equal(rest.begin(), rest.end(), all.begin() + 70));
    place = from;  // back again
    stream.next(50, place, batch);
    CHECK(std::equal(rest.begin(), rest.end(), batch.cell_id.begin(), batch.cell_id.end()));
  });
}

TEST_CASE("a corpus without a cell to learn from is refused") {
  const auto cells = small_model::corpus(3);
  with_stream(cells, {.seed = 1, .validation_share = 0.9999999}, [&](auto& stream) {
    train::stream_place place;
    token_batch<channels<>> batch;
    CHECK_THROWS_WITH_AS(stream.next(1, place, batch), doctest::Contains("no cell with tokens to learn from among 3"), bad_data);
  });
}

TEST_CASE("blocks of any size: the whole corpus at most") {
  const auto cells = small_model::corpus(50);
  std::vector<std::int64_t> one, other;
  for (const std::int64_t block : {std::int64_t{50}, std::numeric_limits<std::int64_t>::max()})
    with_stream(cells, {.seed = 4, .block = block, .validation_share = 0.2}, [&](auto& stream) {
      const auto held = stream.validation();
      (block == 50 ? one : other).assign(held.cell_id.begin(), held.cell_id.end());
    });
  CHECK(one.size() > 3);
  CHECK(one == other);
}

}  // namespace of_token_stream
