#pragma once
/// In which order to take batches so that each adds most, what each adds, and how good that order is at the least.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/coverage/gain_measures.hpp>
#include <tepui/coverage/rarefaction.hpp>
#include <tepui/flow/error.hpp>
#include <tepui/flow/number_text.hpp>
#include <tepui/flow/score.hpp>
#include <tepui/kernel/rng.hpp>

namespace tepui::coverage {

/// One batch in the order in which they are taken.
struct gain_step {
  std::int64_t batch = 0;
  score gain;      ///< what this batch added to those before it
  score covered;   ///< what all batches up to here cover. floor: as many at random; ceiling: the limit of any so many
  score of_first;  ///< the gain as a share of the first batch's
};

struct gain_order {
  std::string measure;
  std::vector<gain_step> step;
  bool bound_holds = false;  ///< the order is greedy and its measure submodular
  std::string bound;         ///< in words
  std::int64_t asked = 0;    ///< how often a gain was computed
};

namespace ordering {
[[nodiscard]] inline score number(std::string_view name, const std::string& unit, std::int64_t n, double value) {
  score s;
  s.name = name;
  s.unit = unit;
  s.n = n;
  s.value = value;
  s.low = s.high = measured::missing("no cells were drawn again");
  return s;
}

/// What k of the batches cover on average, when chosen at random.
/// in     weight of what exactly m batches cover [batches + 1]
[[nodiscard]] inline measured at_random(const std::vector<double>& covered_by, std::int64_t k) {
  if (covered_by.empty()) return measured::missing("what a random order reaches is not known without trying orders");
  const std::int64_t n = isize(covered_by.size()) - 1;
  double sum = 0;
  for (std::int64_t m = 1; m <= n; ++m) sum += covered_by[usize(m)] * chance_seen(n, m, k);
  return sum;
}

/// Takes a batch and notes what it added; `limit` holds, for every number of batches, what no choice of as many can exceed.
template <gain_measure Measure>
void note(Measure& measure, std::int64_t batch, const std::vector<double>& covered_by, gain_order& out,
          std::vector<double>& limit) {
  const double before = measure.value();
  measure.take(batch);
  gain_step step;
  step.batch = batch;
  step.gain = number(std::string(Measure::name) + ".gain", measure.unit(), measure.n_cells(), measure.value() - before);
  step.gain.floor = Measure::submodular ? measured(0) : measured::missing("this measure can fall when a batch is added");
  step.gain.ceiling = Measure::submodular
                          ? measured(out.step.empty() ? step.gain.value.value : out.step.back().gain.value.value)
                          : measured::missing("a later batch can add more than an earlier one");
  step.covered = number(Measure::name, measure.unit(), measure.n_cells(), measure.value());
  step.covered.floor = at_random(covered_by, isize(out.step.size()) + 1);
  if (Measure::submodular)
    step.covered.ceiling = limit[out.step.size() + 1];
  else
    step.covered.ceiling = measured::missing("the bound needs a measure whose gains only shrink; this one is not");
  const double first = out.step.empty() ? step.gain.value.value : out.step.front().gain.value.value;
  step.of_first = number(std::string(Measure::name) + ".gain_of_first", "share of the first gain", measure.n_cells(), 0);
  step.of_first.value =
      first > 0 ? measured(step.gain.value.value / first) : measured::missing("the first batch added nothing");
  step.of_first.floor = step.gain.floor.known() ? measured(0) : step.gain.floor;
  step.of_first.ceiling = Measure::submodular ? measured(1) : step.gain.ceiling;
  out.step.push_back(std::move(step));
}
}  // namespace ordering

/// Takes batches one by one, each time the one that adds most to those taken.
/// in     a measure with nothing taken; how many batches, or -1: all          out    steps, best first
/// ties   lower batch                                   errors bad_option where more batches are wanted than there are
/// bound  for a submodular measure, whatever the first k cover is at least 1 - 1/e = 63 % of what the best choice of k
///        batches covers; `covered.ceiling` is a closer limit that follows from the gains seen on the way
/// cost   submodular: a gain is asked again only where it could still be the largest (lazy), and the gains left are sorted
///        once a step; else every gain at every step
/// repeat bit-equal where the measure is
/// source Nemhauser, Wolsey and Fisher 1978 (bound); Minoux 1978, Leskovec et al. 2007 (lazy steps, the closer limit)
template <gain_measure Measure>
[[nodiscard]] gain_order greedy_order(Measure measure, std::int64_t wanted = -1) {
  const std::int64_t n = measure.n_batches();
  if (wanted < -1 || wanted > n)
    throw bad_option("coverage::greedy_order: " + std::to_string(wanted) + " batches are wanted of " + std::to_string(n) +
                     "; ask for at most so many, or -1 for all");
  const std::int64_t steps = wanted < 0 ? n : wanted;
  gain_order out;
  out.measure = Measure::name;
  out.bound_holds = Measure::submodular;
  out.bound = Measure::submodular ? "the first k batches cover at least 63 % (1 - 1/e) of what any k batches can cover"
                                  : "no bound: this measure is not submodular, so a greedy order can be far from the best";
  const std::vector<double> covered_by = measure.covered_by();
  std::vector<double> limit(usize(n) + 1, std::numeric_limits<double>::infinity());

  struct candidate {
    double gain;  // at most so much: a batch adds no more behind more others
    std::int64_t batch, asked_at;
    bool operator<(const candidate& other) const { return gain != other.gain ? gain < other.gain : batch > other.batch; }
  };
  std::vector<candidate> open;  // a heap, the largest in front
  for (std::int64_t b = 0; b < n; ++b) open.push_back({measure.gain(b), b, 0});
  out.asked = n;
  std::make_heap(open.begin(), open.end());
  for (std::int64_t step = 0; step < steps; ++step) {
    if constexpr (!Measure::submodular) {
      if (step > 0) {
        for (candidate& c : open) c = {measure.gain(c.batch), c.batch, step};
        out.asked += isize(open.size());
        std::make_heap(open.begin(), open.end());
      }
    } else {
      // Whatever k batches one may choose: they cover no more than those taken and the k largest gains that are left. Gains
      // that were not asked again are too large, which keeps it a limit.
      std::vector<double> left;
      for (const candidate& c : open) left.push_back(c.gain);
      std::sort(left.rbegin(), left.rend());
      const double taken = measure.value();
      double sum = 0;
      for (std::size_t k = 1; k < limit.size(); ++k) {
        if (k <= left.size()) sum += left[k - 1];
        limit[k] = std::min(limit[k], taken + sum);
      }
    }
    while (open.front().asked_at < step) {
      std::pop_heap(open.begin(), open.end());
      open.back() = {measure.gain(open.back().batch), open.back().batch, step};
      ++out.asked;
      std::push_heap(open.begin(), open.end());
    }
    std::pop_heap(open.begin(), open.end());
    const std::int64_t best = open.back().batch;
    open.pop_back();
    ordering::note(measure, best, covered_by, out, limit);
  }
  return out;
}

/// The same for an order that is given: what each batch adds to those before it. A gain has no ceiling here.
/// errors bad_option where a batch does not exist or stands twice              cost  one gain a batch
template <gain_measure Measure>
[[nodiscard]] gain_order gains_in_order(Measure measure, std::span<const std::int64_t> order) {
  gain_order out;
  out.measure = Measure::name;
  out.bound = "no bound: the order was given";
  const std::vector<double> covered_by = measure.covered_by();
  std::vector<char> seen(usize(measure.n_batches()), 0);
  std::vector<double> limit(usize(measure.n_batches()) + 1, std::numeric_limits<double>::quiet_NaN());
  for (const std::int64_t batch : order) {
    if (batch < 0 || batch >= measure.n_batches() || seen[usize(batch)])
      throw bad_option("coverage::gains_in_order: the order names batch " + std::to_string(batch) +
                       ", which does not exist or stands twice; there are " + std::to_string(measure.n_batches()) +
                       ", each may stand once");
    seen[usize(batch)] = 1;
    ordering::note(measure, batch, covered_by, out, limit);
    ++out.asked;
    gain_step& step = out.step.back();
    step.gain.ceiling = step.covered.ceiling = step.of_first.ceiling =
        measured::missing("the order was given, so nothing is known of better ones");
  }
  return out;
}

struct interval_options {
  std::int64_t resamples = 500;
  double level = 0.95;
  std::uint64_t seed = 1;
};

/// Fills low and high of every step: the cells that are to be covered are drawn again, with replacement, within each batch.
/// in     the measure that the order is of, with nothing taken; an order of it            out    the order, with intervals
/// means  how much a gain depends on which cells were looked at; the batches and their cells stay, and cells of one donor
///        count as independent, so that it is too narrow for a claim about other donors
/// errors bad_option where level is not in (0, 1) or there are no resamples              cost   O(resamples cells)
/// repeat bit-equal for one seed                         source Efron and Tibshirani 1993 (percentile intervals)
[[nodiscard]] inline gain_order with_intervals(const cells_within& measure, gain_order order,
                                               const interval_options& options = {}) {
  if (!(options.level > 0 && options.level < 1) || options.resamples < 1)
    throw bad_option("coverage::with_intervals: level is " + shortest(options.level) + " and resamples " +
                     std::to_string(options.resamples) +
                     "; the level must lie between 0 and 1, and at least one resample is needed");
  const std::size_t steps = order.step.size(), n_batches = usize(measure.n_batches());
  // A cell matters by its batch, its weight, and the step that covers it first.
  std::vector<std::vector<std::pair<std::size_t, double>>> cell_of(n_batches);
  for (std::int64_t c = 0; c < measure.n_cells(); ++c) {
    std::size_t first = 0;
    while (first < steps && !measure.near(c, order.step[first].batch)) ++first;
    cell_of[usize(measure.batch_of_cell()[usize(c)])].emplace_back(first, measure.weight(c));
  }
  std::vector<std::vector<double>> gain(steps), covered(steps), of_first(steps);
  const kernel::draws random(options.seed, "coverage: resampled cells");
  for (std::int64_t r = 0; r < options.resamples; ++r) {
    std::vector<double> added(steps + 1, 0);
    double all = 0;
    for (std::size_t b = 0; b < n_batches; ++b) {
      const auto draws = random.sub(b);
      for (std::size_t i = 0; i < cell_of[b].size(); ++i) {
        const auto drawn = static_cast<std::size_t>(draws.below(isize(cell_of[b].size()), r, i));
        added[cell_of[b][drawn].first] += cell_of[b][drawn].second;
        all += cell_of[b][drawn].second;
      }
    }
    double sum = 0;
    for (std::size_t s = 0; s < steps; ++s) {
      sum += added[s];
      gain[s].push_back(added[s] / all);
      covered[s].push_back(sum / all);
      if (added[0] > 0) of_first[s].push_back(added[s] / added[0]);
    }
  }
  const auto put = [&](score& s, std::vector<double>& values) {
    if (values.empty()) return;
    std::sort(values.begin(), values.end());
    const auto at = [&](double share) {
      const double place = share * static_cast<double>(values.size() - 1);
      const auto below = static_cast<std::size_t>(place);
      const std::size_t above = std::min(below + 1, values.size() - 1);
      return values[below] + (values[above] - values[below]) * (place - static_cast<double>(below));
    };
    s.low = at((1 - options.level) / 2);
    s.high = at((1 + options.level) / 2);
  };
  for (std::size_t s = 0; s < steps; ++s) {
    put(order.step[s].gain, gain[s]);
    put(order.step[s].covered, covered[s]);
    put(order.step[s].of_first, of_first[s]);
  }
  return order;
}

/// Whether a batch is worth taking behind those before it.
enum class paying { yes, not_clear, no };

/// A batch pays where its gain is at least `share` of the first batch's, with its whole interval; it does not where the
/// whole interval lies below; between, the cells do not tell. Without an interval the gain itself decides. Where gains only
/// shrink, in a greedy order of a submodular measure (`bound_holds`), no batch pays behind one that does not; in any other
/// order each is judged by itself.
/// in     an order; share of the first gain in (0, 1)              out    one a step
/// errors bad_option where share is not in (0, 1)
[[nodiscard]] inline std::vector<paying> what_pays(const gain_order& order, double share) {
  if (!(share > 0 && share < 1))
    throw bad_option("coverage::what_pays: the share is " + shortest(share) +
                     ", but must be above 0 and below 1; 0.1 is usual");
  std::vector<paying> out;
  for (const gain_step& step : order.step) {
    const score& s = step.of_first;
    const double value = s.value.known() ? s.value.value : 0;
    const double low = s.low.known() ? s.low.value : value, high = s.high.known() ? s.high.value : value;
    paying answer = high < share ? paying::no : low >= share ? paying::yes : paying::not_clear;
    if (order.bound_holds && !out.empty() && out.back() == paying::no) answer = paying::no;
    out.push_back(answer);
  }
  return out;
}

}  // namespace tepui::coverage
