#pragma once
/// Says in plain words what a study found: what was run, what won, whether training helped, and where the curves go flat.

#include <algorithm>
#include <string>
#include <vector>

#include <tepui/study/summary.hpp>
#include <tepui/study/words.hpp>

namespace tepui::study {

/// What was run, on what, and what is missing.
[[nodiscard]] inline std::string sentence_of_runs(const study_summary& s) {
  const study_results& r = s.results;
  std::vector<std::string> sizes;
  for (std::size_t z = r.first_trained(); z < r.sizes.size(); ++z) sizes.push_back(fraction_text(r.sizes[z]));
  std::string out = count_text(isize(r.pipelines.size()), "pipeline") + (r.pipelines.size() == 1 ? " was" : " were") +
                    " trained on " + list_text(sizes) + " of the corpus (" + thousands_text(r.training_cells(s.largest())) +
                    " cells at " + fraction_text(r.sizes.back()) + "), with " + count_text(isize(r.seeds.size()), "seed") +
                    " a size" + (r.has_untrained() ? ", each beside an untrained twin" : "; no untrained twin was run") + ". " +
                    (r.heads.size() == 1 ? "The head " : "The heads ") + list_text(r.heads) +
                    (r.heads.size() == 1 ? " was" : " were") + " scored on " + count_text(r.n_cells(), "test cell") + " with " +
                    count_text(r.n_classes(), "class", "classes") + " of " + r.answers.label + ".";
  if (!r.missing.empty())
    out += " " + count_text(isize(r.missing.size()), "run") + " of " + thousands_text(isize(r.runs.size())) +
           (r.missing.size() == 1 ? " is" : " are") + " missing, the first of them: " + r.missing.front() + ".";
  return out;
}

/// The best pipeline of a head, and whether its lead is more than noise.
[[nodiscard]] inline std::string sentence_of_winner(const study_summary& s, study_metric metric, std::size_t head) {
  const auto order = s.ranking(metric, head);
  const std::string where = "With " + s.results.heads[head] + ", ";
  if (order.empty()) return where + "no pipeline has a run at the largest size.";
  const summary_row& best = s.row(metric, head, order[0]);
  std::string out = where + "the best " + metric_title(metric) + " at the largest size is " + estimate_text(best.full) +
                    ", reached by " + s.results.pipelines[order[0]].label();
  // The same pipeline with another sampler is no rival: with the whole corpus it has learned from the same cells.
  const auto rival = std::find_if(order.begin(), order.end(), [&](std::size_t p) {
    return s.results.pipelines[p].tokenizer != s.results.pipelines[order[0]].tokenizer ||
           s.results.pipelines[p].encoder != s.results.pipelines[order[0]].encoder;
  });
  if (rival == order.end()) return out + ".";
  const estimate lead = paired_difference(s.scored, metric, head, {order[0], s.largest()}, {*rival, s.largest()});
  out += "; its lead over the next, " + s.results.pipelines[*rival].label() + ", is " + estimate_text(lead, true);
  if (!lead.range.low.known()) return out + ", of unknown noise.";
  return out + (lead.above_zero() ? ", more than noise." : ", within the noise.");
}

/// Whether anything learned beat its untrained twin.
[[nodiscard]] inline std::string sentence_of_gain(const study_summary& s, study_metric metric, std::size_t head) {
  const std::string where = "With " + s.results.heads[head] + ", ";
  if (!s.results.has_untrained()) return where + "whether training helped is not known: no untrained twin was run.";
  std::vector<std::string> not_above, worse;
  std::size_t above = 0, known = 0, top = 0;
  double most = 0;
  for (std::size_t p = 0; p < s.results.pipelines.size(); ++p) {
    const estimate& gain = s.row(metric, head, p).gain;
    if (!gain.mean.known() || s.results.pipelines[p].sampler != s.results.pipelines.front().sampler) continue;
    ++known;
    if (gain.above_zero()) {
      if (above++ == 0 || gain.mean.value > most) most = gain.mean.value, top = p;
    } else {
      (gain.below_zero() ? worse : not_above).push_back(s.results.pipelines[p].label());
    }
  }
  std::string out = where + std::to_string(above) + " of " + count_text(isize(known), "pipeline") + " beat" +
                    (above == 1 ? "s" : "") + (known == 1 ? " its" : " their") + " untrained twin in " + metric_title(metric) +
                    " (the whole " + fraction_text(s.scored.options.level) + " interval of the gain is above 0)";
  if (above > 0)
    out += "; the largest gain is " + estimate_text(s.row(metric, head, top).gain, true) + ", by " +
           s.results.pipelines[top].label();
  if (!not_above.empty()) out += "; not shown to gain: " + list_text(not_above);
  if (!worse.empty()) out += "; worse than untrained: " + list_text(worse);
  return out + ".";
}

/// Where the curves go flat.
[[nodiscard]] inline std::string sentence_of_saturation(const study_summary& s, study_metric metric, std::size_t head) {
  const study_results& r = s.results;
  std::string out = "With " + r.heads[head] + ", ";
  std::vector<std::string> parts, refused;
  for (std::size_t z = r.first_trained(); z < r.sizes.size(); ++z) {
    std::vector<std::string> here;
    for (std::size_t p = 0; p < r.pipelines.size(); ++p)
      if (const saturation& point = s.row(metric, head, p).point; point.reported() && point.of_means.value == r.sizes[z])
        here.push_back(r.pipelines[p].label());
    if (here.empty()) continue;
    const bool last = z + 1 == r.sizes.size();
    parts.push_back(
        list_text(here) +
        (last ? (here.size() == 1 ? " needs" : " need") : (here.size() == 1 ? " reaches it at " : " reach it at ")) +
        (last ? " the whole ladder and may still rise" : size_text(r, r.sizes[z])));
  }
  for (std::size_t p = 0; p < r.pipelines.size(); ++p)
    if (!s.row(metric, head, p).point.reported()) refused.push_back(r.pipelines[p].label());
  if (parts.empty())
    return out + "no saturation point is reported: no pipeline is above its untrained twin by more than noise.";
  out += "the smallest size whose mean " + std::string(metric_title(metric)) + " is above " + fraction_text(s.share) +
         " of the best size's: ";
  for (std::size_t i = 0; i < parts.size(); ++i) out += (i == 0 ? "" : "; ") + parts[i];
  if (!refused.empty()) out += "; none is reported for " + list_text(refused) + " (see the table)";
  return out + ".";
}

/// Whether another way to choose the cells made a difference, at every size below the whole corpus.
[[nodiscard]] inline std::string sentence_of_sampler(const study_summary& s, study_metric metric, std::size_t head,
                                                     const std::string& sampler) {
  const study_results& r = s.results;
  const std::string& usual = r.pipelines.front().sampler;
  std::string out = "With " + r.heads[head] + ", " + sampler + " instead of " + usual + ": ";
  std::vector<std::string> parts;
  for (std::size_t z = r.first_trained(); z < r.sizes.size() && r.sizes[z] < 1; ++z) {
    std::size_t better = 0, worse = 0, all = 0;
    double sum = 0;
    for (std::size_t p = 0; p < r.pipelines.size(); ++p) {
      const auto other = r.with_sampler(p, sampler);
      if (r.pipelines[p].sampler != usual || !other) continue;
      const estimate lead = paired_difference(s.scored, metric, head, {*other, z}, {p, z});
      if (!lead.mean.known()) continue;
      ++all;
      sum += lead.mean.value;
      better += lead.above_zero() ? 1 : 0;
      worse += lead.below_zero() ? 1 : 0;
    }
    if (all > 0)
      parts.push_back("at " + fraction_text(r.sizes[z]) + " " + signed_text(sum / static_cast<double>(all)) + " " + metric_title(metric) +
                      " on average (" + std::to_string(better) + " better, " + std::to_string(worse) + " worse by more than noise, of " +
                      count_text(isize(all), "pipeline") + ")");
  }
  return out + (parts.empty() ? "no pair of runs below the whole corpus is there" : list_text(parts)) + ".";
}

/// The same for every sampler but the first, with every head; none where the study has one sampler.
[[nodiscard]] inline std::vector<std::string> sentences_of_samplers(const study_summary& s, study_metric metric) {
  const auto samplers = names_in_order(s.results, &pipeline_name::sampler);
  std::vector<std::string> out;
  for (std::size_t k = 1; k < samplers.size(); ++k)
    for (std::size_t h = 0; h < s.results.heads.size(); ++h) out.push_back(sentence_of_sampler(s, metric, h, samplers[k]));
  return out;
}

/// Floor and ceiling of a metric.
[[nodiscard]] inline std::string sentence_of_limits(const study_summary& s, study_metric metric) {
  const measured ceiling = s.results.ceiling(metric);
  return "Always answering the majority class gives " + std::string(metric_title(metric)) + " " +
         fixed_text(s.results.floor(metric).value) + "; " +
         (ceiling.known()
              ? "the best possible classifier, which knows how the cells were made, reaches " + fixed_text(ceiling.value)
              : ceiling.reason) +
         ".";
}

/// How far the intervals can be trusted.
[[nodiscard]] inline std::string sentence_of_intervals(const study_summary& s) {
  const auto& o = s.scored.options;
  std::string out = "Intervals are " + fraction_text(o.level) + " bootstrap percentile intervals over " +
                    (s.scored.again.empty() ? "seeds" : "test cells and seeds") + " (" + count_text(o.resamples, "resample") +
                    "); they are not corrected for the number of comparisons";
  if (s.results.seeds.size() < 5)
    out += ", and " + count_text(isize(s.results.seeds.size()), "seed") + (s.results.seeds.size() == 1 ? " shows" : " show") +
           " little of what other seeds would do";
  return out + ".";
}

/// A question that a reader has, and its answers.
struct summary_item {
  std::string topic;
  std::vector<std::string> sentences;
};

/// The summary, in reading order.
[[nodiscard]] inline std::vector<summary_item> summary_in_words(const study_summary& s,
                                                                study_metric metric = study_metric::macro_f1) {
  std::vector<summary_item> out{
      {"What was run", {sentence_of_runs(s)}}, {"What won", {}}, {"Did training help", {}}, {"Where curves go flat", {}}};
  for (std::size_t h = 0; h < s.results.heads.size(); ++h) {
    out[1].sentences.push_back(sentence_of_winner(s, metric, h));
    out[2].sentences.push_back(sentence_of_gain(s, metric, h));
    out[3].sentences.push_back(sentence_of_saturation(s, metric, h));
  }
  if (s.results.compares_samplers()) out.push_back({"Did the choice of cells matter", sentences_of_samplers(s, metric)});
  out.push_back({"Floor and ceiling", {sentence_of_limits(s, metric)}});
  out.push_back({"Intervals", {sentence_of_intervals(s)}});
  return out;
}

}  // namespace tepui::study
