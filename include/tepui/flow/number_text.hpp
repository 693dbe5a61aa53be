#pragma once
/// A number as text, with as many digits as tell it apart from every other.

#include <charconv>
#include <string>

namespace tepui {

/// The shortest text that reads back as the same number: 0.1, 1e-07.            repeat the same on every machine
[[nodiscard]] inline std::string shortest(double value) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

/// The same of a float, as it was written: 0.001, where the double that is equal to it has 17 digits.
[[nodiscard]] inline std::string shortest_of_float(float value) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

}  // namespace tepui
