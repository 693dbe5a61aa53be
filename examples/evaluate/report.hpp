#pragma once
/// The page and the table of an evaluation.

#include <string>
#include <vector>

#include "map.hpp"
#include "scores.hpp"

namespace evaluate {

/// As aligned text for a terminal.                        in     prediction: scores of predicted cells, or none
std::string as_text(const std::vector<scored_embedding>& all, const std::vector<section>& prediction,
                    const labelled_cells& cells);
/// An array of scores, each with the name of its embedding; null for those of a prediction.
std::string as_document(const std::vector<scored_embedding>& all, const std::vector<section>& prediction);
/// One page that opens anywhere.                          in     maps [embeddings]
std::string as_page(const std::vector<scored_embedding>& all, const std::vector<section>& prediction,
                    const labelled_cells& cells, const std::vector<cell_map>& maps, const settings& wanted,
                    const std::string& command);

}  // namespace evaluate
