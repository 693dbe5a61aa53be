#pragma once
/// What an ablation is about: which cells, with which labels, and what the best possible answer would be.

#include <cstdint>
#include <memory>
#include <string>
#include <tepui/flow/gene_set.hpp>
#include <tepui/study/pipeline_experiment.hpp>
#include <tepui/study/results.hpp>
#include <vector>

namespace ablation {

namespace tp = tepui;
namespace st = tepui::study;

/// The options of the program that decide what is studied.
struct request {
  std::string data, label = "cell_type", batch, programs;
  std::uint64_t seed = 1;
  int threads = 1;
  std::int64_t cells = 16000;
};

/// What is studied, and everything that must be known about it.
struct subject {
  std::shared_ptr<st::study_cells> cells = std::make_shared<st::study_cells>();
  st::answer_key answers;
  std::vector<tp::gene_set> programs;  ///< empty: learned from the training cells
  std::string study;    ///< the column of obs whose levels are studies (batches); empty: the corpus has not two of them
  std::string studies;  ///< the same in words
  std::string identity, description;
};

/// Simulated cells, or those of a file.
/// errors  tp::bad_data, tp::bad_option: among others where one of the three parts of the cells is empty, or the heads would see one kind
///         of label only
subject make_subject(const request& wanted);

/// Gives the cells of the corpus an embedding for samplers to look at: 50 principal components, learned from these cells alone.
void embed_corpus(subject& of, const request& wanted);

}  // namespace ablation
