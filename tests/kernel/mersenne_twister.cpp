#include <tepui/kernel/mersenne_twister.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "laws/golden.hpp"

namespace tepui::tests::kernel_mersenne_twister {
namespace {
using kernel::mersenne_twister;
using kernel::numpy_random;
using kernel::python_random;
using wholes = std::vector<std::int64_t>;

template <class Draw>
wholes times(int n, Draw&& draw) {
  wholes out;
  for (int i = 0; i < n; ++i) out.push_back(static_cast<std::int64_t>(draw()));
  return out;
}
template <class Draw>
std::vector<double> reals(int n, Draw&& draw) {
  std::vector<double> out;
  for (int i = 0; i < n; ++i) out.push_back(draw());
  return out;
}
/// A number that another order would hardly have.
std::int64_t checksum(const wholes& values) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i) sum += isize(i) * values[i];
  return sum % 1'000'003;
}

TEST_CASE("the bits are those of the C++ standard library's generator of the same name") {
  CHECK(rc::check([] {
    const auto seed = *rc::gen::arbitrary<std::uint32_t>();
    mersenne_twister ours(seed);
    std::mt19937 theirs(seed);
    for (int i = 0; i < 1300; ++i) RC_ASSERT(ours() == theirs());
  }));
  // The 10,000th number of the default seed stands in the standard.
  mersenne_twister standard(5489U);
  for (int i = 1; i < 10'000; ++i) (void)standard();
  CHECK(standard() == 4123659995U);
}

// source  numpy 2.4 RandomState([1, 2, 3])
TEST_CASE("words seed it as they seed numpy's, and no words are the word 0") {
  const std::array<std::uint32_t, 3> words{1, 2, 3};
  mersenne_twister ours{std::span<const std::uint32_t>(words)};
  CHECK(times(3, [&] { return ours(); }) == wholes{2619334238, 1552691353, 3808334787});
  const std::array<std::uint32_t, 1> zero{0};
  CHECK(mersenne_twister(std::span<const std::uint32_t>())() == mersenne_twister(std::span<const std::uint32_t>(zero))());
}

TEST_CASE("numpy's and Python's golden numbers come out exactly") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: needs shared data");
    return;
  }
  const std::string text = laws::shared_text(shared, "golden/metrics/sampling_results.json");
  const auto golden = [&](const std::string& key) {
    std::size_t from = 0;
    const std::vector<double> found = laws::numbers_in(laws::json_array(text, key, from));
    REQUIRE(!found.empty());
    return found;
  };
  const auto golden_wholes = [&](const std::string& key) {
    const auto found = golden(key);
    return wholes(found.begin(), found.end());
  };
  numpy_random raw(12345);
  CHECK(times(5, [&] { return raw.bits(); }) == golden_wholes("RandomState(12345).randint_raw_uint32_first5"));
  CHECK(numpy_random(0).permutation(20) == golden_wholes("RandomState(0).permutation(20)"));
  numpy_random choices(0);
  CHECK(times(10, [&] { return choices.below(7); }) == golden_wholes("RandomState(0).choice(7) x10"));
  numpy_random integers(0);
  CHECK(times(10, [&] { return integers.below(1000); }) == golden_wholes("RandomState(0).randint(0,1000,10)"));
  numpy_random uniforms(0);
  CHECK(reals(5, [&] { return uniforms.uniform(); }) == golden("RandomState(0).random_sample(5)"));
  numpy_random normals(0);
  const auto normal = reals(5, [&] { return normals.normal(); }), expected = golden("RandomState(0).standard_normal(5)");
  for (std::size_t i = 0; i < 5; ++i) CHECK(normal[i] == doctest::Approx(expected[i]).epsilon(1e-15));

  python_random floats(3), bits(3), deck(3), few(3);
  CHECK(reals(5, [&] { return floats.uniform(); }) == golden("seed3 random() x5"));
  CHECK(times(5, [&] { return bits.bits(32); }) == golden_wholes("seed3 getrandbits(32) x5"));
  wholes cards(20);
  std::iota(cards.begin(), cards.end(), 0);
  deck.shuffle(std::span(cards));
  CHECK(cards == golden_wholes("seed3 shuffle(range(20))"));
  CHECK(few.sample(20, 5) == golden_wholes("seed3 sample(range(20),5)"));
}

