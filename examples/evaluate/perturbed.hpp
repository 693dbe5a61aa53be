#pragma once
/// Predicted cells beside the real ones: scores of a perturbation prediction.

#include <string>
#include <vector>

#include "scores.hpp"

namespace evaluate {

/// The real cells are those of the file, the predicted those of --predicted; --train names cells that the predictor learned
/// from.
/// Counts and logged values are not mixed. Perturbations that one side lacks are left out, and the notes say how many.
/// out     sections of scores, in order; what was aligned or left out is added to the notes
/// errors  bad_data that names the file: no such column or control, genes or perturbations that differ
std::vector<section> score_prediction(const settings& wanted, std::vector<std::string>& notes);

}  // namespace evaluate
