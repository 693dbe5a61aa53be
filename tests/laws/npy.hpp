#pragma once
/// Reads the golden arrays that lie beside the project: .npy, version 1.0, little-endian, C order.

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include <tepui/flow/index.hpp>

#include "laws/golden.hpp"

namespace tepui::laws {

/// The numbers of an array of `T`. errors  std::runtime_error where it is not there or holds another type
template <class T>
[[nodiscard]] std::vector<T> npy(const std::string& shared, const std::string& path) {
  const std::string text = shared_text(shared, path);
  const std::string wanted = std::string("'<") + (std::is_floating_point_v<T> ? "f" : "i") + std::to_string(sizeof(T)) + "'";
  if (text.size() < 10) throw std::runtime_error(path + " is too short");
  const std::size_t header = 10 + static_cast<unsigned char>(text[8]) + 256 * static_cast<std::size_t>(static_cast<unsigned char>(text[9]));
  if (text.substr(0, header).find(wanted) == std::string::npos) throw std::runtime_error(path + " does not hold " + wanted);
  std::vector<T> out((text.size() - header) / sizeof(T));
  std::memcpy(out.data(), text.data() + header, out.size() * sizeof(T));
  return out;
}

}  // namespace tepui::laws