// source  numpy 2.4 RandomState
TEST_CASE("numpy's largest seed, ranges beyond 32 bits, and a choice without replacement") {
  numpy_random random(4294967295U);
  CHECK(random.permutation(10) == wholes{6, 9, 5, 1, 8, 0, 7, 4, 2, 3});
  CHECK(random.uniform() == doctest::Approx(0.50438609).epsilon(1e-8));
  CHECK(random.uniform() == doctest::Approx(0.69549897).epsilon(1e-8));
  CHECK(random.choice(50, 5) == wholes{49, 4, 39, 35, 31});
  CHECK(times(3, [&] { return random.below(std::int64_t{1} << 40); }) == wholes{928125343475, 1020003082914, 1086429785662});
  CHECK(random.normal() == doctest::Approx(0.1152101886372219).epsilon(1e-14));
  CHECK(checksum(numpy_random(3).permutation(100'000)) == 410707);
  numpy_random one(1), same(1);
  CHECK(one.below(1) == 0);  // takes no number
  CHECK(one.bits() == same.bits());
}

// source  CPython 3.11 random
TEST_CASE("Python's seeds of any sign and size, and bits of any number") {
  struct golden {
    std::int64_t seed;
    wholes words;
    std::uint64_t bits40, bits64;
  };
  for (const auto& [seed, words, bits40, bits64] :
       {golden{0, {3626764237, 1654615998, 3255389356}, 463385069186, 4776171008201404212},
        golden{-3, {1022050301, 2545373330, 2337446730}, 404287087465, 11140358456303377397U},
        golden{(std::int64_t{1} << 40) + 5, {2166296868, 2220160828, 1153647273}, 1020758241026, 9794469135332508808U}}) {
    python_random random(seed);
    CHECK(times(3, [&] { return random.bits(32); }) == words);
    CHECK(random.bits(40) == bits40);
    CHECK(random.bits(64) == bits64);
    CHECK(random.bits(0) == 0);
  }
  python_random random(5);
  wholes drawn;
  for (const std::int64_t n : wholes{1, 2, 3, 4, 7, 8, 1000, std::int64_t{1} << 33}) drawn.push_back(random.below(n));
  CHECK(drawn == wholes{0, 1, 2, 0, 6, 7, 794, 4051686260});
}

// source  CPython 3.11 random.sample
TEST_CASE("Python draws from a list where that is small and remembers a set elsewhere: both come out as there") {
  CHECK(checksum(python_random(7).sample(100'000, 30'000)) == 297977);  // a list: 21 + 4^9 >= 100,000
  CHECK(checksum(python_random(7).sample(1'000'000, 30'000)) == 98877);
  CHECK(python_random(1).sample(85, 6) == wholes{17, 72, 8, 32, 15, 63});
  CHECK(python_random(1).sample(10, 10) == wholes{2, 1, 4, 0, 3, 5, 7, 9, 8, 6});
  CHECK(python_random(1).sample(0, 0).empty());
}

TEST_CASE("a choice without replacement holds each place at most once, and more of it begins with less of it") {
  CHECK(rc::check([] {
    const auto n = *rc::gen::inRange<std::int64_t>(0, 300);
    const auto k = *rc::gen::inRange<std::int64_t>(0, n + 1);
    const auto seed = *rc::gen::arbitrary<std::uint32_t>();
    const wholes few = numpy_random(seed).choice(n, k);
    wholes all = numpy_random(seed).choice(n, n), sampled = python_random(seed).sample(n, k);
    RC_ASSERT(std::equal(few.begin(), few.end(), all.begin()));
    std::sort(all.begin(), all.end());
    for (std::int64_t i = 0; i < n; ++i) RC_ASSERT(all[usize(i)] == i);
    std::sort(sampled.begin(), sampled.end());
    RC_ASSERT(isize(sampled.size()) == k);
    for (std::size_t i = 1; i < sampled.size(); ++i) RC_ASSERT(sampled[i] > sampled[i - 1]);
    for (const std::int64_t place : sampled) RC_ASSERT(place >= 0 && place < n);
  }));
}

TEST_CASE("what numpy and Python refuse is refused in a sentence") {
  CHECK_THROWS_WITH_AS(numpy_random(std::uint64_t{1} << 32),
                       "kernel::numpy_random: seed is 4294967296, but numpy's legacy generator takes seeds below "
                       "4294967296; choose one",
                       bad_option);
  CHECK_THROWS_AS((void)numpy_random(0).choice(3, 4), bad_option);
  CHECK_THROWS_WITH_AS((void)python_random(0).sample(3, 4),
                       "kernel::python_random: a sample of 4 of 3 was asked for; ask for at most as many as there are",
                       bad_option);
}

}  // namespace
}  // namespace tepui::tests::kernel_mersenne_twister
