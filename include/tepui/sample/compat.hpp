#pragma once
/// Chooses the very cells that published code chose: the same generators, the same order of calls, the same rounding.

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/number_text.hpp>
#include <tepui/kernel/mersenne_twister.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/sample/cell_type_reweighted.hpp>
#include <tepui/sample/choose.hpp>
#include <tepui/sample/plan.hpp>
#include <tepui/sample/sampler.hpp>

namespace tepui::sample::compat {

/// round(fraction * n) of n rows in the order drawn: pandas' sample(frac=fraction, random_state=seed).
/// nested for the same seed, a larger fraction begins with the rows of a smaller one
/// errors bad_option: fraction not in (0, 1], seed of 2^32 or more         cost   O(n), whatever the fraction
/// repeat bit-equal everywhere              source McKinney 2010 (pandas), Harris et al. 2020 (numpy)
[[nodiscard]] inline std::vector<std::int64_t> published_sample(std::int64_t n, double fraction, std::uint64_t seed) {
  check_fraction("compat::published_sample", fraction);
  return kernel::numpy_random(seed).choice(n, round_half_even(fraction * static_cast<double>(n)));
}

/// The rows of a population in the order of their cell ids, lower row first where ids are equal. Published code counts along
/// a file; along the ids, another order of the cells chooses the same ones.
/// cost   O(cells), O(cells log cells) where the ids do not ascend
[[nodiscard]] inline std::vector<std::int64_t> rows_by_id(const population& cells) {
  std::vector<std::int64_t> rows(usize(cells.n_cells));
  std::iota(rows.begin(), rows.end(), std::int64_t{0});
  if (!std::is_sorted(cells.cell_id.begin(), cells.cell_id.end()))
    std::sort(rows.begin(), rows.end(), [&](std::int64_t a, std::int64_t b) {
      return cells.id_of(a) != cells.id_of(b) ? cells.id_of(a) < cells.id_of(b) : a < b;
    });
  return rows;
}

/// The published random downsampling: round(fraction * cells) cells, halves to even.
/// in     population [cells]; the draws are not used, the seed is the published one            out    rows, ascending
/// nested for the same seed; the published sizes have a seed each, so that theirs are not
/// ties   cells are counted in the order of their ids    errors bad_option: fraction not in (0, 1], seed of 2^32 or more
/// cost   O(cells)                                       repeat bit-equal everywhere
/// source DenAdel et al. 2026 (random downsampling: 1, 10, 25, 50, 75 % have the seeds 0-4, 5-9, 10-14, 15-19, 20-24)
struct uniform {
  static constexpr std::string_view name = "compat::uniform";
  double fraction = 1;
  std::uint64_t seed = 0;

  [[nodiscard]] std::string describe() const {
    return std::string(name) + "(" + shortest(fraction) + ", seed " + std::to_string(seed) + ")";
  }
  [[nodiscard]] std::vector<std::int64_t> operator()(const population& cells, const kernel::draws& = {}) const {
    check_fraction(name, fraction);
    std::vector<std::int64_t> chosen = published_sample(cells.n_cells, fraction, seed);
    const std::vector<std::int64_t> rows = rows_by_id(cells);
    for (std::int64_t& place : chosen) place = rows[usize(place)];
    std::sort(chosen.begin(), chosen.end());
    return chosen;
  }
};

static_assert(sampler<uniform>);

/// The published cell-type re-weighting: their water filling, and within a type that reaches the level pandas' sample with
/// the same seed for every type.
/// in     population with labels [cells]; the draws are not used        out    rows, ascending
/// target floor(fraction * cells), cells without a label among them     nested for the same seed, where no type is lost
/// ties   a type at the level is lost (compat::water_filling_that_loses_ties); cells are counted in the order of their ids
/// errors bad_option: fraction not in (0, 1], labels missing, seed of 2^32 or more; bad_data: every type is lost
/// cost   O(cells)                                                      repeat bit-equal everywhere
/// source DenAdel et al. 2026 (cell-type re-weighting)
struct cell_type_reweighted {
  static constexpr std::string_view name = "compat::cell_type_reweighted";
  double fraction = 1;
  std::uint64_t seed = 0;

