#pragma once
/// Reads the golden arrays that lie beside the project: .npy, version 1.0, little-endian.

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include <tepui/flow/index.hpp>

#include "laws/golden.hpp"

namespace tepui::laws {

/// The numbers of an array of `T`, row after row, whichever way they lie in the file. errors  std::runtime_error where it is not there or holds another type
template <class T>
[[nodiscard]] std::vector<T> npy(const std::string& shared, const std::string& path) {
  const std::string text = shared_text(shared, path);
  const std::string wanted = std::string("'<") + (std::is_floating_point_v<T> ? "f" : "i") + std::to_string(sizeof(T)) + "'";
  if (text.size() < 10) throw std::runtime_error(path + " is too short");
  const std::size_t header = 10 + static_cast<unsigned char>(text[8]) + 256 * static_cast<std::size_t>(static_cast<unsigned char>(text[9]));
  if (text.substr(0, header).find(wanted) == std::string::npos) throw std::runtime_error(path + " does not hold " + wanted);
  std::vector<T> out((text.size() - header) / sizeof(T));
  std::memcpy(out.data(), text.data() + header, out.size() * sizeof(T));
  if (text.substr(0, header).find("'fortran_order': True") == std::string::npos) return out;
  const auto shape = numbers_in(text.substr(text.find("'shape'"), header - text.find("'shape'")));
  if (shape.size() != 2) throw std::runtime_error(path + " is in column order but has not two axes");
  const auto rows = static_cast<std::size_t>(shape[0]), columns = static_cast<std::size_t>(shape[1]);
  std::vector<T> turned(out.size());
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c) turned[r * columns + c] = out[c * rows + r];
  return turned;
}

}  // namespace tepui::laws
