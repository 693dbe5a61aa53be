#pragma once
/// Parses a Matrix Market text into its entries, strictly, and names the line where it is wrong.

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/io/text_file.hpp>

namespace tepui::io {

/// A Matrix Market matrix: row, column [entries] from 0, value [entries] as written.
struct mtx_entries {
  std::int64_t n_rows = 0, n_columns = 0;
  std::vector<std::int64_t> row, column;
  std::vector<double> value;
  bool rows_are_cells = false;  ///< a comment says so: Parse Biosciences writes "%Rows=cells"
};

/// in     text of the form `%%MatrixMarket matrix coordinate|array real|integer|pattern general|symmetric`
/// out    entries in the file's order; a symmetric matrix in full; pattern entries are 1; zeros of an array are left out
/// errors bad_data naming file and line: another form, words that are no numbers, indices out of range, too few or too many
/// entries,
///        more entries than the text can hold
/// cost   O(text)
class mtx_parser {
 public:
  mtx_parser(std::string_view text, const std::string& path) : lines_(text), bytes_(text.size()), path_(&path) {}

  mtx_entries parse() {
    read_banner();
    read_sizes();
    std::int64_t n = 0;
    for (std::string_view line; next(line); ++n) {
      if (n == declared_)
        fail("there are more entries than the " + std::to_string(declared_) + " that line " + std::to_string(size_line_) +
             " declares");
      array_ ? read_array_value(line, n) : read_entry(line);
    }
    if (n != declared_)
      refuse(*path_, "end of the file",
             "there are " + std::to_string(n) + " entries, and line " + std::to_string(size_line_) + " declares " +
                 std::to_string(declared_) + "; the file is cut short: get it again");
    return std::move(out_);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    refuse(*path_, lines_.where(), what + "; the file is no valid Matrix Market file: write it again");
  }

  static std::string lower(std::string_view word) {
    std::string out(word);
    for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
  }
  /// The next line that is neither a comment nor empty.
  bool next(std::string_view& line) {
    while (lines_.next(line)) {
      if (line.starts_with('%')) {
        if (line.starts_with("%Rows=cells")) out_.rows_are_cells = true;
        continue;
      }
      if (line.find_first_not_of(" \t") != std::string_view::npos) return true;
    }
    return false;
  }
  void read_banner() {
    std::string_view line;
    if (!lines_.next(line)) refuse(*path_, "", "it is empty; a Matrix Market file begins with %%MatrixMarket");
    if (lower(take_word(line)) != "%%matrixmarket") fail("the first line is not '%%MatrixMarket matrix ...'");
    const std::string object = lower(take_word(line)), form = lower(take_word(line)), field = lower(take_word(line)),
                      symmetry = lower(take_word(line));
    if (object != "matrix") fail("it holds a " + in_quotes(object) + " and no matrix");
    if (form != "coordinate" && form != "array")
      fail("its form is " + in_quotes(form) + ", and only coordinate and array are read");
    if (field != "real" && field != "integer" && field != "pattern" && field != "double")
      fail("its numbers are " + in_quotes(field) + ", and only real, integer and pattern are read");
    if (symmetry != "general" && symmetry != "symmetric")
      fail("its symmetry is " + in_quotes(symmetry) + ", and only general and symmetric are read");
    array_ = form == "array";
    pattern_ = field == "pattern";
    integer_ = field == "integer";
    symmetric_ = symmetry == "symmetric";
    if (array_ && (pattern_ || symmetric_)) fail("an array that is pattern or symmetric is not read");
  }
  void read_sizes() {
    std::string_view line;
    if (!next(line))
      refuse(*path_, "end of the file", "the line with the sizes is absent; the file is cut short: get it again");
    size_line_ = lines_.number();
    out_.n_rows = whole(take_word(line), "the number of rows");
    out_.n_columns = whole(take_word(line), "the number of columns");
    if (array_) {
      declared_ = out_.n_columns != 0 && out_.n_rows > std::numeric_limits<std::int64_t>::max() / out_.n_columns
                      ? std::numeric_limits<std::int64_t>::max()
                      : out_.n_rows * out_.n_columns;
    } else {
      declared_ = whole(take_word(line), "the number of entries");
    }
    end(line);
    const std::int64_t shortest = array_ ? 2 : 4;  // "0" or "1 1" and an end of line
    if (declared_ > isize(bytes_) / shortest + 1)
      fail("it declares " + std::to_string(declared_) + " entries, which do not fit into its " + std::to_string(bytes_) +
           " bytes");
    if (symmetric_ && out_.n_rows != out_.n_columns) fail("a symmetric matrix must have as many rows as columns");
    const std::size_t room = usize(declared_);
    out_.row.reserve(room);
    out_.column.reserve(room);
    out_.value.reserve(room);
  }
  void read_entry(std::string_view line) {
    const std::int64_t row = index(take_word(line), out_.n_rows, "row"),
                       column = index(take_word(line), out_.n_columns, "column");
    const double value = pattern_ ? 1.0 : number(take_word(line));
    end(line);
    add(row, column, value);
    if (symmetric_ && row != column) add(column, row, value);
  }
  void read_array_value(std::string_view line, std::int64_t n) {
    const double value = number(take_word(line));
    end(line);
    if (value != 0) add(n % out_.n_rows, n / out_.n_rows, value);
  }
  void add(std::int64_t row, std::int64_t column, double value) {
    out_.row.push_back(row);
    out_.column.push_back(column);
    out_.value.push_back(value);
  }
  std::int64_t whole(std::string_view word, const std::string& what) const {
    std::int64_t v = 0;
    const auto [stop, error] = std::from_chars(word.data(), word.data() + word.size(), v);
    if (error != std::errc() || stop != word.data() + word.size() || v < 0)
      fail(what + " is " + in_quotes(word) + ", and a whole number >= 0 is needed");
    return v;
  }
  std::int64_t index(std::string_view word, std::int64_t n, const char* what) const {
    const std::int64_t v = whole(word, std::string("the ") + what);
    if (v < 1 || v > n)
      fail(std::string("the ") + what + " is " + std::to_string(v) + ", and the matrix has " + what + "s 1 to " +
           std::to_string(n));
    return v - 1;
  }
  double number(std::string_view word) const {
    if (word.starts_with('+')) word.remove_prefix(1);
    if (integer_) {
      std::int64_t v = 0;
      const auto [stop, error] = std::from_chars(word.data(), word.data() + word.size(), v);
      if (error != std::errc() || stop != word.data() + word.size())
        fail("the value is " + in_quotes(word) + ", and a whole number is needed");
      return static_cast<double>(v);
    }
    double v = 0;
    const auto [stop, error] = std::from_chars(word.data(), word.data() + word.size(), v);
    if (error != std::errc() || stop != word.data() + word.size())
      fail("the value is " + in_quotes(word) + ", and a number is needed");
    return v;
  }
  void end(std::string_view line) const {
    if (const std::string_view more = take_word(line); !more.empty())
      fail("there is " + in_quotes(more) + " after the last number");
  }

  lines_of lines_;
  std::size_t bytes_;
  const std::string* path_;
  mtx_entries out_;
  std::int64_t declared_ = 0, size_line_ = 0;
  bool array_ = false, pattern_ = false, integer_ = false, symmetric_ = false;
};

}  // namespace tepui::io
