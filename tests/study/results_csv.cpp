#include <doctest/doctest.h>

#include <tepui/study/results_csv.hpp>

#include "study/toy_study.hpp"

namespace test_study_results_csv {
namespace {
using namespace tepui::study;

std::size_t lines(const std::string& text) { return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')); }

TEST_CASE("scores stand one a row, with floor and ceiling") {
  const std::string csv = results_csv(toy_study::results());
  CHECK(csv.starts_with(
      "tokenizer,encoder,sampler,fraction,training_cells,dims,seed,head,metric,class,value,test_cells,floor_majority,ceiling\n"
      "rank,mean,uniform,0,0,8,1000,knn,accuracy,,0.25,4,0.5,1\n"));
  CHECK(csv.find("\nrank,mean,uniform,1,100,8,1001,knn,macro_f1,,1,4,0.2222222222222222,1\n") != std::string::npos);
  CHECK(csv.find("\nnone,PCA,uniform,0.5,50,8,1000,knn,f1,NK,0,4,0,1\n") != std::string::npos);
  CHECK(lines(csv) == 1 + 12 * 2 * (2 + 3));
}

TEST_CASE("an unknown ceiling is an empty field") {
  study_results r = toy_study::results();
  r.answers.best_possible.clear();
  CHECK(results_csv(r).find("\nrank,mean,uniform,0,0,8,1000,knn,accuracy,,0.25,4,0.5,\n") != std::string::npos);
}

TEST_CASE("names with commas, quotes and line ends stay one field") {
  CHECK(csv_field("plain name") == "plain name");
  CHECK(csv_field("T cell, CD4+") == "\"T cell, CD4+\"");
  CHECK(csv_field("a \"b\"\nc") == "\"a \"\"b\"\"\nc\"");
}

TEST_CASE("costs stand in a table of their own, one row a run") {
  const std::string csv = costs_csv(toy_study::results());
  CHECK(
      csv.starts_with("tokenizer,encoder,sampler,fraction,training_cells,seed,parameters,operations_per_cell,steps,cells_seen,"
                      "fit_seconds,embed_seconds,"
                      "score_seconds,peak_memory_bytes\n"
                      "rank,mean,uniform,0,0,1000,800,,0,0,0.25,0,0,0\n"));
  CHECK(lines(csv) == 13);
}

TEST_CASE("what is not known of a model is an empty field") {
  study_results r = toy_study::results();
  r.runs.front().output.model.reset();
  CHECK(costs_csv(r).find("\nrank,mean,uniform,0,0,1000,,,,,0.25,0,0,0\n") != std::string::npos);
}

}  // namespace
}  // namespace test_study_results_csv
