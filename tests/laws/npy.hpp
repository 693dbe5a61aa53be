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

/// The numbers of an array of any real type, row after row, as doubles.
[[nodiscard]] inline std::vector<double> npy_numbers(const std::string& shared, const std::string& path) {
  const std::string text = shared_text(shared, path);
  if (text.size() < 10) throw std::runtime_error(path + " is too short");
  const std::size_t header = 10 + static_cast<unsigned char>(text[8]) + 256 * static_cast<std::size_t>(static_cast<unsigned char>(text[9]));
  const std::size_t at = text.find("'descr': '") + 10;
  const std::string type = text.substr(at + 1, 2);
  const auto all = [&]<class T>(T) {
    std::vector<double> out;
    for (std::size_t i = header; i + sizeof(T) <= text.size(); i += sizeof(T)) {
      T v;
      std::memcpy(&v, text.data() + i, sizeof(T));
      out.push_back(static_cast<double>(v));
    }
    return out;
  };
  if (text.substr(0, header).find("'fortran_order': True") != std::string::npos) throw std::runtime_error(path + " is in column order");
  if (type == "f4") return all(float{});
  if (type == "f8") return all(double{});
  if (type == "u1" || type == "b1") return all(std::uint8_t{});
  if (type == "i2") return all(std::int16_t{});
  if (type == "i4") return all(std::int32_t{});
  if (type == "i8") return all(std::int64_t{});
  throw std::runtime_error(path + " holds " + type + ", which this reader does not know");
}

/// A ragged array: NAME.values.npy and NAME.offsets.npy, as one vector a cell.
[[nodiscard]] inline std::vector<std::vector<double>> npy_ragged(const std::string& shared, const std::string& name) {
  const auto values = npy_numbers(shared, name + ".values.npy"), offsets = npy_numbers(shared, name + ".offsets.npy");
  std::vector<std::vector<double>> out;
  for (std::size_t c = 0; c + 1 < offsets.size(); ++c)
    out.emplace_back(values.begin() + static_cast<std::ptrdiff_t>(offsets[c]), values.begin() + static_cast<std::ptrdiff_t>(offsets[c + 1]));
  return out;
}

}  // namespace tepui::laws