  [[nodiscard]] std::string describe() const {
    return std::string(name) + "(" + shortest(fraction) + ", seed " + std::to_string(seed) + ")";
  }
  [[nodiscard]] std::vector<std::int64_t> operator()(const population& cells, const kernel::draws& = {}) const {
    check_fraction(name, fraction);
    check_labels(name, cells);
    std::vector<std::vector<std::int64_t>> rows_of_type;
    for (const std::int64_t row : rows_by_id(cells)) {
      const std::int32_t type = cells.label[usize(row)];
      if (type < 0) continue;
      if (usize(type) >= rows_of_type.size()) rows_of_type.resize(usize(type) + 1);
      rows_of_type[usize(type)].push_back(row);
    }
    std::vector<std::int64_t> all;
    for (const auto& rows : rows_of_type) all.push_back(isize(rows.size()));
    const std::vector<std::int64_t> keep =
        water_filling_that_loses_ties(all, static_cast<std::int64_t>(fraction * static_cast<double>(cells.n_cells)));
    std::vector<std::int64_t> chosen;
    for (std::size_t type = 0; type < keep.size(); ++type) {
      const std::vector<std::int64_t>& rows = rows_of_type[type];
      if (keep[type] == isize(rows.size()))
        chosen.insert(chosen.end(), rows.begin(), rows.end());
      else
        for (const std::int64_t place : kernel::numpy_random(seed).choice(isize(rows.size()), keep[type]))
          chosen.push_back(rows[usize(place)]);
    }
    std::sort(chosen.begin(), chosen.end());
    return chosen;
  }
};

static_assert(sampler<cell_type_reweighted>);

/// The rows of a published split, ascending.
struct published_parts {
  std::vector<std::int64_t> train{}, validation{}, test{};
};

/// Shuffles chosen rows and cuts them: the first floor(0.8 n) train, floor(0.1 n) validate, the rest tests.
/// in     rows [n] in the order drawn, seed                  out    parts of these rows
/// errors bad_option: seed of 2^32 or more                   cost   O(n log n)            repeat bit-equal everywhere
/// source DenAdel et al. 2026 (train_val_test_split: numpy.random.seed, numpy.random.shuffle). Their re-weighted and
///        sketched sets are shuffled without a seed, so that nobody can make those splits again
[[nodiscard]] inline published_parts published_parts_of(std::vector<std::int64_t> rows, std::uint64_t seed) {
  kernel::numpy_random(seed).shuffle(std::span(rows));
  const auto n = static_cast<double>(rows.size());
  const auto train = static_cast<std::int64_t>(n * 0.8), validation = static_cast<std::int64_t>(n * 0.1);
  const auto part = [&](auto begin, auto end) {
    std::vector<std::int64_t> out(begin, end);
    std::sort(out.begin(), out.end());
    return out;
  };
  const auto first = rows.begin(), second = first + train, third = second + validation;
  return {part(first, second), part(second, third), part(third, rows.end())};
}

/// The published random subset with its split: published_sample, then published_parts_of with the same seed. The whole
/// corpus (fraction 1) is not drawn first; its seeds are 25-29.
/// in     number of cells, fraction, seed                    out    parts of [0, n_cells); "1 %" trains on 80 % of 1 %
/// errors bad_option: fraction not in (0, 1], seed of 2^32 or more
/// cost, repeat, source  as published_parts_of
[[nodiscard]] inline published_parts published_random_split(std::int64_t n_cells, double fraction, std::uint64_t seed) {
  check_fraction("compat::published_random_split", fraction);
  if (fraction < 1) return published_parts_of(published_sample(n_cells, fraction, seed), seed);
  std::vector<std::int64_t> all(usize(n_cells));
  std::iota(all.begin(), all.end(), std::int64_t{0});
  return published_parts_of(std::move(all), seed);
}

/// The published spike-in: floor(share * base) of the other cells replace as many of the base.
/// in     number of cells of the base (a training set) and of the other corpus, share, seed
/// out    mixture: rows of the base that are kept, rows of the other
/// errors bad_option: share not in [0, 1]; too few other cells (where Python raises a ValueError)
/// cost   O(cells chosen)                                    repeat bit-equal everywhere
/// source DenAdel et al. 2026 (spikein: random.seed, two calls of random.sample)
[[nodiscard]] inline mixture published_spike_in(std::int64_t n_base, std::int64_t n_other, double share, std::int64_t seed) {
  check_share("compat::published_spike_in", share, /*one_is_legal*/ true);
  const auto replaced = static_cast<std::int64_t>(share * static_cast<double>(n_base));
  if (replaced > n_other)
    throw bad_option("sample::compat::published_spike_in: a share of " + shortest(share) + " of " + std::to_string(n_base) +
                     " cells takes " + std::to_string(replaced) + " others, but there are " + std::to_string(n_other) +
                     "; lower the share or take a smaller base");
  kernel::python_random random(seed);
  std::vector<std::int64_t> other = random.sample(n_other, replaced), base = random.sample(n_base, n_base - replaced);
  std::sort(other.begin(), other.end());
  std::sort(base.begin(), base.end());
  return {"published spike_in(" + shortest(share) + ", seed " + std::to_string(seed) + ")",
          {std::move(base), std::move(other)}};
}

}  // namespace tepui::sample::compat
