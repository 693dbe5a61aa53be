#include <doctest/doctest.h>

#include <string>
#include <vector>

#include <tepui/study/report_html.hpp>

#include "study/toy_study.hpp"

namespace test_study_report_html {
namespace {
using namespace tepui::study;

std::string page(study_results results) {
  return report_html(
      summarise(std::move(results), {.resamples = 50}),
      {.title = "A <study>", .corpus = "four cells & no more", .settings = {{"k", "1"}}, .repeat = "run --seed 1 > \"x\""});
}

/// True where every element that is opened is closed, in order.
bool balanced(const std::string& html) {
  std::vector<std::string> open;
  for (std::size_t at = html.find('<'); at != std::string::npos; at = html.find('<', at + 1)) {
    const std::size_t end = html.find('>', at);
    if (end == std::string::npos) return false;
    std::string tag = html.substr(at + 1, end - at - 1);
    if (tag.starts_with("!") || tag.starts_with("meta") || tag.ends_with("/")) continue;
    const bool closing = tag.starts_with("/");
    tag = tag.substr(closing ? 1 : 0, tag.find(' ') - (closing ? 1 : 0));
    if (!closing)
      open.push_back(tag);
    else if (open.empty() || open.back() != tag)
      return false;
    else
      open.pop_back();
  }
  return open.empty();
}

TEST_CASE("the report is one well-formed page that needs neither network nor scripts") {
  const std::string html = page(toy_study::results());
  CHECK(html.starts_with("<!DOCTYPE html>"));
  CHECK(balanced(html));
  for (const char* none : {"<script", "<link", "<img", "@import", "url(", "src=", "href="}) {
    CAPTURE(none);
    CHECK(html.find(none) == std::string::npos);
  }
  CHECK(html.find("nan") == std::string::npos);
}

TEST_CASE("the report has the summary, every figure and table, the settings and how to repeat it") {
  const std::string html = page(toy_study::results());
  for (const char* part :
       {"<h2>Summary</h2>", "<h2>Score against corpus size</h2>", "<h3>knn: macro-F1</h3>", "<h3>constant: accuracy</h3>",
        "<h2>Table</h2>", "F1 of each class", "Cost of one run", "<h2>Settings</h2>", "1000 and 1001", "A &lt;study&gt;",
        "four cells &amp; no more", "run --seed 1 &gt; &quot;x&quot;", "majority class (floor)", "n = 4 test cells"}) {
    CAPTURE(part);
    CHECK(html.find(part) != std::string::npos);
  }
}

TEST_CASE("a map of tokenizers stands only where there are any") {
  const std::string map = "<h2>Tokenizer x encoder at 100 %</h2>";
  CHECK(page(toy_study::results()).find(map) != std::string::npos);
  const std::string families = page(toy_study::results(toy_study::families()));
  CHECK(families.find(map) == std::string::npos);
  CHECK(families.find("no tokenizer") == std::string::npos);
  CHECK(families.find("one panel a pipeline") != std::string::npos);
  CHECK(balanced(families));
}

TEST_CASE("names from data cannot break the page") {
  study_results r = toy_study::results();
  r.answers.class_names[0] = "</table><script>alert(1)</script>";
  r.answers.label = "\"><b>";
  r.pipelines[0].encoder = "</svg><script>";
  r.pipelines[1].tokenizer = "a'b\"c<d>\xFF";
  r.heads[0] = "<i>";
  const std::string html = page(std::move(r));
  CHECK(balanced(html));
  CHECK(html.find("<script") == std::string::npos);
  CHECK(html.find("<b>\"") == std::string::npos);
}

TEST_CASE("a study with missing runs, one size, no twin and no ceiling still has a report") {
  ladder steps{.fractions = {1.0}, .seeds = 1, .base_seed = 1, .untrained = false};
  auto experiments = toy_study::experiments();
  experiments[1].run = [](const run_request&) -> run_output { throw std::runtime_error("no"); };
  memory_store store;
  run_study(experiments, steps, toy_study::identity(), store);
  answer_key key = toy_study::key();
  key.best_possible.clear();
  const std::string html = page(collect(experiments, steps, toy_study::identity(), store, key));
  CHECK(balanced(html));
  CHECK(html.find("nan") == std::string::npos);
  CHECK(html.find("<h2>Missing runs</h2>\n<ul><li>PCA, 100 %, seed 1000</li>") != std::string::npos);
  CHECK(html.find("not known on real data") != std::string::npos);
  CHECK(html.find("untrained twin, in its colour") == std::string::npos);
}

TEST_CASE("the same results give the same page") { CHECK(page(toy_study::results()) == page(toy_study::results())); }

}  // namespace
}  // namespace test_study_report_html
