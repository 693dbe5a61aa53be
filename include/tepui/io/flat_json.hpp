#pragma once
/// Reads a JSON object of names and numbers, as models keep their tokens and medians in.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <tepui/io/read_options.hpp>

namespace tepui::io {

/// One entry: a name, its number, and whether that was written without a decimal point.
struct named_number {
  std::string name;
  double value;
  bool is_whole;
};

/// in     {"name": number, ...}, names in any order            out    the entries in the order of the file
/// errors bad_data naming the file: no JSON, no object, a value that is no number
class flat_json : public nlohmann::json_sax<nlohmann::json> {
 public:
  [[nodiscard]] static std::vector<named_number> entries(std::string_view text, const std::string& path) {
    flat_json reader(path);
    nlohmann::json::sax_parse(text.begin(), text.end(), &reader);
    return std::move(reader.entries_);
  }

  bool null() override { return not_a_number("null"); }
  bool boolean(bool) override { return not_a_number("true or false"); }
  bool string(string_t& text) override { return not_a_number(in_quotes(text)); }
  bool binary(binary_t&) override { return not_a_number("bytes"); }
  bool start_array(std::size_t) override { return not_a_number("a list"); }
  bool end_array() override { return true; }
  bool number_integer(number_integer_t v) override { return number(static_cast<double>(v), true); }
  bool number_unsigned(number_unsigned_t v) override { return number(static_cast<double>(v), true); }
  bool number_float(number_float_t v, const string_t&) override { return number(v, false); }
  bool start_object(std::size_t) override {
    if (inside_) return not_a_number("an object");
    return inside_ = true;
  }
  bool end_object() override { return true; }
  bool key(string_t& name) override {
    key_ = name;
    return true;
  }
  bool parse_error(std::size_t at, const std::string&, const nlohmann::json::exception&) override {
    refuse(path_, "byte " + std::to_string(at),
           "it is no JSON; give an object of names and numbers: {\"name\": number, ...}");
  }

 private:
  explicit flat_json(std::string path) : path_(std::move(path)) {}
  bool number(double v, bool whole) {
    if (!inside_) not_a_number(number_text(v));
    entries_.push_back({key_, v, whole});
    return true;
  }
  [[noreturn]] bool not_a_number(const std::string& what) {
    if (!inside_)
      refuse(path_, "", "it holds " + what + " where an object of names and numbers is wanted: {\"name\": number, ...}");
    refuse(path_, "entry " + in_quotes(key_),
           "it holds " + what + " where a number is wanted; give {\"name\": number, ...}");
  }

  std::string path_, key_;
  std::vector<named_number> entries_;
  bool inside_ = false;
};

}  // namespace tepui::io
