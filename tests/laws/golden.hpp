#pragma once
/// Reads the golden numbers that lie beside the project, where they are there.

#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace tepui::laws {

/// The text of a file below the shared folder. errors  std::runtime_error where it cannot be read
[[nodiscard]] inline std::string shared_text(const std::string& shared, const std::string& path) {
  std::ifstream file(shared + "/" + path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + shared + "/" + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The numbers of a text, whatever stands between them.
[[nodiscard]] inline std::vector<double> numbers_in(std::string_view text) {
  std::vector<double> out;
  const std::string owned(text);
  const char* at = owned.c_str();
  while (*at != '\0') {
    char* behind = nullptr;
    const double v = std::strtod(at, &behind);
    if (behind == at) {
      ++at;
    } else {
      out.push_back(v);
      at = behind;
    }
  }
  return out;
}

/// The array that follows a key in a JSON text, brackets and all. errors  std::runtime_error where there is none
/// in     from: where to look; set to behind the array
[[nodiscard]] inline std::string_view json_array(std::string_view text, const std::string& key, std::size_t& from) {
  const std::size_t name = text.find("\"" + key + "\":", from);
  const std::size_t begin = name == std::string_view::npos ? name : text.find('[', name);
  if (begin == std::string_view::npos) throw std::runtime_error("the golden file has no further array " + key);
  int depth = 0;
  for (std::size_t at = begin; at < text.size(); ++at) {
    if (text[at] == '[') ++depth;
    if (text[at] == ']' && --depth == 0) {
      from = at + 1;
      return text.substr(begin, from - begin);
    }
  }
  throw std::runtime_error("the golden file ends inside of " + key);
}

/// The rows of an array of arrays of numbers.
[[nodiscard]] inline std::vector<std::vector<double>> json_rows(std::string_view array) {
  std::vector<std::vector<double>> out;
  for (std::size_t at = 1; (at = array.find('[', at)) != std::string_view::npos;) {
    const std::size_t end = array.find(']', at);
    out.push_back(numbers_in(array.substr(at, end - at)));
    at = end;
  }
  return out;
}

/// The rows of a table without a header, numbers between commas.
[[nodiscard]] inline std::vector<std::vector<double>> csv_rows(std::string_view text) {
  std::vector<std::vector<double>> out;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    out.push_back(numbers_in(text.substr(0, end)));
    text = end == std::string_view::npos ? "" : text.substr(end + 1);
  }
  return out;
}

}  // namespace tepui::laws
