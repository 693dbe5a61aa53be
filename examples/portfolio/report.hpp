#pragma once
/// The findings as text for a terminal, as JSON, and as one page with drawings.

#include <string>

#include "findings.hpp"

namespace portfolio {

std::string as_text(const cell_pool& pool, const findings& found);
std::string as_document(const cell_pool& pool, const findings& found);
std::string as_page(const cell_pool& pool, const findings& found, const std::string& command);

}  // namespace portfolio
