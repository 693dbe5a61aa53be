#pragma once
/// Reads what models keep in JSON: objects of names and numbers (tokens, medians), and the headers of their weight files.

#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <tepui/flow/tensors.hpp>
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
    if (!inside_) not_a_number(shortest(v));
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

inline constexpr std::size_t most_tensor_sides = 64; ///< as numpy has it
inline constexpr std::string_view safetensors_notes = "__metadata__";

/// What the header says of one tensor; `begin` and `end` count from behind the header.
struct safetensors_entry {
  std::string name, holds;
  tensor_shape shape;
  std::vector<std::uint64_t> place;  ///< begin, end
};
struct safetensors_header {
  std::vector<safetensors_entry> entries;  ///< in the order of the header
  std::map<std::string, std::string> notes;
  std::uint64_t data_begin = 0;  ///< in the file
};

/// Reads the header's JSON; what it says is not yet compared with the file.
/// errors bad_data naming the tensor: no JSON, a name that stands twice, a part that is absent, unknown or of another kind
class safetensors_json : public nlohmann::json_sax<nlohmann::json> {
 public:
  [[nodiscard]] static safetensors_header read(std::string_view text, const std::string& path) {
    safetensors_json reader(path);
    nlohmann::json::sax_parse(text.begin(), text.end(), &reader);
    return std::move(reader.out_);
  }

  bool null() override { return unexpected("null"); }
  bool boolean(bool) override { return unexpected("true or false"); }
  bool binary(binary_t&) override { return unexpected("bytes"); }
  bool number_integer(number_integer_t v) override { return unexpected(std::to_string(v)); }
  bool number_float(number_float_t, const string_t& text) override { return unexpected(in_quotes(text)); }
  bool number_unsigned(number_unsigned_t v) override {
    if (at_ != place::list) unexpected(std::to_string(v));
    if (field_ == "shape") {
      if (v > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) unexpected(std::to_string(v));
      if (entry().shape.size() == most_tensor_sides)
        fail("its shape has more than " + std::to_string(most_tensor_sides) + " sides");
      entry().shape.push_back(static_cast<std::int64_t>(v));
    } else {
      if (entry().place.size() == 2) fail("its data_offsets are more than two numbers");
      entry().place.push_back(v);
    }
    return true;
  }
  bool string(string_t& text) override {
    if (at_ == place::notes) {
      out_.notes[field_] = std::move(text);
    } else if (at_ == place::tensor && field_ == "dtype") {
      entry().holds = std::move(text);
    } else {
      unexpected(in_quotes(text));
    }
    return true;
  }
  bool key(string_t& name) override {
    const bool tensors = at_ == place::tensors;
    if (!(tensors ? names_ : fields_).insert(name).second)
      tensors ? refuse(path_, "", "its header names " + in_quotes(name) + " twice; get the file again")
              : fail(in_quotes(name) + " stands twice");
    if (tensors) {
      name_ = name;
    } else {
      field_ = name;
      if (at_ == place::tensor && name != "dtype" && name != "shape" && name != "data_offsets")
        fail("its part " + in_quotes(name) + " is none of dtype, shape and data_offsets");
    }
    return true;
  }
  bool start_object(std::size_t) override {
    if (at_ == place::outside) {
      at_ = place::tensors;
    } else if (at_ == place::tensors) {
      fields_.clear();
      at_ = name_ == safetensors_notes ? place::notes : place::tensor;
      if (at_ == place::tensor) out_.entries.push_back({name_, {}, {}, {}});
    } else {
      unexpected("an object");
    }
    return true;
  }
  bool end_object() override {
    if (at_ == place::tensor) {
      for (const char* part : {"dtype", "shape", "data_offsets"})
        if (!fields_.contains(part)) fail(std::string("its ") + part + " is absent");
      if (entry().place.size() != 2) fail("its data_offsets are not two numbers");
    }
    at_ = place::tensors;
    return true;
  }
  bool start_array(std::size_t) override {
    if (at_ != place::tensor || field_ == "dtype") unexpected("a list");
    at_ = place::list;
    return true;
  }
  bool end_array() override {
    at_ = place::tensor;
    return true;
  }
  bool parse_error(std::size_t at, const std::string&, const nlohmann::json::exception&) override {
    refuse(path_, "byte " + std::to_string(at) + " of the header", "it is no JSON; get the file again");
  }

 private:
  enum class place { outside, tensors, notes, tensor, list };
  explicit safetensors_json(std::string path) : path_(std::move(path)) {}
  safetensors_entry& entry() { return out_.entries.back(); }
  [[noreturn]] void fail(const std::string& what) const {
    refuse(path_, (at_ == place::notes ? "notes " : "tensor ") + in_quotes(name_), what + "; get the file again");
  }
  [[noreturn]] bool unexpected(const std::string& what) const {
    if (at_ == place::outside || at_ == place::tensors) fail("it is " + what + " where an object is wanted");
    fail(in_quotes(field_) + " holds " + what + " where " +
         (at_ == place::notes || field_ == "dtype" ? "a text" : at_ == place::list ? "a whole number >= 0" : "a list") +
         " is wanted");
  }

  std::string path_, name_, field_;
  std::set<std::string> names_, fields_;
  safetensors_header out_;
  place at_ = place::outside;
};

/// A text as JSON writes it, in quotes.                   in  UTF-8
[[nodiscard]] inline std::string json_text(std::string_view text) { return nlohmann::json(text).dump(); }

}  // namespace tepui::io
